package trace

import (
	"errors"
	"fmt"
	"io"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// Vegeta's results come in the order in which they were completed, so any of
// them can have been sent before those above it. Offset 0 of the trace is the
// earliest instant of all; to find it, so many results are read ahead, and a
// longer file is read twice, if it can be.
const lookAhead = 1 << 14

// unseenSlack is how much earlier than the first lookAhead results a later one
// may have been sent, in a stream that cannot be read twice.
const unseenSlack = 10 * time.Minute

// A vegetaHit is a hit whose instants still are relative to at.
type vegetaHit struct {
	Hit
	at   time.Time     // when it was sent
	ours bool          // written by a VegetaWriter
	base time.Duration // Sent in the trace it was written from, if ours
	done bool          // End is an offset of that trace, not a latency
	n    int           // number of its record, from 1
}

// vegetaSource reads results of Vegeta as a trace.
type vegetaSource struct {
	make   newResults
	res    results
	meta   Meta
	tagged bool // a Meta came with the results: then an End is due, too
	end    End
	ended  bool

	zero    time.Time
	begun   bool // zero is set
	settled bool // zero is final
	queue   []vegetaHit
	err     error // what follows the queue
	n       int   // records read
	failed  int   // number of the record with the error

	r    vegeta.Result
	conv converter
}

func newVegeta(in *input, make newResults) (*vegetaSource, error) {
	v := &vegetaSource{make: make, res: make(in.br)}
	v.meta.Tool = "vegeta"
	for len(v.queue) < lookAhead && v.err == nil {
		var h vegetaHit
		if v.err = v.read(&h); v.err == nil {
			v.queue = append(v.queue, h)
		}
	}
	if len(v.queue) == 0 {
		if v.err == io.EOF || v.err == io.ErrUnexpectedEOF {
			return nil, errNothing
		}
		return nil, fmt.Errorf("%s: %w", v.place(), v.err)
	}
	switch {
	case v.err != nil, v.tagged: // the queue is all there is, or the start is known
	case in.rewindable():
		if err := v.readTwice(in); err != nil {
			return nil, err
		}
	default:
		v.zero = v.zero.Add(-unseenSlack)
	}
	v.zero, v.settled = v.zero.UTC(), true
	v.meta.Started = v.zero
	return v, nil
}

// readTwice reads the rest for its instants, then starts again.
func (v *vegetaSource) readTwice(in *input) error {
	for v.res(&v.r) == nil { // an error will be met again
		if len(v.r.Headers[VegetaHeader]) == 0 {
			v.notLater(v.r.Timestamp)
			continue
		}
		var h vegetaHit
		x, err := v.conv.convert(&v.r, &h)
		if err != nil {
			break
		}
		if x.tagged {
			v.notLater(x.meta.Started)
		}
		v.notLater(h.at)
	}
	if err := in.rewind(); err != nil {
		return fmt.Errorf("cannot read it a second time: %w", err)
	}
	v.res, v.queue, v.n, v.failed = v.make(in.br), nil, 0, 0
	return nil
}

func (v *vegetaSource) next(h *Hit) error {
	var p vegetaHit
	switch {
	case len(v.queue) > 0:
		p = v.queue[0]
		if v.queue = v.queue[1:]; len(v.queue) == 0 {
			v.queue = nil
		}
	case v.err != nil:
		return v.err
	default:
		if v.err = v.read(&p); v.err != nil {
			return v.err
		}
	}
	*h = p.Hit
	if err := v.settle(h, &p); err != nil {
		v.failed = p.n
		return err
	}
	return nil
}

func (v *vegetaSource) finish() (End, bool, bool) { return v.end, v.ended, v.tagged }

func (v *vegetaSource) place() string { return fmt.Sprintf("record %d", v.failed) }

func (v *vegetaSource) advice() string {
	return fmt.Sprintf("the %d records before it are good", v.failed-1)
}

// read reads one result.
func (v *vegetaSource) read(h *vegetaHit) error {
	v.failed = v.n + 1
	if err := v.res(&v.r); err != nil {
		return err
	}
	extra, err := v.conv.convert(&v.r, h)
	if err != nil {
		return err
	}
	if extra.tagged {
		v.notLater(extra.meta.Started)
		if !v.tagged {
			v.meta, v.tagged = extra.meta, true
		}
	}
	v.notLater(h.at)
	if extra.ended {
		v.end, v.ended = extra.end, true
	}
	if v.meta.Target == "" && !v.tagged {
		v.meta.Target = origin(h.URL)
	}
	if !h.ours {
		h.Seq = uint64(v.n)
	}
	v.n++
	h.n = v.n
	return nil
}

// notLater moves the start before t, as long as no hit has been handed out.
func (v *vegetaSource) notLater(t time.Time) {
	if !v.settled && (!v.begun || t.Before(v.zero)) {
		v.zero, v.begun = t, true
	}
}

// settle makes the instants of h offsets from v.zero.
func (v *vegetaSource) settle(h *Hit, p *vegetaHit) error {
	h.Sent = p.at.Sub(v.zero)
	if !v.zero.Add(h.Sent).Equal(p.at) {
		return errors.New("sent centuries away from the first result")
	}
	if h.Sent < 0 && v.tagged {
		return fmt.Errorf("sent %v before the start of the trace; if traces were merged, give them one by one", -h.Sent)
	}
	if h.Sent < 0 {
		return fmt.Errorf("sent %v before the start of the trace, which could not be known from a pipe; give the file by its name", -h.Sent)
	}
	shift := h.Sent
	if p.ours {
		shift -= p.base
	}
	if h.Asked += shift; shift < 0 {
		h.Asked = max(h.Asked, 0) // of a merged file: asked for before its start
	}
	for _, t := range []*time.Duration{&h.Written, &h.FirstByte} {
		if *t != 0 {
			*t += shift
		}
	}
	if p.done {
		h.End += shift
	} else {
		h.End += h.Sent
	}
	if !p.ours && h.Status != 0 {
		h.FirstByte = h.End
	}
	if h.Asked < 0 || h.Written < 0 || h.FirstByte < 0 || h.End < 0 {
		return errors.New("an instant outside the trace")
	}
	return nil
}
