package foreign

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"ratefit/foreign/measure"
	"ratefit/internal/trace"
	"ratefit/profiles"
)

// A flight is one hit on its way: sent, decided, and answered at these
// instants since the trace began.
type flight struct {
	class, source, phase  string
	asked, sent, at, back time.Duration
}

// A blur says how far a client's instants are from those of the decisions:
// means of exponential delays on the way there and back, and how often
// something stalls for milliseconds.
type blur struct {
	way    time.Duration
	stalls float64
	stall  time.Duration
}

func (b blur) delay(r *rand.Rand) time.Duration {
	d := time.Duration(float64(b.way) * (0.2 + r.ExpFloat64()))
	if r.Float64() < b.stalls {
		d += time.Duration(float64(b.stall) * r.ExpFloat64())
	}
	return d
}

// flights plans a profile from all sources, in the order of the decisions.
func flights(t *testing.T, p *profiles.Profile, b blur, seed uint64) []flight {
	t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	var all []flight
	for k, c := range p.Classes {
		began := time.Duration(k) * p.Stagger
		for i := range c.Phases {
			s, err := c.Phases[i].Schedule()
			if err != nil {
				t.Fatal(err)
			}
			for n := range s.Hits() {
				at, _ := s.At(n)
				for j, source := range measure.Sources {
					later := time.Duration(j*len(p.Classes)) * p.Stagger
					f := flight{class: c.Name, source: source, phase: c.Phases[i].Name, asked: began + later + at}
					f.sent = f.asked + b.delay(random)
					f.at = f.sent + b.delay(random)
					f.back = f.at + b.delay(random)
					all = append(all, f)
				}
			}
			began += s.Duration()
		}
	}
	slices.SortStableFunc(all, func(x, y flight) int { return cmp.Compare(x.at, y.at) })
	return all
}

// decide sends the flights through a handler, each at its instant, and hands
// the hits over as attack would have recorded them. wait sets the time that the
// limiter reads.
func decide(all []flight, h http.Handler, wait func(until time.Duration), record func(*trace.Hit)) {
	for i, f := range all {
		wait(f.at)
		method := http.MethodGet
		if f.class == "write" {
			method = http.MethodPost
		}
		r := httptest.NewRequest(method, "http://limiter.invalid/", nil)
		r.RemoteAddr = f.source + ":40000"
		reply := httptest.NewRecorder()
		h.ServeHTTP(reply, r)
		kept := http.Header{}
		for name, values := range reply.Header() {
			if trace.KeepHeader(name) {
				kept[name] = values
			}
		}
		record(&trace.Hit{
			Seq: uint64(i), Class: f.class, Source: f.source, Phase: f.phase, Method: method, URL: r.URL.String(),
			Asked: f.asked, Sent: f.sent, Written: f.sent, FirstByte: f.back, End: f.back,
			Status: reply.Code, Header: kept,
		})
	}
}

// split serves reads and writes by limiters of their own.
func split(reads, writes http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			writes.ServeHTTP(w, r)
			return
		}
		reads.ServeHTTP(w, r)
	})
}

// api is what stands behind a limiter.
var api = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		w.WriteHeader(http.StatusCreated)
	}
})
