package replay

import (
	"strconv"
	"strings"
	"time"

	"ratefit/internal/accesslog"
)

// Schema names the version of the document that [Report] marshals to.
const Schema = "ratefit/replay/v1"

// A Report is what is known of one replay. Times are in seconds, rates per second,
// shares from 0 to 1.
type Report struct {
	Schema  string      `json:"schema"`
	Logs    []Log       `json:"logs"`
	Traffic Summary     `json:"traffic"`
	By      []Dimension `json:"by"`
	Limits  []Proposed  `json:"limits"`
	// Outcomes is one, or two where times are known to the second only: they differ
	// in what is supposed of those, and the truth is mostly between them.
	Outcomes []Outcome  `json:"outcomes"`
	Bound    *Kept      `json:"at_most,omitempty"`
	Smallest []Smallest `json:"smallest"`
	Warnings []string   `json:"warnings"`
}

// A Log is one file that was read.
type Log struct {
	Name      string           `json:"name"`
	Format    accesslog.Format `json:"format"`
	Requests  int              `json:"requests"`
	Unread    int              `json:"unread"` // records that cannot be read
	First     *Unread          `json:"first_unread,omitempty"`
	NoRequest int              `json:"no_request"` // records without a request, hits that were never sent
	Truncated bool             `json:"truncated"`
}

// Unread is a record that cannot be read.
type Unread struct {
	Place int    `json:"place"` // a line, or an entry of a HAR; from 1
	Why   string `json:"why"`
}

// A Summary is the traffic as a whole.
type Summary struct {
	Started  *time.Time `json:"started,omitempty"` // absent when there is none
	Duration float64    `json:"duration_s"`
	Requests int        `json:"requests"`
	Clients  int        `json:"clients"`
	Limiters int        `json:"limiters"` // that it is divided among
	// Limited were refused when they were recorded; they are part of the demand unless
	// left out.
	Limited    int     `json:"recorded_limited"`
	LeftOut    bool    `json:"recorded_limited_left_out"`
	Unordered  int     `json:"unordered"`    // stood in a log behind a later one
	Resolution float64 `json:"resolution_s"` // 1 when any time is known to the second only, else 0
}

// Proposed is one of the limits.
type Proposed struct {
	Class  string         `json:"class"` // "" = every class
	Model  string         `json:"model"`
	Params map[string]any `json:"params"` // null: searched for
	Text   string         `json:"text"`   // as --limit takes it
}

// Kept says whether what was allowed was kept.
type Kept struct {
	Requests *float64 `json:"requests,omitempty"` // share
	Clients  *float64 `json:"clients,omitempty"`
	Verdict  Verdict  `json:"verdict"`
}

// Propose describes limits.
func Propose(limits []Limit) []Proposed {
	out := []Proposed{}
	for i := range limits {
		p := Proposed{Class: limits[i].Class, Model: limits[i].Model, Params: map[string]any{}, Text: limits[i].String()}
		for _, v := range limits[i].Parameters() {
			p.Params[v.Name] = v.Value
		}
		out = append(out, p)
	}
	return out
}

// Summarize describes the traffic.
func (t *Traffic) Summarize() Summary {
	s := Summary{
		Duration: t.Duration().Seconds(), Requests: t.requests, Clients: t.Clients(), Limiters: t.Limiters(),
		Limited: t.Limited, Unordered: t.Unordered,
	}
	if t.requests > 0 {
		s.Started = new(t.Started())
	}
	if t.Whole > 0 {
		s.Resolution = 1
	}
	return s
}

// Anonymize replaces the addresses of clients by c1, c2 … in the order in which they
// occur. It must be called before the traffic is replayed.
func (t *Traffic) Anonymize() {
	for i := range t.clients.text {
		t.clients.text[i] = "c" + strconv.Itoa(i+1)
	}
	t.clients.number = nil
}

// Expect says whether outcomes keep a bound; nil when nothing is bounded.
func (b Bound) Expect(v Verdict) *Kept {
	if !b.Set() {
		return nil
	}
	k := &Kept{Verdict: v}
	if b.Requests >= 0 {
		k.Requests = &b.Requests
	}
	if b.Clients >= 0 {
		k.Clients = &b.Clients
	}
	return k
}

// Dimensional reads a list of dimensions, such as "client,class".
func Dimensional(s string) ([]Dimension, bool) {
	var out []Dimension
	for part := range strings.SplitSeq(s, ",") {
		known := false
		for _, d := range Dimensions() {
			if known = known || string(d) == part; string(d) == part {
				out = append(out, d)
			}
		}
		if !known {
			return nil, false
		}
	}
	return out, true
}
