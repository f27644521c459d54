package command

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// The rules of output:
//
//   - Results go to standard output, and nothing else does: with --format json
//     it is exactly one JSON document.
//   - Everything for people that is not the result (plan, progress, warnings,
//     where the files are) goes to standard error.
//   - An error is one line "ratefit: what is wrong", lower case, without a full
//     stop, followed by what to try when that is known.
//   - Credentials are never printed: no header values, bodies, query values or
//     user info of URLs.
//   - A fault without a text has said all on standard output already.

// The exit codes.
const (
	OK           = 0   // the job was done, and every expectation held
	Failed       = 1   // operational error, or stopped because the target seemed to suffer
	Usage        = 2   // wrong usage
	Inconclusive = 3   // undetermined, insufficient, contradicted or no sample
	Broken       = 4   // an expectation or a declared limit does not hold
	Interrupted  = 130 // interrupted, partial results kept
)

// A fault is an error with the exit code that it leads to.
type fault struct {
	code int
	text string // one line; empty when everything was said already
	hint string // what to try, may be empty
}

func (f fault) Error() string { return f.text }

// usageFault is a mistake in the arguments.
func usageFault(hint, format string, args ...any) error {
	return fault{code: Usage, hint: hint, text: fmt.Sprintf(format, args...)}
}

// failure is an operational error.
func failure(hint, format string, args ...any) error {
	return fault{code: Failed, hint: hint, text: fmt.Sprintf(format, args...)}
}

// streams are the three standard streams of one invocation, and the handbook
// that "ratefit man" prints.
type streams struct {
	in       io.Reader
	out, err io.Writer
	quiet    bool // without remarks
	handbook string
}

// print writes a result.
func (s *streams) print(text string) error {
	_, err := io.WriteString(s.out, text)
	return outputFault(err)
}

// notef writes to people, not to programs.
func (s *streams) notef(format string, args ...any) {
	fmt.Fprintf(s.err, format, args...)
}

// remarkf writes what people can do without.
func (s *streams) remarkf(format string, args ...any) {
	if !s.quiet {
		s.notef(format, args...)
	}
}

// warnf writes a warning line.
func (s *streams) warnf(format string, args ...any) {
	s.notef("warning: "+format+"\n", args...)
}

// exit prints the error, if there is something to print, and returns its code.
func (s *streams) exit(err error) int {
	if err == nil {
		return OK
	}
	f := fault{code: Failed, text: err.Error()}
	errors.As(err, &f)
	if f.text != "" {
		s.notef("ratefit: %s\n", f.text)
	}
	if f.hint != "" {
		s.notef("  %s\n", f.hint)
	}
	return f.code
}

// outputFault explains why standard output could not be written.
func outputFault(err error) error {
	if err == nil {
		return nil
	}
	return failure("", "standard output: %v", err)
}

// terminal returns the file descriptor behind a stream and whether it is a
// terminal.
func terminal(stream any) (fd int, ok bool) {
	f, isFile := stream.(*os.File)
	if !isFile {
		return 0, false
	}
	fd = int(f.Fd())
	return fd, term.IsTerminal(fd)
}

// codeOf returns the exit code that an error leads to.
func codeOf(err error) int {
	if err == nil {
		return OK
	}
	f := fault{code: Failed}
	errors.As(err, &f)
	return f.code
}
