package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"ratefit/internal/trace"
)

// A recording is one or more traces that are read as one.
type recording struct {
	readers []*trace.Reader
	names   []string
	shifts  []time.Duration // added to the instants of each trace
	meta    trace.Meta      // of the earliest, which gives offset 0
	partial string          // after each: why it is not all that was to be sent, "" = it is
}

// openTraces opens files, or standard input for "-". Traces that do not agree
// on what "limited" means cannot be read as one, unless statuses are given.
func openTraces(s *streams, names []string, statusGiven bool) (*recording, error) {
	r := &recording{names: names}
	for _, name := range names {
		one, err := openTrace(s, name)
		if err != nil {
			r.close()
			return nil, failure("", "%v", err)
		}
		r.readers = append(r.readers, one)
	}
	r.meta = r.readers[0].Meta()
	for i, one := range r.readers[1:] {
		m := one.Meta()
		for k, earlier := range r.readers[:i+1] {
			if m.Started.Equal(earlier.Meta().Started) {
				r.close()
				return nil, usageFault("give each trace once", "%s and %s began at the same instant: they are the same trace", names[k], names[i+1])
			}
		}
		if !statusGiven && !slices.Equal(m.LimitedStatus, r.meta.LimitedStatus) {
			r.close()
			return nil, usageFault("say it with --limited-status", "%s and %s disagree on which statuses mean limited", names[0], names[i+1])
		}
		if m.Started.Before(r.meta.Started) {
			r.meta.Started = m.Started
		}
	}
	for _, one := range r.readers {
		r.shifts = append(r.shifts, one.Meta().Started.Sub(r.meta.Started))
	}
	return r, nil
}

func openTrace(s *streams, name string) (*trace.Reader, error) {
	if name == "-" {
		return trace.NewReader(s.in, "standard input")
	}
	return trace.Open(name)
}

// each calls add with every hit, on one time line and numbered through, and
// returns warnings about traces that were cut off. It can be called once. The
// hit is only valid during the call.
func (r *recording) each(ctx context.Context, add func(*trace.Hit)) (warnings []string, err error) {
	defer r.close()
	var first uint64 // number of the first hit of this trace
	for i, one := range r.readers {
		var h trace.Hit
		next := first
		for n := 0; ; n++ {
			if n%1024 == 0 && ctx.Err() != nil {
				return nil, fault{code: Interrupted, text: "interrupted"}
			}
			err := one.Next(&h)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, failure("", "%v", err)
			}
			h.Seq += first
			next = max(next, h.Seq+1)
			if !shift(&h, r.shifts[i]) {
				return nil, failure("analyze them one by one", "%s: hit %d lies centuries after the start of the other traces", r.names[i], n+1)
			}
			add(&h)
		}
		first = next
		if one.Truncated() {
			warnings = append(warnings, fmt.Sprintf("%s was cut off: it was read up to its last whole record", r.names[i]))
		}
		if why := brokenOff(one); why != "" {
			r.partial = why
		}
	}
	return warnings, nil
}

// shift moves a hit on the time line. An instant of 0 means unknown, except for
// those that every hit has. It reports false where an instant is out of range.
func shift(h *trace.Hit, by time.Duration) bool {
	if by == 0 {
		return true
	}
	if max(h.Asked, h.Sent, h.Written, h.FirstByte, h.End) > math.MaxInt64-by {
		return false
	}
	h.Asked += by
	h.Sent += by
	h.End += by
	if h.Written > 0 {
		h.Written += by
	}
	if h.FirstByte > 0 {
		h.FirstByte += by
	}
	return true
}

func (r *recording) close() {
	for _, one := range r.readers {
		_ = one.Close()
	}
}

// brokenOff says why a trace that was read to its end is not all that was to be
// recorded, "" if it is. Budgets are part of what was to be.
func brokenOff(r *trace.Reader) string {
	end, ok := r.End()
	switch {
	case r.Truncated():
		return "the trace is cut off"
	case !ok || end.Reason == "done" || strings.HasPrefix(end.Reason, "budget") || strings.HasPrefix(end.Reason, "not known"):
		return ""
	case end.Reason == "interrupted":
		return "the run was interrupted"
	}
	return "the run was given up"
}
