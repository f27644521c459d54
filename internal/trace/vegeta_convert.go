package trace

import (
	"io"
	"os"
	"path/filepath"
)

// WriteVegeta writes all of a trace that has not been read yet in one of
// Vegeta's encodings, so that "vegeta plot" accepts it, too: it reads the trace
// twice. If r cannot be read twice, a copy is kept in a temporary file
// meanwhile. It returns how many hits were written, and how many skipped because
// they were never sent.
func WriteVegeta(dst io.Writer, encoding string, r *Reader) (written, skipped int, err error) {
	order := new(VegetaOrder)
	v, err := NewVegetaWriter(dst, encoding, r.Meta(), order)
	if err != nil {
		return 0, 0, err
	}
	second, release, err := r.twice(order.Add)
	if err != nil {
		return 0, 0, err
	}
	defer release()
	if err := each(second, v.Write); err != nil {
		return v.Written(), v.Skipped(), err
	}
	err = v.Close(second.End())
	return v.Written(), v.Skipped(), err
}

// each reads all hits.
func each(r *Reader, do func(*Hit) error) error {
	var h Hit
	for {
		err := r.Next(&h)
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = do(&h)
		}
		if err != nil {
			return err
		}
	}
}

// twice reads all hits and returns a reader for a second time: r itself, or one
// of a copy. release must be called after that.
func (r *Reader) twice(first func(*Hit)) (second *Reader, release func(), err error) {
	if r.in.rewindable() {
		err := each(r, func(h *Hit) error {
			first(h)
			return nil
		})
		if err == nil {
			err = r.restart()
		}
		return r, func() {}, err
	}
	dir, err := os.MkdirTemp("", "ratefit-")
	if err != nil {
		return nil, nil, err
	}
	remove := func() { _ = os.RemoveAll(dir) } // what is left is in the folder for temporary files
	path := filepath.Join(dir, "trace.jsonl.gz")
	if err := r.copyTo(path, first); err != nil {
		remove()
		return nil, nil, err
	}
	if second, err = Open(path); err != nil {
		remove()
		return nil, nil, err
	}
	return second, func() { _ = second.Close(); remove() }, nil
}

// copyTo copies the hits and the end of r to a new trace.
func (r *Reader) copyTo(path string, also func(*Hit)) error {
	w, err := Create(path, r.Meta())
	if err != nil {
		return err
	}
	err = each(r, func(h *Hit) error {
		also(h)
		return w.Write(h)
	})
	if err != nil {
		_ = w.Abandon() // the first error is the cause
		return err
	}
	if e, whole := r.End(); whole {
		return w.Close(e)
	}
	return w.Abandon()
}
