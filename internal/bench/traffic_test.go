package bench

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"ratefit/internal/bench/simulate"
	"ratefit/internal/trace"
	"ratefit/profiles"
)

// twice sends two hits from each of two sources, again when they are back.
type twice struct {
	t        *testing.T
	sent     map[string]int
	admitted map[string]int
	last     time.Duration
}

func (p *twice) Next(now time.Duration) []Probe {
	var probes []Probe
	for s, n := range p.sent {
		if n == 0 { // at the beginning
			probes = append(probes, p.probe(s, now))
		}
	}
	return append(probes, p.again(now)...)
}

// again sends a second time from sources that are done.
func (p *twice) again(now time.Duration) []Probe {
	var probes []Probe
	for s, n := range p.sent {
		if n == 2 {
			p.sent[s]++
			probes = append(probes, p.probe(s, now))
		}
	}
	return probes
}

func (p *twice) probe(source string, now time.Duration) Probe {
	p.sent[source]++
	at := []time.Duration{now, now + 10*ms}
	if source == "slow" {
		at[1] = now + time.Second
	}
	return Probe{Class: "read", Source: source, At: at, Name: source, Of: len(source)}
}

func (p *twice) Add(h *trace.Hit) {
	if h.End < p.last || h.Phase != h.Source {
		p.t.Errorf("after %v: %+v", p.last, h)
	}
	p.last = h.End
	if h.Outcome(nil) == trace.Admitted {
		p.admitted[h.Source]++
	}
}

func (p *twice) Done(probe Probe, now time.Duration) {
	if now != p.last || probe.Of != len(probe.Source) {
		p.t.Errorf("done %+v at %v, last hit at %v", probe, now, p.last)
	}
	p.sent[probe.Source]++
}

// Later probes see what earlier ones have used up, and a quick prober does not
// wait for a slow one that draws on the same limiter.
func TestAdaptive(t *testing.T) {
	c := single("five", bucketTruth(0.001, 5), func(Setting) simulate.Limiter { return &simulate.Bucket{Rate: 0.001, Size: 5} })
	c.OneForSources = true
	p := &twice{t: t, sent: map[string]int{"quick": 0, "slow": 0}, admitted: map[string]int{}}
	hits := Adaptive(p)(c.world(Noises()[0], setting(1)))
	// The slow one's second hit comes after all of the quick one's.
	if len(hits) != 8 || p.admitted["quick"] != 4 || p.admitted["slow"] != 1 {
		t.Errorf("%d hits, admitted %v", len(hits), p.admitted)
	}
	for _, h := range hits {
		if h.Source == "quick" && h.Sent > 100*ms {
			t.Errorf("the quick one waits: %+v", h)
		}
	}
}

func TestScript(t *testing.T) {
	p, _ := profiles.Builtin(profiles.Default)
	random := func(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
	c := find(t, "none")
	c.Sources = []string{source, "127.0.0.3"}
	send := func(seed uint64) []trace.Hit {
		traffic, err := Script(p, &c, random(seed))
		if err != nil {
			t.Fatal(err)
		}
		return traffic(c.world(Noises()[0], setting(1)))
	}
	hits := send(1)
	plan, err := p.Plan(1)
	if err != nil {
		t.Fatal(err)
	}
	if len(hits) != 2*plan.Classes[0].Hits {
		t.Errorf("%d hits, want %d from each source", len(hits), plan.Classes[0].Hits)
	}
	first := map[string]time.Duration{}
	for _, h := range hits {
		if _, ok := first[h.Source]; !ok {
			first[h.Source] = h.Asked
		}
	}
	if first["127.0.0.3"] != p.Stagger {
		t.Errorf("the second source begins at %v, want %v", first["127.0.0.3"], p.Stagger)
	}
	if !reflect.DeepEqual(hits, send(1)) || reflect.DeepEqual(hits, send(2)) {
		t.Error("the instants do not follow from the seed")
	}
	c.Parts[0].Class = "nothing"
	if _, err := Script(p, &c, random(1)); err == nil {
		t.Error("an unknown class is no mistake")
	}
}
