package credential

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
)

// maxFile bounds the files that secrets, bodies and accounts are read from, in
// bytes.
const maxFile = 16 << 20

// Read resolves a value as flags take it: @FILE is the contents of a file,
// env:NAME that of an environment variable; anything else is the value itself,
// and bare, which means that it stands in the process list for all to see.
func Read(text string) (value string, bare bool, err error) {
	if file, ok := strings.CutPrefix(text, "@"); ok {
		b, err := readFile(file)
		return string(b), false, err
	}
	if name, ok := strings.CutPrefix(text, "env:"); ok {
		v, found := os.LookupEnv(name)
		switch {
		case !found:
			return "", false, fmt.Errorf("the environment has no variable %s", name)
		case v == "":
			return "", false, fmt.Errorf("the environment's variable %s is empty", name)
		}
		return v, false, nil
	}
	return text, true, nil
}

// ReadLine is [Read] for values that go into one header line: line ends behind
// the value are dropped, control characters inside are refused.
func ReadLine(text string) (value string, bare bool, err error) {
	value, bare, err = Read(text)
	if err != nil {
		return "", bare, err
	}
	value = strings.TrimSpace(value)
	if value == "" {
		return "", bare, errors.New("the value is empty")
	}
	if !printable(value) {
		return "", bare, errors.New("the value holds a line break or another control character")
	}
	return value, bare, nil
}

// printable reports whether s can be a header's value.
func printable(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\t' || c == 0x7f {
			return false
		}
	}
	return true
}

func readFile(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(b) > maxFile {
		err = fmt.Errorf("%s has more than %d bytes", name, maxFile)
	}
	return b, err
}
