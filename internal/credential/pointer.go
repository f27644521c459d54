package credential

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A Pointer is a JSON Pointer (RFC 6901): the path to one value of a document.
type Pointer struct {
	text   string
	tokens []string
}

// ParsePointer reads a pointer such as /data/token; "" is the whole document.
func ParsePointer(text string) (Pointer, error) {
	if text == "" {
		return Pointer{}, nil
	}
	if text[0] != '/' {
		return Pointer{}, errors.New("a JSON pointer begins with /")
	}
	p := Pointer{text: text}
	for token := range strings.SplitSeq(text[1:], "/") {
		for i := range len(token) {
			if token[i] == '~' && (i+1 == len(token) || token[i+1] != '0' && token[i+1] != '1') {
				return Pointer{}, errors.New("in a JSON pointer ~ is written ~0, and / is written ~1")
			}
		}
		p.tokens = append(p.tokens, strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~"))
	}
	return p, nil
}

func (p Pointer) String() string { return p.text }

// Find returns the value in a document that encoding/json has decoded. An error
// says where the path ends, and shows nothing of the document.
func (p Pointer) Find(document any) (any, error) {
	for i, token := range p.tokens {
		at := "/" + strings.Join(p.tokens[:i], "/")
		switch d := document.(type) {
		case map[string]any:
			v, ok := d[token]
			if !ok {
				return nil, fmt.Errorf("no member %q at %s", token, at)
			}
			document = v
		case []any:
			n, err := strconv.ParseUint(token, 10, 31)
			if err != nil || token != strconv.FormatUint(n, 10) || n >= uint64(len(d)) {
				return nil, fmt.Errorf("no element %q at %s, which has %d", token, at, len(d))
			}
			document = d[n]
		default:
			return nil, fmt.Errorf("nothing below %s: it is neither an object nor an array", at)
		}
	}
	return document, nil
}
