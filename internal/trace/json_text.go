package trace

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string. It is valid until the next one is read.
func (c *cursor) text() []byte {
	s, _ := c.rawText()
	return s
}

// rawText reads a string; plain reports that it is spelled as it is.
func (c *cursor) rawText() (s []byte, plain bool) {
	c.want('"')
	if c.err != nil {
		return nil, false
	}
	start, ascii := c.i, true
	for ; c.i < len(c.b); c.i++ {
		switch ch := c.b[c.i]; {
		case ch == '"':
			s = c.b[start:c.i]
			if !ascii && !utf8.Valid(s) {
				c.failed(errNotUTF8)
			}
			c.i++
			return s, true
		case ch == '\\':
			return c.escaped(start), false
		case ch < 0x20:
			c.fail()
			return nil, false
		case ch >= utf8.RuneSelf:
			ascii = false
		}
	}
	c.fail()
	return nil, false
}

// escaped reads the rest of a string, from the first backslash.
func (c *cursor) escaped(start int) []byte {
	out := append(c.scratch[:0], c.b[start:c.i]...)
	for c.i < len(c.b) {
		switch ch := c.b[c.i]; {
		case ch == '"':
			c.i++
			c.scratch = out
			if !utf8.Valid(out) {
				c.failed(errNotUTF8)
			}
			return out
		case ch == '\\':
			out = c.escape(out)
			if c.err != nil {
				return nil
			}
		case ch < 0x20:
			c.fail()
			return nil
		default:
			out = append(out, ch)
			c.i++
		}
	}
	c.fail()
	return nil
}

// escape reads what a backslash begins.
func (c *cursor) escape(out []byte) []byte {
	const names, values = `"\/bfnrt`, "\"\\/\b\f\n\r\t"
	c.i++
	if c.i < len(c.b) {
		if c.b[c.i] == 'u' {
			r := c.hex4()
			if utf16.IsSurrogate(r) {
				r = c.surrogate(r)
			}
			return utf8.AppendRune(out, r)
		}
		if n := bytes.IndexByte([]byte(names), c.b[c.i]); n >= 0 {
			c.i++
			return append(out, values[n])
		}
	}
	c.fail()
	return out
}

// surrogate reads the second half of a pair; a lone half is U+FFFD.
func (c *cursor) surrogate(first rune) rune {
	at := c.i
	if c.err == nil && bytes.HasPrefix(c.b[c.i:], []byte(`\u`)) {
		c.i++
		if r := utf16.DecodeRune(first, c.hex4()); r != utf8.RuneError {
			return r
		}
		if c.err == nil {
			c.i = at
		}
	}
	return utf8.RuneError
}

// hex4 reads a "u" and four digits.
func (c *cursor) hex4() rune {
	if len(c.b)-c.i < 5 {
		c.fail()
		return 0
	}
	v := rune(0)
	for _, ch := range c.b[c.i+1 : c.i+5] {
		if !isHex(ch) {
			c.fail()
			return 0
		}
		d := rune(ch & 15)
		if ch > '9' {
			d += 9
		}
		v = v<<4 | d
	}
	c.i += 5
	return v
}
