package trace

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strconv"
	"time"
)

// A cursor reads one JSON text from left to right, without allocating. It is
// strict: what it accepts is valid JSON. After an error it stays where it is
// and yields zero values.
//
// Of the general decoders the fastest that was tried, a generated-code lexer,
// needs four times as long for a hit, most of it to find out where the header
// ends. This one is made for lines whose keys and strings are mostly those of
// the lines before.
type cursor struct {
	b       []byte
	i       int
	err     error
	scratch []byte
}

const maxDepth = 100 // of values that are skipped

// reset starts on a new text. The scratch space is kept.
func (c *cursor) reset(b []byte) { c.b, c.i, c.err = b, 0, nil }

var errNotUTF8 = errors.New("not valid UTF-8")

// fail notes that the text is not what was wanted.
func (c *cursor) fail() {
	c.failed(fmt.Errorf("not the JSON of a record (byte %d)", c.i+1))
}

// failed notes the first error.
func (c *cursor) failed(err error) {
	if c.err == nil {
		c.err = err
	}
}

// peek is the next byte that is not space, 0 at the end or after an error.
func (c *cursor) peek() byte {
	if c.err != nil {
		return 0
	}
	for c.i < len(c.b) {
		switch ch := c.b[c.i]; ch {
		case ' ', '\t', '\r', '\n':
			c.i++
		default:
			return ch
		}
	}
	return 0
}

// want passes over one byte.
func (c *cursor) want(ch byte) {
	if c.peek() != ch {
		c.fail()
		return
	}
	c.i++
}

// more reports whether an object or array that ends with end has another
// member, and passes over what stands before it: first is true for the first.
func (c *cursor) more(first bool, end byte) bool {
	switch ch := c.peek(); {
	case c.err != nil:
		return false
	case ch == end:
		c.i++
		return false
	case first:
		return true
	case ch == ',':
		c.i++
		return true
	}
	c.fail()
	return false
}

// key reads a member's name and the colon after it. It is valid until the next
// string is read.
func (c *cursor) key() []byte {
	k := c.text()
	c.want(':')
	return k
}

// null passes over a null, if there is one.
func (c *cursor) null() bool {
	if c.peek() != 'n' {
		return false
	}
	c.word("null")
	return c.err == nil
}

func (c *cursor) word(w string) {
	if !bytes.HasPrefix(c.b[c.i:], []byte(w)) {
		c.fail()
		return
	}
	c.i += len(w)
}

// uint reads a whole number from 0 to limit.
func (c *cursor) uint(limit uint64) uint64 {
	if c.peek() == '-' {
		c.failed(fmt.Errorf("a negative number (byte %d)", c.i+1))
	}
	if c.err != nil {
		return 0
	}
	v, i := uint64(0), c.i
	for ; i < len(c.b); i++ {
		d := c.b[i] - '0'
		if d > 9 {
			break
		}
		v = v*10 + uint64(d)
	}
	digits := c.b[c.i:i]
	if len(digits) == 0 || len(digits) > 1 && digits[0] == '0' || i < len(c.b) && (c.b[i] == '.' || c.b[i]|0x20 == 'e') {
		c.fail()
		return 0
	}
	var err error
	if len(digits) > 19 { // v may have overflowed
		v, err = strconv.ParseUint(string(digits), 10, 64)
	}
	if err != nil || v > limit {
		c.failed(fmt.Errorf("a number out of range (byte %d)", c.i+1))
		return 0
	}
	c.i = i
	return v
}

// offset reads an instant of a trace.
func (c *cursor) offset() time.Duration { return time.Duration(c.uint(math.MaxInt64)) }

// instant reads a wall-clock time.
func (c *cursor) instant() time.Time {
	at := c.i
	t, err := time.Parse(time.RFC3339Nano, string(c.text()))
	t = t.UTC()
	if err != nil || t.Year() < 0 || t.Year() > 9999 {
		c.failed(fmt.Errorf("not a time like 2026-01-02T03:04:05Z (byte %d)", at+1))
	}
	return t
}

// end wants nothing more but space.
func (c *cursor) end() {
	if c.peek() != 0 || c.err == nil && c.i < len(c.b) {
		c.fail()
	}
}

// skip passes over a value.
func (c *cursor) skip(depth int) {
	switch ch := c.peek(); {
	case depth == 0:
		c.fail()
	case ch == '"':
		c.text()
	case ch == '{':
		c.i++
		for first := true; c.more(first, '}'); first = false {
			c.key()
			c.skip(depth - 1)
		}
	case ch == '[':
		c.i++
		for first := true; c.more(first, ']'); first = false {
			c.skip(depth - 1)
		}
	case ch == 't':
		c.word("true")
	case ch == 'f':
		c.word("false")
	case ch == 'n':
		c.word("null")
	default:
		c.number()
	}
}

// number passes over any JSON number.
func (c *cursor) number() {
	if c.i < len(c.b) && c.b[c.i] == '-' {
		c.i++
	}
	whole := c.i
	if c.digits(); c.i-whole > 1 && c.b[whole] == '0' {
		c.fail()
	}
	if c.err == nil && c.i < len(c.b) && c.b[c.i] == '.' {
		c.i++
		c.digits()
	}
	if c.err == nil && c.i < len(c.b) && c.b[c.i]|0x20 == 'e' {
		c.i++
		if c.i < len(c.b) && (c.b[c.i] == '+' || c.b[c.i] == '-') {
			c.i++
		}
		c.digits()
	}
}

// digits passes over at least one digit.
func (c *cursor) digits() {
	start := c.i
	for c.i < len(c.b) && '0' <= c.b[c.i] && c.b[c.i] <= '9' {
		c.i++
	}
	if c.i == start {
		c.fail()
	}
}
