// Package command is the command line of ratefit: one file for each
// subcommand, a table of them, and the rules of output and exit codes that they
// share. It wires the other packages together and decides nothing about
// limiters itself.
package command

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/spf13/pflag"
)

// A command is one word after "ratefit".
type command struct {
	name     string
	synopsis string // arguments after the name, as the usage line shows them
	about    string // one line, lower case, for the list of commands
	help     string // what it does, then examples that can be typed as they are
	args     string // what shell completion offers for arguments: "file", "folder", "" or words

	// setup adds the command's flags and returns what runs once they are parsed.
	setup func(f *pflag.FlagSet) action
}

// An action does the work of a command. Its error carries the exit code, see
// [fault].
type action func(ctx context.Context, s *streams, args []string) error

// commands is the table of all commands, in the order of the list that
// "ratefit help" prints.
func commands() []command {
	return []command{
		runCommand(),
		verifyCommand(),
		attackCommand(),
		analyzeCommand(),
		reportCommand(),
		compareCommand(),
		sandboxCommand(),
		replayCommand(),
		convertCommand(),
		profilesCommand(),
		modelsCommand(),
		benchCommand(),
		schemaCommand(),
		versionCommand(),
		completionCommand(),
		manCommand(),
	}
}

// Run does what the arguments (without the program's name) say and returns the
// exit code. The handbook is the text of the manual page, see [Handbook]. When ctx is cancelled, what has been recorded so far is kept and
// the code is [Interrupted].
func Run(ctx context.Context, handbook string, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	s := &streams{in: stdin, out: stdout, err: stderr, handbook: handbook}
	return s.exit(dispatch(ctx, s, args))
}

func dispatch(ctx context.Context, s *streams, args []string) error {
	if len(args) == 0 {
		s.notef("%s", overview())
		return fault{code: Usage}
	}
	name, rest := args[0], args[1:]
	switch name {
	case "help", "-h", "--help":
		return help(s, rest)
	case "--version":
		name = "version"
	}
	c, ok := lookup(name)
	if !ok {
		return unknownCommand(name)
	}
	return c.run(ctx, s, rest)
}

func (c *command) run(ctx context.Context, s *streams, args []string) error {
	f := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	f.SortFlags = false
	act := c.setup(f)
	switch err := f.Parse(args); {
	case errors.Is(err, pflag.ErrHelp):
		return s.print(c.manual())
	case err != nil:
		return flagFault(f, err)
	}
	return act(ctx, s, f.Args())
}

func lookup(name string) (*command, bool) {
	for _, c := range commands() {
		if c.name == name {
			return &c, true
		}
	}
	return nil, false
}

func unknownCommand(name string) error {
	if strings.Contains(name, "://") { // may carry credentials: not repeated
		return usageFault("to measure that address: ratefit run URL", "a URL is not a command")
	}
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
	}
	hint := "try: ratefit help"
	if near, ok := closest(name, append(names, "help")); ok {
		hint = "did you mean " + near + "? else try: ratefit help"
	}
	if strings.HasPrefix(name, "-") {
		name, _, _ = strings.Cut(name, "=")
		return usageFault(hint, "flag %s stands before the command", name)
	}
	return usageFault(hint, "unknown command %q", name)
}

// help prints the list of commands, or the manual of the one named.
func help(s *streams, args []string) error {
	switch {
	case len(args) == 0:
		return s.print(overview())
	case len(args) > 1:
		return usageFault("try: ratefit help "+args[0], "help takes one command")
	}
	c, ok := lookup(args[0])
	if !ok {
		return unknownCommand(args[0])
	}
	return s.print(c.manual())
}
