package trace

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
)

// lines splits an input into lines of bounded length.
type lines struct {
	br    *bufio.Reader
	max   int    // bytes of a line, its end included; above the size of br's buffer
	n     int    // number of the last line, from 1
	long  []byte // a line longer than br's buffer
	last  []byte
	whole bool
	err   error
}

// next returns the next line without its end. whole is false for the last line
// if nothing ends it: it may be cut. The line is valid until the next call. An
// error comes after every line before it.
func (l *lines) next() (line []byte, whole bool, err error) {
	if l.err != nil {
		return nil, false, l.err
	}
	l.last, l.err = l.read()
	if l.err != nil && (len(l.last) == 0 || l.err != io.EOF && l.err != io.ErrUnexpectedEOF) {
		return nil, false, l.err
	}
	l.n++
	l.whole = l.err == nil
	l.last = bytes.TrimSuffix(l.last, []byte{'\n'})
	l.last = bytes.TrimSuffix(l.last, []byte{'\r'})
	return l.last, l.whole, nil
}

func (l *lines) read() ([]byte, error) {
	b, err := l.br.ReadSlice('\n')
	if err == nil {
		return b, nil // shorter than br's buffer, and so than max
	}
	l.long = l.long[:0]
	for err == bufio.ErrBufferFull {
		if len(l.long)+len(b) > l.max {
			return nil, l.tooLong()
		}
		l.long = append(l.long, b...)
		b, err = l.br.ReadSlice('\n')
	}
	if len(l.long)+len(b) > l.max {
		return nil, l.tooLong()
	}
	if len(l.long) == 0 {
		return b, err
	}
	l.long = append(l.long, b...)
	return l.long, err
}

func (l *lines) tooLong() error {
	return recordError{fmt.Errorf("longer than the %d bytes that a record may have", l.max)}
}

// A recordError is an error in a record, not in the input that it was read
// from.
type recordError struct{ error }
