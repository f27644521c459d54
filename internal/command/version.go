package command

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

func versionCommand() command {
	return command{
		name:  "version",
		about: "print the version of ratefit and of Go",
		help: `
Prints the version of the module, the version of Go, and the system. With
--verbose also the commit it was built from, when that is known, with its date
and whether files were changed after it, and every module inside, with its
version and checksum.

examples:
  ratefit version
  ratefit version --verbose
`,
		setup: func(f *pflag.FlagSet) action {
			verbose := f.BoolP("verbose", "v", false, "also print the commit and the modules inside")
			return func(_ context.Context, s *streams, args []string) error {
				if err := noArguments("version", args); err != nil {
					return err
				}
				text := fmt.Sprintf("ratefit %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
				if *verbose {
					text += origin(buildInfo())
				}
				return s.print(text)
			}
		},
	}
}

// origin tells what the program was built from, one fact in a line.
func origin(info *debug.BuildInfo) string {
	var b strings.Builder
	commit, state := setting(info, "vcs.revision"), ""
	switch {
	case commit == "":
		commit = "not known"
	case setting(info, "vcs.modified") == "true":
		state = ", with changes"
	}
	fmt.Fprintf(&b, "commit %s%s\n", commit, state)
	if t := committed(info); !t.IsZero() {
		fmt.Fprintf(&b, "date   %s\n", t.UTC().Format(time.RFC3339))
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			fmt.Fprintf(&b, "module %s %s, replaced\n", m.Path, m.Version)
			m = m.Replace
		}
		fmt.Fprintln(&b, strings.TrimRight("module "+m.Path+" "+m.Version+" "+m.Sum, " "))
	}
	return b.String()
}

// version tells which ratefit this is: the module's version, with the commit
// when it was built from a checkout.
func version() string { return versionOf(buildInfo()) }

// buildInfo is what Go wrote into the program, nothing when it was not built
// from a module.
func buildInfo() *debug.BuildInfo {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info
	}
	return &debug.BuildInfo{Main: debug.Module{Version: "unknown"}}
}

func versionOf(info *debug.BuildInfo) string {
	v := info.Main.Version
	if v == "" {
		v = "(devel)"
	}
	if commit := setting(info, "vcs.revision"); v == "(devel)" && commit != "" {
		v = "devel-" + commit[:min(12, len(commit))]
		if setting(info, "vcs.modified") == "true" {
			v += "+dirty"
		}
	}
	return v
}

// setting is how the program was built, "" when that is not known.
func setting(info *debug.BuildInfo, key string) string {
	for _, s := range info.Settings {
		if s.Key == key {
			return s.Value
		}
	}
	return ""
}

// committed is the instant of the commit that this ratefit was built from, the
// zero time when that is not known.
func committed(info *debug.BuildInfo) time.Time {
	t, err := time.Parse(time.RFC3339, setting(info, "vcs.time"))
	if err != nil {
		return time.Time{}
	}
	return t
}
