package trace

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/textproto"
	"strings"
	"time"
	"unicode/utf8"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// A VegetaWriter writes hits as results of Vegeta, for "vegeta report" and
// "vegeta plot". What Vegeta has no field for goes into the pseudo header
// [VegetaHeader], so that reading the file back gives the same trace; see
// "Vegeta" in the package comment.
//
// Unsent hits are left out: Vegeta has no notion of them, and would report them
// as requests.
type VegetaWriter struct {
	bw      *bufio.Writer
	encode  vegeta.Encoder
	csv     bool
	meta    Meta
	order   *VegetaOrder
	count   map[string]int // hits of each attack so far
	held    *vegeta.Result // the last one waits, for it takes the End
	enc     encoder
	line    []byte
	written int
	skipped int
	err     error
}

// NewVegetaWriter starts a file in one of Vegeta's encodings: "gob", "json" or
// "csv". order may be nil: then hits are numbered as they come, and "vegeta
// plot" accepts the file only if they come in the order in which they were sent.
func NewVegetaWriter(w io.Writer, encoding string, m Meta, order *VegetaOrder) (*VegetaWriter, error) {
	v := &VegetaWriter{bw: bufio.NewWriter(w), meta: m, order: order, count: make(map[string]int)}
	v.meta.Started = m.Started.Round(0).UTC()
	switch encoding {
	case "gob":
		v.encode = vegeta.NewEncoder(v.bw)
	case "json":
		v.encode = vegeta.NewJSONEncoder(v.bw)
	case "csv":
		v.encode, v.csv = vegeta.NewCSVEncoder(v.bw), true
	default:
		return nil, fmt.Errorf("unknown encoding %q; want gob, json or csv", encoding)
	}
	return v, nil
}

// Written is the number of results so far.
func (v *VegetaWriter) Written() int { return v.written }

// Skipped is the number of unsent hits that were left out.
func (v *VegetaWriter) Skipped() int { return v.skipped }

// Write appends one hit. Errors are as those of [Writer.Write]; besides, the
// CSV encoding holds no instants outside the years 1678 to 2262, and JSON none
// outside 0 to 9999.
func (v *VegetaWriter) Write(h *Hit) error {
	if v.err != nil {
		return v.err
	}
	if h.Error == ErrUnsent {
		v.skipped++
		return nil
	}
	r, err := v.result(h)
	if err == nil {
		err = v.release()
	}
	if err != nil {
		v.err = fmt.Errorf("hit %d: %w", v.written+v.skipped, err)
		return v.err
	}
	v.held = r
	v.written++
	return nil
}

// release writes the result that was held back.
func (v *VegetaWriter) release() error {
	if v.held == nil {
		return nil
	}
	r := v.held
	v.held = nil
	return v.encode(r)
}

// Close writes what was held back and flushes; it does not close the underlying
// writer. e is the End record of the trace, or whole is false if it has none:
// pass on the results of [Reader.End]. Without hits the output is empty: Vegeta
// has no place for anything else.
func (v *VegetaWriter) Close(e End, whole bool) error {
	err := v.err
	if err == nil && v.held != nil && whole {
		var line []byte
		if line, err = appendEnd(nil, &e); err == nil {
			v.tag(v.held, line)
		}
	}
	if err == nil {
		err = v.release()
	}
	if err == nil {
		err = v.bw.Flush()
	}
	if v.err == nil {
		v.err = errClosed
	}
	return err
}

// tag adds a line to the pseudo header.
func (v *VegetaWriter) tag(r *vegeta.Result, line []byte) {
	r.Headers[VegetaHeader] = append(r.Headers[VegetaHeader], strings.TrimSuffix(string(line), "\n"))
}

func (v *VegetaWriter) result(h *Hit) (*vegeta.Result, error) {
	if err := check(h); err != nil {
		return nil, err
	}
	at := v.meta.Started.Add(h.Sent)
	if v.csv && !time.Unix(0, at.UnixNano()).Equal(at) {
		return nil, fmt.Errorf("sent in the year %d, and CSV can hold 1678 to 2262; use json or gob", at.Year())
	}
	name := attackName(h)
	r := &vegeta.Result{
		Attack: name, Seq: v.order.seq(name, v.count[name]), Code: uint16(h.Status), Timestamp: at,
		Latency: max(h.End-h.Sent, 0), BytesIn: uint64(h.BytesIn), BytesOut: uint64(h.BytesOut),
		Error: errorText(h), Method: strings.ToValidUTF8(h.Method, "\uFFFD"), URL: RedactURL(h.URL),
		Headers: KeptHeaders(h.Header, v.meta.Headers...),
	}
	v.count[name]++
	part := Hit{
		Seq: h.Seq, Credential: h.Credential, Phase: h.Phase, Asked: h.Asked, Sent: h.Sent, Written: h.Written, FirstByte: h.FirstByte, Error: h.Error,
	}
	if class, source, ok := splitName(name); !ok || class != h.Class || source != h.Source {
		part.Class, part.Source = h.Class, h.Source
	}
	if !word(h.Method) {
		part.Method, r.Method = h.Method, ""
	}
	if h.End < h.Sent {
		part.End = h.End
	}
	if !survives(r.Headers) {
		part.Header, r.Headers = r.Headers, nil
	}
	if r.Headers == nil {
		r.Headers = make(http.Header)
	}
	return r, v.tagHit(r, &part, h.End)
}

// tagHit puts the part of a hit that Vegeta cannot hold, and before the first
// one the Meta, into the pseudo header.
func (v *VegetaWriter) tagHit(r *vegeta.Result, part *Hit, done time.Duration) (err error) {
	if v.written == 0 {
		if v.line, err = appendMeta(v.line[:0], &v.meta); err != nil {
			return err
		}
		v.tag(r, v.line)
	}
	if v.line, err = v.enc.appendHit(v.line[:0], part); err != nil {
		return err
	}
	if done == 0 && part.Sent > 0 {
		v.line = append(bytes.TrimSuffix(v.line, []byte("}\n")), `,"done":0}`...)
	}
	v.tag(r, v.line)
	return nil
}

// attackName names the attack that a hit belongs to.
func attackName(h *Hit) string {
	return strings.ToValidUTF8(h.Class+"@"+h.Source, "\uFFFD")
}

// survives reports whether all three encodings give h back as it is. The header
// block inside CSV does not: it knows canonical names only, and trims values.
func survives(h http.Header) bool {
	for name, values := range h {
		if name != textproto.CanonicalMIMEHeaderKey(name) {
			return false
		}
		for _, s := range values {
			if s != textproto.TrimString(s) || !utf8.ValidString(s) || strings.ContainsFunc(s, isControl) {
				return false
			}
		}
	}
	return true
}

func isControl(r rune) bool { return r < 0x20 || r == 0x7f }
