package accesslog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
)

// longestLine bounds a line, in bytes.
const longestLine = 1 << 20

var errLong = fmt.Errorf("the line is longer than %d bytes", longestLine)

// lines splits an input into lines of bounded length. One that is longer is an
// error, after which the next one follows.
type lines struct {
	br   *bufio.Reader
	n    int    // number of the last line, from 1
	long []byte // a line longer than br's buffer
}

// next returns the next line without its end; it is valid until the next call.
// [errLong] is about this line alone; any other error ends the input.
func (l *lines) next() ([]byte, error) {
	b, err := l.br.ReadSlice('\n')
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) && len(b) == 0 {
		return nil, err
	}
	l.n++
	if errors.Is(err, bufio.ErrBufferFull) {
		if b, err = l.rest(b); err != nil {
			return nil, err
		}
	}
	return bytes.TrimRight(b, "\r\n"), nil
}

// rest reads a line on that began with b.
func (l *lines) rest(b []byte) ([]byte, error) {
	l.long = append(l.long[:0], b...)
	err := bufio.ErrBufferFull
	tooLong := false
	for errors.Is(err, bufio.ErrBufferFull) {
		b, err = l.br.ReadSlice('\n')
		if tooLong = tooLong || len(l.long)+len(b) > longestLine; !tooLong {
			l.long = append(l.long, b...)
		}
	}
	if tooLong {
		return nil, errLong
	}
	return l.long, nil // an error of the input comes again with the next line
}
