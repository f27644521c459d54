package accesslog

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"

	"ratefit/internal/trace"
)

// A Format is a kind of file.
type Format string

// The formats.
const (
	Auto   Format = "auto" // told by content
	Common Format = "common"
	JSON   Format = "json"
	HAR    Format = "har"
	Trace  Format = "trace"
)

// Formats lists the formats, [Auto] first.
func Formats() []Format { return []Format{Auto, Common, JSON, HAR, Trace} }

// Options say what the content does not.
type Options struct {
	Format Format          // "" is [Auto]
	Fields map[Role]string // names of the fields of a log in JSON, in place of the known ones
	Paths  bool            // paths are wanted
}

// A Reader reads one log. It is not safe for concurrent use.
type Reader struct {
	name    string
	format  Format
	src     source
	skipped Skipped
	done    bool
}

// A source reads one format. An error of type [bad] is about one record, after
// which the next one follows; io.ErrUnexpectedEOF is where the input is cut.
type source interface {
	next(q *Request) error
}

// A bad record is one that cannot be read.
type bad struct {
	place int // line or entry, from 1
	error
}

func (b bad) Unwrap() error { return b.error }

// Skipped counts what was not handed over.
type Skipped struct {
	Unread    int    // records that cannot be read
	FirstLine int    // the first of them, from 1: a line, or an entry of a HAR
	FirstWhy  string // in words that hold nothing of the record
	NoRequest int    // records of connections without a request, and hits that were never sent
	Truncated bool   // the file ends within a record, or before its end mark
}

const (
	buffer  = 256 << 10
	peeking = 64 << 10 // what the format is told from
)

// NewReader reads a log from r; name stands for it in errors. From an [io.Seeker],
// Vegeta's larger files are read twice.
func NewReader(r io.Reader, name string, o Options) (*Reader, error) {
	out := &Reader{name: name, format: o.Format}
	if err := out.open(r, o); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return out, nil
}

func (r *Reader) open(raw io.Reader, o Options) error {
	packed := bufio.NewReaderSize(raw, buffer)
	start, err := packed.Peek(peeking)
	if len(start) == 0 {
		if err == io.EOF {
			return errors.New("the file is empty")
		}
		return fmt.Errorf("cannot read: %w", err)
	}
	zipped := bytes.HasPrefix(start, []byte("\x1f\x8b"))
	if zipped {
		if start, err = unpacked(start); err != nil {
			return err
		}
	}
	if r.format == "" || r.format == Auto {
		if r.format, err = detect(start); err != nil {
			return err
		}
	}
	if r.format == Trace {
		return r.openTrace(raw, packed)
	}
	br := packed
	if zipped {
		gz, err := gzip.NewReader(packed)
		if err != nil {
			return fmt.Errorf("not a readable gzip file: %w", err)
		}
		br = bufio.NewReaderSize(gz, buffer)
	}
	switch r.format {
	case Common:
		r.src = &byLine{lines: lines{br: br}, line: (&common{names: interner{}, paths: o.Paths}).line}
	case JSON:
		r.src = &byLine{lines: lines{br: br}, line: newObjects(o).line}
	default:
		r.src, err = newHAR(br, largestEntry)
		return err
	}
	return nil
}

// openTrace hands the input to the reader of traces, from its start.
func (r *Reader) openTrace(raw io.Reader, packed *bufio.Reader) error {
	in := io.Reader(packed)
	if s, ok := raw.(io.Seeker); ok {
		if _, err := s.Seek(0, io.SeekStart); err == nil {
			in = raw
		}
	}
	t, err := trace.NewReader(in, r.name)
	if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), r.name+": "))
	}
	began := t.Meta().Started
	r.src = &traced{r: t, started: began.UnixNano(), old: began.Year() < 1900 || began.Year() > 2200}
	return nil
}

// unpacked decompresses what it can of the start of a gzip file.
func unpacked(start []byte) ([]byte, error) {
	gz, err := gzip.NewReader(bytes.NewReader(start))
	if err != nil {
		return nil, fmt.Errorf("not a readable gzip file: %w", err)
	}
	out := make([]byte, peeking)
	n, err := io.ReadFull(gz, out)
	if n == 0 && err != nil {
		return nil, errors.New("not a readable gzip file, or an empty one")
	}
	return out[:n], nil
}

// Format tells what is read.
func (r *Reader) Format() Format { return r.format }

// Skipped counts, after [Reader.Next] has returned [io.EOF], what was left out.
func (r *Reader) Skipped() Skipped { return r.skipped }

// Next reads the next request. It returns [io.EOF] after the last one; any other
// error is of the input.
func (r *Reader) Next(q *Request) error {
	for !r.done {
		err := r.src.next(q)
		if err == nil {
			return nil
		}
		var b bad
		switch {
		case errors.Is(err, errNoRequest):
			r.skipped.NoRequest++
		case errors.As(err, &b):
			if r.skipped.Unread++; r.skipped.Unread == 1 {
				r.skipped.FirstLine, r.skipped.FirstWhy = b.place, b.Error()
			}
		case errors.Is(err, io.ErrUnexpectedEOF):
			r.done, r.skipped.Truncated = true, true
		case errors.Is(err, io.EOF):
			r.done = true
		default:
			r.done = true
			if strings.HasPrefix(err.Error(), r.name+": ") { // the reader of traces says it
				return err
			}
			return fmt.Errorf("%s: %w", r.name, err)
		}
	}
	return io.EOF
}

// byLine reads a format of lines.
type byLine struct {
	lines
	line func(b []byte, q *Request) error
}

func (l *byLine) next(q *Request) error {
	for {
		b, err := l.lines.next()
		if errors.Is(err, errLong) {
			return bad{l.n, err}
		}
		if err != nil {
			return err
		}
		if l.n == 1 {
			b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
		}
		if b = bytes.TrimSpace(b); len(b) == 0 {
			continue
		}
		if err := l.line(b, q); err != nil {
			return bad{l.n, err}
		}
		return nil
	}
}

// traced reads hits.
type traced struct {
	r       *trace.Reader
	hit     trace.Hit
	started int64
	old     bool // started cannot be counted from 1970 in nanoseconds
	n       int  // of the last hit, from 1
}

func (t *traced) next(q *Request) error {
	err := t.r.Next(&t.hit)
	if err == io.EOF && t.r.Truncated() {
		return io.ErrUnexpectedEOF
	}
	if err != nil {
		return err
	}
	t.n++
	h := &t.hit
	if h.Error.NeverReached() {
		return errNoRequest
	}
	if _, err := believed(instant{at: t.started + int64(h.Sent)}); err != nil || t.old {
		return bad{t.n, errBelief}
	}
	*q = Request{
		At: t.started + int64(h.Sent), Took: max(-1, h.End-h.Sent), Client: h.Source, User: h.Credential,
		Class: h.Class, Path: pathOf(h.URL), Status: h.Status,
	}
	if h.Login() || h.Class == "" {
		q.Class = classOf([]byte(h.Method))
	}
	return nil
}
