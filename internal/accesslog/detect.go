package accesslog

import (
	"bytes"
	"errors"
	"regexp"
)

var (
	vegetaCSV  = regexp.MustCompile(`^-?[0-9]+,[0-9]+,[0-9]`)
	harStart   = regexp.MustCompile(`^\{\s*"log"\s*:\s*\{`)
	ownStart   = regexp.MustCompile(`^\{\s*"format"\s*:\s*"ratefit-trace`)
	commonLine = regexp.MustCompile(`^\S+ .*\[[0-9]{1,2}/[A-Z][a-z]{2}/[0-9]{4}:[0-9:]{8} [-+][0-9]{4}\] "`)
	vegetaKeys = [][]byte{[]byte(`"attack":`), []byte(`"latency":`), []byte(`"timestamp":`)}
)

var errUnknown = errors.New("not a log that is known (common, combined, JSON lines, HAR) nor a trace; if it is one, name it with --log-format")

// detect tells the format from the start of a file.
func detect(start []byte) (Format, error) {
	text := bytes.TrimLeft(bytes.TrimPrefix(start, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(text) == 0:
		return "", errors.New("nothing but blank space in its first 64 KiB")
	case harStart.Match(text):
		return HAR, nil
	case ownStart.Match(text), vegetaCSV.Match(text):
		return Trace, nil
	case text[0] == '{':
		first, _, _ := bytes.Cut(text, []byte{'\n'})
		for _, key := range vegetaKeys {
			if !bytes.Contains(first, key) {
				return JSON, nil
			}
		}
		return Trace, nil
	case text[0] == '[':
		return "", errors.New("a list in JSON; a log has one object on each line: jq -c '.[]' FILE")
	}
	for line := range bytes.SplitSeq(text, []byte{'\n'}) {
		if commonLine.Match(line) {
			return Common, nil
		}
	}
	if bytes.IndexByte(start[:min(len(start), 512)], 0) >= 0 || !printableStart(start) {
		return Trace, nil // Vegeta's gob is binary; what is not is said by its reader
	}
	return "", errUnknown
}

// printableStart reports whether the first bytes are those of a text.
func printableStart(b []byte) bool {
	for _, c := range b[:min(len(b), 64)] {
		if c < ' ' && c != '\t' && c != '\r' && c != '\n' {
			return false
		}
	}
	return true
}
