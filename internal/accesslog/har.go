package accesslog

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// largestEntry bounds what one entry of a HAR takes: bodies are inside.
const largestEntry = 64 << 20

// A har reads the HTTP Archive 1.2 of a browser: log.entries, one after the other.
type har struct {
	dec   *json.Decoder
	in    *rationed
	names interner
	most  int64 // bytes of an entry
	n     int   // of the last entry, from 1
}

// rationed ends an input that yields more than is left of its ration.
type rationed struct {
	r    io.Reader
	left int64
}

var errRation = errors.New("larger than an entry may be")

func (r *rationed) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, errRation
	}
	if int64(len(p)) > r.left {
		p = p[:r.left]
	}
	n, err := r.r.Read(p)
	r.left -= int64(n)
	return n, err
}

// entry is what is used of an entry.
type entry struct {
	Started string   `json:"startedDateTime"`
	Time    *float64 `json:"time"` // ms
	Request struct {
		Method string `json:"method"`
		URL    string `json:"url"`
	} `json:"request"`
	Response struct {
		Status int `json:"status"`
	} `json:"response"`
}

// newHAR goes to the first entry. An entry, and what stands before the first one, has
// at most so many bytes.
func newHAR(r io.Reader, most int64) (*har, error) {
	in := &rationed{r: r, left: most}
	h := &har{dec: json.NewDecoder(in), in: in, names: interner{}, most: most}
	if err := h.into("log"); err != nil {
		return nil, err
	}
	if err := h.into("entries"); err != nil {
		return nil, err
	}
	if t, err := h.dec.Token(); err != nil || t != json.Delim('[') {
		return nil, errHAR
	}
	return h, nil
}

var errHAR = errors.New("not a HAR: no list log.entries")

// into goes to the value of a member of the object that comes next.
func (h *har) into(name string) error {
	if t, err := h.dec.Token(); err != nil || t != json.Delim('{') {
		return errHAR
	}
	for h.dec.More() {
		t, err := h.dec.Token()
		if err != nil {
			return errHAR
		}
		if t == name {
			return nil
		}
		var skipped json.RawMessage
		if err := h.dec.Decode(&skipped); err != nil {
			return errHAR
		}
	}
	return errHAR
}

// next reads an entry. An error that is not io.EOF or a [bad] ends the archive.
func (h *har) next(q *Request) error {
	h.in.left = h.most
	if !h.dec.More() {
		if t, err := h.dec.Token(); err != nil || t != json.Delim(']') {
			return io.ErrUnexpectedEOF
		}
		return io.EOF
	}
	h.n++
	var e entry
	err := h.dec.Decode(&e)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind):
		return bad{h.n, fmt.Errorf("%s is of another type", kind.Field)}
	case errors.Is(err, errRation):
		return fmt.Errorf("entry %d: %w, %d bytes", h.n, errRation, h.most)
	case err != nil:
		return io.ErrUnexpectedEOF
	}
	return h.request(&e, q)
}

func (h *har) request(e *entry, q *Request) error {
	at, ok := calendar(e.Started)
	if !ok {
		return bad{h.n, fmt.Errorf("startedDateTime: %w", errTime)}
	}
	if at, err := believed(at); err != nil {
		return bad{h.n, fmt.Errorf("startedDateTime: %w", err)}
	} else {
		*q = Request{At: at.at, Whole: at.whole, Took: -1, Client: "browser"}
	}
	if e.Time != nil && *e.Time >= 0 && *e.Time < 1e9 {
		q.Took = time.Duration(*e.Time * 1e6)
	}
	if !isMethod([]byte(e.Request.Method)) {
		return bad{h.n, errNoRequest}
	}
	q.Class, q.Path = classOf([]byte(e.Request.Method)), pathIn([]byte(e.Request.URL), h.names)
	if s := e.Response.Status; s > 0 && s <= 999 { // 0: no response, or from the cache
		q.Status = s
	}
	return nil
}
