package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/pflag"

	"ratefit/profiles"
)

func profilesCommand() command {
	return command{
		name:     "profiles",
		synopsis: "list | show NAME | check FILE…",
		about:    "list, show and check profiles of traffic",
		args:     "list show check",
		help: `
list names the built-in profiles and the question that each one answers. show
prints one as YAML, to start a profile of your own from. check reads files and
says what they would send, or what is wrong with them.

examples:
  ratefit profiles list
  ratefit profiles show survey > mine.yaml
  ratefit profiles check mine.yaml
`,
		setup: func(*pflag.FlagSet) action { return doProfiles },
	}
}

func doProfiles(_ context.Context, s *streams, args []string) error {
	const try = "try: ratefit profiles list"
	if len(args) == 0 {
		return usageFault(try, "profiles needs to know what to do: list, show or check")
	}
	switch verb, rest := args[0], args[1:]; verb {
	case "list":
		if len(rest) > 0 {
			return usageFault(try, "profiles list takes no arguments")
		}
		return listProfiles(s)
	case "show":
		if len(rest) != 1 {
			return usageFault("try: ratefit profiles show survey", "profiles show takes one name")
		}
		return showProfile(s, rest[0])
	case "check":
		if len(rest) == 0 {
			return usageFault("try: ratefit profiles check mine.yaml", "profiles check takes files")
		}
		return checkProfiles(s, rest)
	default:
		return usageFault(try, "profiles cannot %q: only list, show and check", verb)
	}
}

func listProfiles(s *streams) error {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, p := range profiles.Builtins() {
		all, err := p.Plan(1)
		if err != nil {
			return failure("", "profile %s: %v", p.Name, err)
		}
		upTo := ""
		if all.Workers > 0 {
			upTo = "up to "
		}
		fmt.Fprintf(table, "%s\t%s\t%s%d requests\t%s\n", p.Name, all.Duration.Round(100*time.Millisecond), upTo, all.Requests, p.About)
	}
	if err := table.Flush(); err != nil {
		return failure("", "%v", err)
	}
	return s.print(b.String())
}

func showProfile(s *streams, name string) error {
	p, err := loadProfile(name)
	if err != nil {
		return err
	}
	return s.print(strings.TrimRight(p.Source(), "\n") + "\n")
}

// checkProfiles reads all files and tells all mistakes in them at once.
func checkProfiles(s *streams, names []string) error {
	bad := false
	for _, name := range names {
		p, mistakes := checkProfile(name)
		for _, m := range mistakes {
			s.exit(m)
			bad = true
		}
		if p == nil {
			continue
		}
		all, err := p.Plan(1)
		if err != nil {
			return failure("", "%s: %v", name, err)
		}
		if err := s.print(name + ": " + all.String()); err != nil {
			return err
		}
	}
	if bad {
		return fault{code: Failed}
	}
	return nil
}

// checkProfile reads a profile from a YAML file, or finds all that is wrong
// with it.
func checkProfile(name string) (*profiles.Profile, []error) {
	f, err := os.Open(name)
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return nil, []error{usageFault("try: ratefit profiles list", "profile %s: %v", name, err)}
	}
	defer f.Close()
	p, problems := profiles.Check(f, name)
	var mistakes []error
	for _, m := range problems {
		mistakes = append(mistakes, usageFault("", "%v", m))
	}
	if p == nil {
		return nil, mistakes
	}
	for _, c := range p.Classes {
		if c.Request == "" && c.Name != "read" && c.Name != "write" {
			mistakes = append(mistakes, usageFault("only read and write take theirs from the command line; write a line such as request: GET /path",
				"%s: classes.%s.request: is missing", name, c.Name))
		}
	}
	switch {
	case len(mistakes) > 0:
		return nil, mistakes
	case p.Expect == nil:
		return p, nil
	}
	if err := checkKnown(p.Expect); err != nil {
		return nil, []error{within(name+": expect", err)}
	}
	return p, nil
}

// within says where a mistake is.
func within(place string, err error) error {
	var f fault
	if !errors.As(err, &f) {
		return err
	}
	f.text = place + ": " + f.text
	return f
}

// readProfile reads a profile from a YAML file, or tells the first mistake.
func readProfile(name string) (*profiles.Profile, error) {
	p, mistakes := checkProfile(name)
	if len(mistakes) > 0 {
		return nil, mistakes[0]
	}
	return p, nil
}
