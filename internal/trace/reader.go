package trace

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
)

// A Reader reads a trace, in any of the formats that [Open] knows. It is not
// safe for concurrent use.
type Reader struct {
	name string
	in   *input
	src  source
	meta Meta
	end  End
	done state
	err  error
}

// A state says how far a reader has come.
type state uint8

const (
	reading state = iota
	ended         // the End record was read
	cutOff        // the input ended before it
	plain         // the input ended, and its format has no End record
)

// A source decodes one format. next returns io.EOF at a proper end of the
// input and io.ErrUnexpectedEOF where it is cut.
type source interface {
	next(h *Hit) error
	finish() (e End, ended, expected bool) // after the end of the input; expected: the format has End records
	place() string                         // where the last error was, such as "line 7"
	advice() string                        // what to try after it
}

// Open opens a trace. "-" is standard input, which is left open by
// [Reader.Close]. The format is told by content: a ratefit trace, or the
// results of vegeta attack or vegeta encode in gob, JSON or CSV, each plain or
// compressed with gzip. What becomes of Vegeta's fields is described under
// "Vegeta" in the package comment.
func Open(path string) (*Reader, error) {
	in, err := openInput(path)
	if err != nil {
		return nil, err
	}
	if path == "-" {
		path = "standard input"
	}
	r, err := newReader(in, path)
	if err != nil {
		_ = in.close() // the first error is the cause
		return nil, err
	}
	return r, nil
}

// NewReader reads a trace from r; name stands for it in errors. If r is an
// [io.Seeker], a large Vegeta file is read twice.
func NewReader(r io.Reader, name string) (*Reader, error) {
	in, err := newInput(r, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return newReader(in, name)
}

func newReader(in *input, name string) (*Reader, error) {
	r := &Reader{name: name, in: in}
	if err := r.detect(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return r, nil
}

const wanted = "wanted a trace of ratefit attack or the results of vegeta attack (gob, JSON or CSV)"

var csvStart = regexp.MustCompile(`^-?[0-9]+,[0-9]+,[0-9]`)

// detect finds out the format and reads what comes before the first hit.
func (r *Reader) detect() (err error) {
	start, err := r.in.br.Peek(gobPeek)
	switch {
	case len(start) == 0 && err == io.EOF:
		return errors.New("the file is empty; " + wanted)
	case len(start) == 0 && err != nil && err != io.ErrUnexpectedEOF:
		return fmt.Errorf("cannot read: %w", err)
	case len(start) == 0:
		return errNothing
	case looksGob(start):
		return r.useVegeta(gobResults)
	}
	l := &lines{br: r.in.br, max: maxResult}
	line, whole, err := l.next()
	for line = trimSpace(line); err == nil && whole && len(line) == 0; line = trimSpace(line) {
		line, whole, err = l.next()
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF || err == nil && len(line) == 0 {
		return errNothing
	}
	if err != nil {
		return fmt.Errorf("line 1: %w; %s", err, wanted)
	}
	if line[0] != '{' {
		r.in.unread(line, whole)
	}
	switch {
	case line[0] == '{':
		return r.detectJSON(l, line, whole)
	case csvStart.Match(line):
		return r.useVegeta(csvResults)
	case !whole && bytes.Trim(line, "-0123456789,") == nil:
		return errNothing
	}
	return errors.New("not a trace; " + wanted)
}

func trimSpace(b []byte) []byte { return bytes.Trim(b, " \t\r") }

var errNothing = errors.New("cut before the first record was complete: there is nothing to read")

func (r *Reader) detectJSON(l *lines, line []byte, whole bool) error {
	format, isVegeta, err := firstKeys(line)
	if err != nil && !whole {
		return errNothing
	}
	switch {
	case format == Format:
		n := &native{lines: l}
		if r.meta, err = decodeMeta(line); err != nil {
			return fmt.Errorf("line %d: %w", l.n, err)
		}
		l.max = MaxLine
		r.src = n
		return nil
	case format != "":
		return fmt.Errorf("its format is %.40q, and this version reads %q; try the version of ratefit that wrote it", format, Format)
	case err != nil:
		return fmt.Errorf("line %d: %w; %s", l.n, err, wanted)
	case isVegeta:
		r.in.unread(line, whole)
		return r.useVegeta(jsonResults)
	}
	return errors.New(`JSON, but not of a trace: its first line has neither "format" nor "timestamp" and "latency"; ` + wanted)
}

// useVegeta goes on with Vegeta's results.
func (r *Reader) useVegeta(rs newResults) error {
	v, err := newVegeta(r.in, rs)
	if err != nil {
		return err
	}
	r.src, r.meta = v, v.meta
	return nil
}

// Meta describes the trace.
func (r *Reader) Meta() Meta { return r.meta }

// Next reads the next hit into h, all of it. It returns [io.EOF] after the last
// one, also where the trace is cut: see [Reader.Truncated]. Any other error
// says what is damaged and where; the hits before it are good.
//
// Hits share strings and header sets: do not modify h.Header. A hit may be
// kept, its contents do not change.
func (r *Reader) Next(h *Hit) error {
	if r.err != nil {
		return r.err
	}
	err := r.src.next(h)
	if err == nil {
		return nil
	}
	if err != io.EOF && err != io.ErrUnexpectedEOF {
		r.err = fmt.Errorf("%s: %s: %w; %s", r.name, r.src.place(), err, r.src.advice())
		return r.err
	}
	e, whole, expected := r.src.finish()
	switch {
	case whole:
		r.end, r.done = e, ended
	case err == io.ErrUnexpectedEOF || expected:
		r.done = cutOff
	default:
		r.done = plain
	}
	r.err = io.EOF
	return r.err
}

// End returns the End record. ok is false before Next has returned [io.EOF], in
// a truncated trace, and in Vegeta's own files, which have none.
func (r *Reader) End() (e End, ok bool) { return r.end, r.done == ended }

// Truncated reports, after Next has returned [io.EOF], whether the trace ends
// without its End record: its writer was killed, is still at work, or the file
// was cut. Every whole record before the cut has been read.
func (r *Reader) Truncated() bool { return r.done == cutOff }

// Close releases what the Reader holds. It does not close a reader handed to
// [NewReader].
func (r *Reader) Close() error {
	r.err = fmt.Errorf("%s: %w", r.name, errClosed)
	return r.in.close()
}

var errClosed = errors.New("the trace is closed")

// restart goes back to the first hit. It is for sources that can be rewound.
func (r *Reader) restart() error {
	if err := r.in.rewind(); err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	r.err, r.end, r.done = nil, End{}, reading
	if err := r.detect(); err != nil {
		return fmt.Errorf("%s: %w", r.name, err)
	}
	return nil
}
