package bench

import (
	"cmp"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"ratefit/internal/bench/simulate"
	"ratefit/internal/trace"
	"ratefit/profiles"
)

// A later probe sees what an earlier one has used up.
type twice struct {
	sent int
	seen []bool
}

func (p *twice) Next(now time.Duration) ([]Probe, bool) {
	p.sent++
	return []Probe{{"read", source, []time.Duration{now, now}}}, p.sent <= 2
}

func (p *twice) Add(h *trace.Hit) { p.seen = append(p.seen, h.Outcome(nil) == trace.Admitted) }

func TestAdaptive(t *testing.T) {
	c := single("three", bucketTruth(0.01, 3), func(Setting) simulate.Limiter { return &simulate.Bucket{Rate: 0.01, Size: 3} })
	p := &twice{}
	hits := Adaptive(p)(c.world(Noises()[0], setting(1)))
	slices.SortFunc(p.seen[2:], func(a, b bool) int { return cmp.Compare(btoi(b), btoi(a)) }) // sent at once: either may be first
	if len(hits) != 4 || !slices.Equal(p.seen, []bool{true, true, true, false}) {
		t.Errorf("%d hits, admitted %v", len(hits), p.seen)
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func TestScript(t *testing.T) {
	p, _ := profiles.Builtin(profiles.Default)
	random := func(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }
	c := find(t, "none")
	send := func(seed uint64) []trace.Hit {
		traffic, err := Script(p, []string{"read"}, []string{source, "127.0.0.3"}, random(seed))
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
	if _, err := Script(p, []string{"nothing"}, []string{source}, random(1)); err == nil {
		t.Error("an unknown class is no mistake")
	}
}
