package trace

import (
	"errors"
	"fmt"
	"io"
)

// native is the source of ratefit's own format.
type native struct {
	lines *lines
	dec   decoder
	end   End
	ended bool
	blank int // lines without a record
}

// maxBlank is how many empty lines a trace may have: some kilobytes of gzip
// unpack to billions.
const maxBlank = 1 << 16

func (n *native) next(h *Hit) error {
	for {
		line, whole, err := n.lines.next()
		if err != nil {
			n.lines.n++ // the one that could not be read
			return err
		}
		if len(trimSpace(line)) == 0 {
			if n.blank++; n.blank > maxBlank {
				return fmt.Errorf("%d lines have been empty", maxBlank)
			}
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
			return err
		case kind == metaLine:
			return errors.New("a second trace begins here; split the file before this line")
		case kind == endLine:
			n.end, n.ended = n.dec.end, true
			continue
		}
		return nil
	}
}

func (n *native) finish() (End, bool, bool) { return n.end, n.ended, true }

func (n *native) place() string { return fmt.Sprintf("line %d", n.lines.n) }

func (n *native) advice() string {
	return fmt.Sprintf("the %d lines before it are good: zcat -f FILE | head -n %[1]d", n.lines.n-1)
}
