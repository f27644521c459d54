package replay

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"ratefit/internal/accesslog"
)

// A Dimension is something by which traffic is divided among limiters.
type Dimension string

// The dimensions.
const (
	ByClient     Dimension = "client"
	ByClass      Dimension = "class"
	ByCredential Dimension = "credential"
	ByPath       Dimension = "path" // its first segment
	ByNothing    Dimension = "all"  // one limiter for everything
)

// Dimensions lists the dimensions.
func Dimensions() []Dimension {
	return []Dimension{ByClient, ByClass, ByCredential, ByPath, ByNothing}
}

// MaxRequests is how many requests can be replayed at once: they are held in memory,
// some 30 bytes for each, and some hundred for each client.
const MaxRequests = 100_000_000

// Traffic is recorded requests, divided among limiters. The zero value is not
// usable; see [NewTraffic].
type Traffic struct {
	by      map[Dimension]bool
	durable bool // durations are kept

	clients, classes, credentials, paths labels
	lanes                                []lane
	places                               map[key]uint32
	chunks                               []*chunk
	requests                             int
	first, last                          int64

	Whole     int // requests whose time is known to the second only
	Unordered int // requests that stand behind a later one
	Limited   int // requests that were refused when they were recorded
	Undurable int // requests of which it is not known how long they took
}

// labels number texts in the order in which they occur.
type labels struct {
	number map[string]uint32
	text   []string
}

func (l *labels) of(s string) uint32 {
	if n, ok := l.number[s]; ok {
		return n
	}
	if l.number == nil {
		l.number = map[string]uint32{}
	}
	n := uint32(len(l.text))
	s = strings.Clone(s)
	l.number[s] = n
	l.text = append(l.text, s)
	return n
}

// A key tells whose limiter a request meets.
type key struct{ client, class, credential, path uint32 }

// A lane is the requests that meet one limiter, in the order of time.
type lane struct {
	key
	n       int
	at      []time.Duration // since the first request of the traffic
	clients []uint32        // nil: all are of the key's
	took    []int32         // microseconds; below 0: unknown; nil: not kept
}

// A chunk is some requests in the order in which they were read.
type chunk struct {
	n       int
	at      [chunkSize]int64
	lane    [chunkSize]uint32
	clients []uint32
	took    []int32
}

const chunkSize = 1 << 14

// NewTraffic prepares for requests that are divided by some dimensions. durations
// keeps how long requests took, as a cap on concurrency needs.
func NewTraffic(by []Dimension, durations bool) *Traffic {
	t := &Traffic{by: map[Dimension]bool{}, durable: durations, places: map[key]uint32{}}
	for _, d := range by {
		t.by[d] = true
	}
	return t
}

// Add takes a request.
func (t *Traffic) Add(q *accesslog.Request) error {
	if t.requests >= MaxRequests {
		return fmt.Errorf("more than %d requests: replay a part of them", MaxRequests)
	}
	client, class := t.clients.of(q.Client), t.classes.of(q.Class)
	var k key
	if t.by[ByClient] {
		k.client = client
	}
	if t.by[ByClass] {
		k.class = class
	}
	if t.by[ByCredential] {
		k.credential = t.credentials.of(q.User)
	}
	if t.by[ByPath] {
		k.path = t.paths.of(segment(q.Path))
	}
	place, ok := t.places[k]
	if !ok {
		place = uint32(len(t.lanes))
		t.places[k] = place
		t.lanes = append(t.lanes, lane{key: k})
	}
	t.lanes[place].n++
	t.keep(q, place, client)
	return nil
}

// keep appends to the last chunk.
func (t *Traffic) keep(q *accesslog.Request, place, client uint32) {
	if t.requests%chunkSize == 0 {
		c := &chunk{}
		if !t.by[ByClient] {
			c.clients = make([]uint32, chunkSize)
		}
		if t.durable {
			c.took = make([]int32, chunkSize)
		}
		t.chunks = append(t.chunks, c)
	}
	c := t.chunks[len(t.chunks)-1]
	c.at[c.n], c.lane[c.n] = q.At, place
	if c.clients != nil {
		c.clients[c.n] = client
	}
	if c.took != nil {
		c.took[c.n] = micros(q.Took)
	}
	c.n++
	if t.requests == 0 {
		t.first, t.last = q.At, q.At
	}
	if q.At < t.last {
		t.Unordered++
	}
	if q.Whole {
		t.Whole++
	}
	if q.Took < 0 {
		t.Undurable++
	}
	t.first, t.last = min(t.first, q.At), max(t.last, q.At)
	t.requests++
}

func micros(d time.Duration) int32 {
	if d < 0 {
		return -1
	}
	return int32(min(d/time.Microsecond, 1<<31-1))
}

// segment is the first segment of a path. One that looks like an address or a
// password is not told from others of its kind.
func segment(path string) string {
	if path == "" {
		return "(no path)"
	}
	first, _, _ := strings.Cut(path[1:], "/")
	first, _, _ = strings.Cut(first, ";")
	if strings.Contains(first, "@") || strings.Contains(strings.ToLower(first), "%40") {
		return "/REDACTED"
	}
	const longest = 64
	return "/" + first[:min(len(first), longest)]
}

// Seal ends the adding and puts the requests in order. It must be called once,
// before the traffic is replayed.
func (t *Traffic) Seal() {
	for i := range t.lanes {
		l := &t.lanes[i]
		l.at = make([]time.Duration, 0, l.n)
		if !t.by[ByClient] {
			l.clients = make([]uint32, 0, l.n)
		}
		if t.durable {
			l.took = make([]int32, 0, l.n)
		}
	}
	for i, c := range t.chunks {
		for k := range c.n {
			l := &t.lanes[c.lane[k]]
			l.at = append(l.at, time.Duration(c.at[k]-t.first))
			if c.clients != nil {
				l.clients = append(l.clients, c.clients[k])
			}
			if c.took != nil {
				l.took = append(l.took, c.took[k])
			}
		}
		t.chunks[i] = nil
	}
	t.chunks, t.places = nil, nil
	for i := range t.lanes {
		t.lanes[i].sort()
	}
}

// sort brings the requests of a lane in the order of time; those of one instant
// stay as they were recorded.
func (l *lane) sort() {
	if slices.IsSorted(l.at) {
		return
	}
	if l.clients == nil && l.took == nil {
		slices.Sort(l.at)
		return
	}
	order := make([]int32, len(l.at))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, func(a, b int32) int { return int(min(1, max(-1, l.at[a]-l.at[b]))) })
	l.at = permuted(l.at, order)
	l.clients = permuted(l.clients, order)
	l.took = permuted(l.took, order)
}

func permuted[T any](s []T, order []int32) []T {
	if s == nil {
		return nil
	}
	out := make([]T, len(s))
	for i, from := range order {
		out[i] = s[from]
	}
	return out
}

// Requests is how many there are.
func (t *Traffic) Requests() int { return t.requests }

// Clients is how many different ones there are.
func (t *Traffic) Clients() int { return len(t.clients.text) }

// Limiters is how many the traffic is divided among.
func (t *Traffic) Limiters() int { return len(t.lanes) }

// Classes lists the classes that occur.
func (t *Traffic) Classes() []string { return t.classes.text }

// Started is when the first request arrived.
func (t *Traffic) Started() time.Time { return time.Unix(0, t.first).UTC() }

// Duration is the time from the first to the last request.
func (t *Traffic) Duration() time.Duration { return time.Duration(t.last - t.first) }

// class is whose requests a lane holds; "" when it holds those of all.
func (t *Traffic) class(l *lane) string {
	if !t.by[ByClass] {
		return ""
	}
	return t.classes.text[l.key.class]
}
