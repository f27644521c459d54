package command

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/pflag"
)

func versionCommand() command {
	return command{
		name:  "version",
		about: "print the version of ratefit and of Go",
		help: `
Prints the version of the module, the commit it was built from when that is
known, the version of Go, and the system.

example:
  ratefit version
`,
		setup: func(*pflag.FlagSet) action {
			return func(_ context.Context, s *streams, args []string) error {
				if err := noArguments("version", args); err != nil {
					return err
				}
				return s.print(fmt.Sprintf("ratefit %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH))
			}
		},
	}
}

// version tells which ratefit this is: the module's version, with the commit
// when it was built from a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	return versionOf(info)
}

func versionOf(info *debug.BuildInfo) string {
	v := info.Main.Version
	if v == "" {
		v = "(devel)"
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	if v == "(devel)" && settings["vcs.revision"] != "" {
		v = "devel-" + settings["vcs.revision"][:min(12, len(settings["vcs.revision"]))]
		if settings["vcs.modified"] == "true" {
			v += "+dirty"
		}
	}
	return v
}
