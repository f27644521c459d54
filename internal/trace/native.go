package trace

import (
	"errors"
	"fmt"
	"io"

	"github.com/mailru/easyjson/jlexer"
)

// native is the source of ratefit's own format.
type native struct {
	lines *lines
	dec   decoder
	end   End
	ended bool
}

func (n *native) next(h *Hit) error {
	for {
		line, whole, err := n.lines.next()
		if err != nil {
			return n.inputError(err)
		}
		if len(line) == 0 {
			continue
		}
		if n.ended {
			return errors.New("more data after the end record; if several traces were put into one file, split it")
		}
		kind, err := n.dec.hit(line, h)
		switch {
		case err != nil && !whole:
			return io.ErrUnexpectedEOF
		case err != nil:
			return fmt.Errorf("%w; the records before it are good, keep those with head", err)
		case kind == metaLine:
			return errors.New("a second trace begins here; split the file before this line")
		case kind == endLine:
			n.end, n.ended = n.dec.end, true
			continue
		}
		return nil
	}
}

// inputError explains an error of the lines. A compressed trace that has its
// End record has lost nothing even if the checksum behind it is cut.
func (n *native) inputError(err error) error {
	var re recordError
	switch {
	case err == io.EOF, err == io.ErrUnexpectedEOF:
		return err
	case errors.As(err, &re):
		n.lines.n++
		return err
	}
	return fmt.Errorf("damaged or unreadable after this line: %w; the records up to it are good, try the original file", err)
}

func (n *native) finish() (End, bool, bool) { return n.end, n.ended, true }

func (n *native) place() string { return fmt.Sprintf("line %d", n.lines.n) }

// firstKeys looks at the first line of a file: the names of its keys, and its
// "format" if it has one.
func firstKeys(line []byte) (format string, keys map[string]bool, err error) {
	keys = make(map[string]bool)
	in := &jlexer.Lexer{Data: line}
	in.Delim('{')
	for in.Ok() && !in.IsDelim('}') {
		key := in.String()
		in.WantColon()
		if key == "format" && !in.IsNull() {
			format = in.String()
		} else {
			in.SkipRecursive()
		}
		if len(keys) < 100 && len(key) < 100 {
			keys[key] = true
		}
		in.WantComma()
	}
	in.Delim('}')
	in.Consumed()
	return format, keys, syntax(in.Error())
}
