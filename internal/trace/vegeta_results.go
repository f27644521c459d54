package trace

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// maxResult is the longest record of a Vegeta file, in bytes. Vegeta keeps
// bodies, so it is larger than [MaxLine].
const maxResult = 16 << 20

// results yields the results of a Vegeta file: io.EOF at its end,
// io.ErrUnexpectedEOF where it is cut inside a record.
type results func(r *vegeta.Result) error

// newResults makes results of one encoding from the start of an input.
type newResults func(br *bufio.Reader) results

var errResult = errors.New("not a result of vegeta attack")

// decode runs one of Vegeta's decoders on one whole record. The decoders were
// not made for hostile input: a panic is an error, and so is any end of input
// that they see, for the record is whole.
func decode(dec vegeta.Decoder, r *vegeta.Result) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errResult
		}
	}()
	*r = vegeta.Result{} // the decoders leave what is not in the record
	switch err := dec(r); {
	case err == nil:
		return nil
	case errors.Is(err, csv.ErrFieldCount):
		return errors.New("not the 12 columns of Vegeta 12")
	}
	return errResult // the error's own text can quote the data
}

// A feed hands one record at a time to a decoder that wants a stream.
type feed struct{ rest []byte }

func (f *feed) Read(p []byte) (int, error) {
	if len(f.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p, f.rest)
	f.rest = f.rest[n:]
	return n, nil
}

// jsonResults reads Vegeta's JSON: one object on each line.
func jsonResults(br *bufio.Reader) results {
	l := &lines{br: br, max: maxResult}
	f := &feed{}
	dec := vegeta.NewJSONDecoder(f)
	var usual usualResults
	var buf []byte
	return func(r *vegeta.Result) error {
		for {
			line, whole, err := l.next()
			if err != nil {
				return err
			}
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			if usual.decode(line, r) {
				return nil
			}
			buf = append(append(buf[:0], line...), '\n')
			f.rest = buf
			err = decode(dec, r)
			if err != nil && !whole {
				return io.ErrUnexpectedEOF
			}
			return err
		}
	}
}

// csvResults reads Vegeta's CSV. A quoted field can hold line ends: a record is
// complete when its quotes are even.
func csvResults(br *bufio.Reader) results {
	l := &lines{br: br, max: maxResult}
	f := &feed{}
	dec := vegeta.NewCSVDecoder(f)
	var usual usualCSV
	var buf []byte
	return func(r *vegeta.Result) error {
		buf = buf[:0]
		for {
			line, whole, err := l.next()
			switch {
			case err == io.EOF && len(buf) > 0:
				return io.ErrUnexpectedEOF
			case err != nil:
				return err
			case len(buf) == 0 && len(line) == 0:
				continue
			case len(buf)+len(line) > maxResult:
				return l.tooLong()
			case len(buf) == 0 && whole && usual.decode(line, r):
				return nil
			}
			buf = append(append(buf, line...), '\n')
			if bytes.Count(buf, []byte{'"'})%2 != 0 {
				continue
			}
			f.rest = buf
			if err = decode(dec, r); err != nil && !whole {
				return io.ErrUnexpectedEOF
			}
			// A base64 column that was cut can still be read: only a line end
			// tells that the record is whole.
			if err == nil && !whole {
				return io.ErrUnexpectedEOF
			}
			return err
		}
	}
}

const gobPeek = 512

// looksGob reports whether a file starts like Vegeta's gob: with a message that
// defines a type named Result.
func looksGob(start []byte) bool {
	const name = "\x06Result\x01"
	i := bytes.Index(start, []byte(name))
	return 0 < i && i < 16
}

// gobResults reads Vegeta's gob.
func gobResults(br *bufio.Reader) results {
	f := &frames{br: br}
	dec := vegeta.NewDecoder(f)
	var usual usualGob
	return func(r *vegeta.Result) error {
		if f.fill() == nil && f.ownTypes() && usual.decode(f.buf.Bytes(), r) {
			f.buf.Reset()
			return nil
		}
		err := decode(dec, r)
		if f.err != nil { // also where gob hides it
			return f.err
		}
		return err
	}
}

// frames hands whole gob messages of bounded size to a decoder, so that a cut
// can be told from damage and a false length cannot take memory.
type frames struct {
	br    *bufio.Reader
	buf   bytes.Buffer
	err   error
	types []byte // the messages that define types
}

// ownTypes reports whether the next message is a result, of the types that
// Vegeta defines.
func (f *frames) ownTypes() bool {
	own, next := ownTypes(), f.buf.Bytes()
	if len(f.types) == 0 || !bytes.HasPrefix(own, f.types) {
		return false
	}
	kind := typeOf(next)
	return kind > 0 && kind == typeOf(own[len(f.types):])
}

func (f *frames) fill() error {
	if f.err == nil && f.buf.Len() == 0 {
		f.err = f.frame()
	}
	return f.err
}

// frame reads one message: its length and so many bytes.
func (f *frames) frame() error {
	f.buf.Reset()
	first, err := f.br.ReadByte()
	if err != nil {
		return err
	}
	f.buf.WriteByte(first)
	size := uint64(first)
	if first >= 0x80 { // so many bytes hold the length
		n := -int(int8(first))
		if n > 8 {
			return errResult
		}
		size = 0
		for range n {
			b, err := f.br.ReadByte()
			if err != nil {
				return unexpected(err)
			}
			f.buf.WriteByte(b)
			size = size<<8 | uint64(b)
		}
	}
	if size > maxResult {
		return recordError{fmt.Errorf("longer than the %d bytes that a record may have", maxResult)}
	}
	if _, err := io.CopyN(&f.buf, f.br, int64(size)); err != nil {
		return unexpected(err)
	}
	if typeOf(f.buf.Bytes()) < 0 && len(f.types) <= len(ownTypes()) {
		f.types = append(f.types, f.buf.Bytes()...)
	}
	return nil
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (f *frames) Read(p []byte) (int, error) {
	if err := f.fill(); err != nil {
		return 0, err
	}
	return f.buf.Read(p)
}

func (f *frames) ReadByte() (byte, error) {
	if err := f.fill(); err != nil {
		return 0, err
	}
	return f.buf.ReadByte()
}
