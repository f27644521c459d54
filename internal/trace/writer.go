package trace

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/klauspost/compress/gzip"
)

const (
	flushEvery  = 512      // hits: at most so many are lost to a kill, whatever the caller flushes
	writeBuffer = 32 << 10 // bytes of records that are handed to the compressor at once
)

// A Writer writes a trace. It has no clock: the caller decides how often to
// call [Writer.Flush]. It is not safe for concurrent use.
//
// Every Writer redacts: URLs pass through [RedactURL], headers through the
// rules of [KeptHeaders]. After an error a Writer is broken and returns that
// error from every method.
type Writer struct {
	file  *os.File // nil when the caller owns the destination
	name  string
	gz    *gzip.Writer
	enc   encoder
	buf   []byte
	hits  uint64 // written
	fresh int    // hits since the last flush
	dirty bool   // something was written since the last flush
	err   error
}

// Create starts a trace in a new file. It never overwrites: an existing path
// is an error.
func Create(path string, m Meta) (*Writer, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("%s: exists already, and traces are never overwritten; choose another name", path)
	}
	if err != nil {
		return nil, err
	}
	w, err := newWriter(f, path, m)
	if err != nil {
		_, _ = f.Close(), os.Remove(path) // the first error is the cause
		return nil, err
	}
	w.file = f
	return w, nil
}

// NewWriter starts a trace on w. The Meta record is flushed at once, so that a
// trace can be read however early its writer is killed.
func NewWriter(w io.Writer, m Meta) (*Writer, error) {
	return newWriter(w, "trace", m)
}

func newWriter(dst io.Writer, name string, m Meta) (*Writer, error) {
	line, err := appendMeta(nil, &m)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	gz, err := gzip.NewWriterLevel(dst, gzip.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	w := &Writer{name: name, gz: gz, buf: line, dirty: true, enc: encoder{described: m.Headers}}
	return w, w.Flush()
}

// Write appends one hit. It returns an error for a hit that the format cannot
// hold (a negative instant or size, a status outside 0 to 999, an unknown error
// kind, a record above [MaxLine]); such a hit breaks the Writer like a failed
// write does, for a trace with silent gaps is worse than a short one.
func (w *Writer) Write(h *Hit) error {
	if w.err != nil {
		return w.err
	}
	before := len(w.buf)
	buf, err := w.enc.appendHit(w.buf, h)
	if err == nil && len(buf)-before > MaxLine {
		err = fmt.Errorf("its record has %d bytes, above the %d that a line may have", len(buf)-before, MaxLine)
	}
	if err != nil {
		w.err = fmt.Errorf("%s: hit %d: %w", w.name, w.hits, err)
		return w.err
	}
	w.buf, w.dirty = buf, true
	w.hits++
	if w.fresh++; w.fresh >= flushEvery {
		return w.Flush()
	}
	if len(w.buf) >= writeBuffer {
		w.drain()
	}
	return w.err
}

// drain hands the buffered records to the compressor.
func (w *Writer) drain() {
	if w.err != nil || len(w.buf) == 0 {
		return
	}
	if _, err := w.gz.Write(w.buf); err != nil {
		w.err = w.named(err)
	}
	w.buf = w.buf[:0]
}

// named says which trace cannot be written, once.
func (w *Writer) named(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("%s: %w", w.name, err)
}

// Flush makes everything written so far readable, even if the process is
// killed right after. It costs nothing when nothing was written since.
func (w *Writer) Flush() error {
	w.drain()
	if w.err != nil || !w.dirty {
		return w.err
	}
	if err := w.gz.Flush(); err != nil {
		w.err = w.named(err)
	}
	w.dirty, w.fresh = false, 0
	return w.err
}

// Close writes the End record and closes the trace.
func (w *Writer) Close(e End) error {
	if w.err == nil {
		var err error
		if w.buf, err = appendEnd(w.buf, &e); err != nil {
			w.err = fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return w.Abandon()
}

// Abandon closes the trace without an End record: its reader will say that it
// is truncated. It is for copies of a trace that was itself cut.
func (w *Writer) Abandon() error {
	w.drain()
	err := w.err
	if e := w.gz.Close(); err == nil && e != nil {
		err = w.named(e)
	}
	if w.file != nil {
		if e := w.file.Close(); err == nil && e != nil {
			err = e
		}
		w.file = nil
	}
	if w.err == nil {
		w.err = fmt.Errorf("%s: %w", w.name, os.ErrClosed)
	}
	return err
}
