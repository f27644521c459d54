package main

import (
	"context"
	"errors"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"ratefit/internal/command"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"ratefit": main})
}

// TestScripts holds the promises made to people who type commands: one script
// each. Besides testscript's own commands they can say
//
//	exits CODE PROGRAM ARG…   run a program that must end with this exit code; 0|3 where
//	                          the script is not about the verdict
//	server KIND [RATE BURST]  start a fake API on loopback; sets $URL and $PORT
//	await N                   wait until that server has seen N requests
//	seen N                    that server has seen exactly N requests
//	interrupt                 send an interrupt to the command in the background
//	exited CODE               the interrupted command ended with this code
//	cut N/M FILE NEW          write the first N/M of a file to a new one
//	valid SCHEMA FILE         a JSON file obeys what "ratefit schema SCHEMA" prints
//	nowhere TEXT…             no file below the current folder holds a TEXT,
//	                          also when unpacked, nor did the last output
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Values[stateKey{}] = &state{}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":     exits,
			"server":    startServer,
			"await":     await,
			"seen":      seen,
			"interrupt": interrupt,
			"exited":    exited,
			"nowhere":   nowhere,
			"cut":       cut,
			"valid":     valid,
		},
	})
}

type stateKey struct{}

// state is what the commands of one script share.
type state struct {
	server      *fakeAPI
	interrupted *exec.Cmd
}

func stateOf(ts *testscript.TestScript) *state {
	return ts.Value(stateKey{}).(*state)
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE[|CODE…] PROGRAM ARG…")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		got, err = exit.ExitCode(), nil
	}
	ts.Check(err)
	if !slices.Contains(strings.Split(args[0], "|"), strconv.Itoa(got)) {
		ts.Fatalf("%s ended with exit code %d, want %s", args[1], got, args[0])
	}
}

func interrupt(ts *testscript.TestScript, neg bool, args []string) {
	running := ts.BackgroundCmds()
	if neg || len(args) != 0 || len(running) != 1 {
		ts.Fatalf("interrupt takes no arguments and one command in the background")
	}
	stateOf(ts).interrupted = running[0]
	ts.Check(running[0].Process.Signal(os.Interrupt))
}

func exited(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: exited CODE")
	}
	if got := stateOf(ts).interrupted.ProcessState.ExitCode(); got != number(ts, args[0]) {
		ts.Fatalf("the command ended with exit code %d, want %s", got, args[0])
	}
}

// nowhere looks for secrets in everything that was written.
func nowhere(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: nowhere TEXT…")
	}
	check := func(where, text string) {
		for _, secret := range args {
			if strings.Contains(text, secret) {
				ts.Fatalf("%s holds %q", where, secret)
			}
		}
	}
	check("standard output", ts.ReadFile("stdout"))
	check("standard error", ts.ReadFile("stderr"))
	files := 0
	ts.Check(filepath.WalkDir(ts.MkAbs("."), func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files++
		check(path, string(b))
		check(path+" (unpacked)", unpacked(b))
		return nil
	}))
	if files == 0 {
		ts.Fatalf("there are no files here")
	}
}

func cut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: cut N/M FILE NEW")
	}
	n, m, _ := strings.Cut(args[0], "/")
	whole := ts.ReadFile(args[1])
	part := whole[:len(whole)*number(ts, n)/number(ts, m)]
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(part), 0o600))
}

func valid(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: valid SCHEMA FILE")
	}
	var printed strings.Builder
	if code := command.Run(context.Background(), source, []string{"schema", args[0]}, strings.NewReader(""), &printed, &printed); code != 0 {
		ts.Fatalf("schema %s: exit code %d", args[0], code)
	}
	rules, err := jsonschema.UnmarshalJSON(strings.NewReader(printed.String()))
	ts.Check(err)
	c := jsonschema.NewCompiler()
	ts.Check(c.AddResource("printed.json", rules))
	schema, err := c.Compile("printed.json")
	ts.Check(err)
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(ts.ReadFile(args[1])))
	ts.Check(err)
	ts.Check(schema.Validate(document))
}

func number(ts *testscript.TestScript, text string) int {
	n, err := strconv.Atoi(text)
	ts.Check(err)
	return n
}

// The doc comment of this package is the manual: it lists every command with
// the words that the command line uses.
func TestManualListsCommands(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "main.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	var overview strings.Builder
	if code := command.Run(t.Context(), source, []string{"help"}, strings.NewReader(""), &overview, &overview); code != 0 {
		t.Fatalf("help: exit code %d", code)
	}
	_, list, _ := strings.Cut(overview.String(), "\ncommands:\n")
	list, _, found := strings.Cut(list, "\n\n")
	if !found || strings.Count(list, "\n") < 5 {
		t.Fatalf("no list of commands in\n%s", overview.String())
	}
	for line := range strings.SplitSeq(list, "\n") {
		if !strings.Contains(file.Doc.Text(), strings.TrimSpace(line)+"\n") {
			t.Errorf("the manual in main.go does not have the line %q", strings.TrimSpace(line))
		}
	}
}
