package bench

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"reflect"
	"slices"
	"testing"
	"time"

	"ratefit/internal/bench/simulate"
	"ratefit/internal/trace"
	"ratefit/profiles"
)

const ms = time.Millisecond

// setting is circumstances that are the same each time.
func setting(seed uint64) Setting {
	return Setting{Random: rand.New(rand.NewPCG(seed, 0)), Clock: 1_767_322_800 * time.Second}
}

func find(t *testing.T, name string) Case {
	t.Helper()
	for _, c := range Cases() {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no case %q", name)
	return Case{}
}

func evenly(n int, every time.Duration) []time.Duration {
	at := make([]time.Duration, n)
	for i := range at {
		at[i] = time.Duration(i) * every
	}
	return at
}

func TestCasesAreLabelled(t *testing.T) {
	known := []string{
		"token-bucket", "token-bucket-stepped", "fixed-window", "sliding-window-log", "sliding-window-counter",
		"leaky-bucket-queue", "concurrency", "tiers", "unlimited",
	}
	seen := map[string]bool{}
	models := map[string]bool{}
	for _, c := range Cases() {
		if seen[c.Name] {
			t.Errorf("two cases are named %q", c.Name)
		}
		seen[c.Name] = true
		for _, p := range c.Parts {
			models[p.Truth.Model] = true
			if !slices.Contains(known, p.Truth.Model) {
				t.Errorf("%s: model %q", c.Name, p.Truth.Model)
			}
			if p.Truth.RateLow > p.Truth.Rate || p.Truth.Rate < 0 || p.Truth.Burst < 0 {
				t.Errorf("%s: truth %+v", c.Name, p.Truth)
			}
		}
		if len(c.Parts) == 0 || len(c.Sources) == 0 {
			t.Errorf("%s has no limiter or no source", c.Name)
		}
	}
	if len(models) != len(known) {
		t.Errorf("only %d of %d models have a case", len(models), len(known))
	}
}

// From rest, each limiter admits its burst at one instant, and no more.
func TestBurstsAsLabelled(t *testing.T) {
	for _, c := range Cases() {
		p := c.Parts[0]
		if p.Truth.Burst == 0 || p.Truth.Why != "" {
			continue
		}
		l := p.New(setting(1))
		var admitted int
		for range 1000 {
			if ok, _ := l.Decide(0, admitted); ok {
				admitted++
			}
		}
		if float64(admitted) != p.Truth.Burst {
			t.Errorf("%s: %d admitted at once, labelled %v", c.Name, admitted, p.Truth.Burst)
		}
	}
}

// A client that keeps asking just after the limiter would admit it gets the
// sustained rate. Limiters that punish asking are asked less.
func TestRatesAsLabelled(t *testing.T) {
	for _, c := range Cases() {
		p := c.Parts[0]
		if p.Truth.Rate == 0 || p.Truth.Why != "" || len(p.Truth.Modifiers) > 0 {
			continue
		}
		l := p.New(setting(1))
		const from, to, step = 200 * time.Second, 1400 * time.Second, ms
		var admitted float64
		for at := time.Duration(0); at < to; at += step {
			if ok, delay := l.Decide(at, 0); ok && at+delay >= from && at+delay < to {
				admitted++
			}
			if p.Truth.Model == "leaky-bucket-queue" && p.Truth.Burst == 0 {
				at += 9 * step // never refuses: the queue would grow and grow
			}
		}
		rate := admitted / (to - from).Seconds()
		low := cmp.Or(p.Truth.RateLow, p.Truth.Rate)
		if rate < 0.985*low || rate > 1.015*p.Truth.Rate {
			t.Errorf("%s: %v/s, labelled %v to %v", c.Name, rate, low, p.Truth.Rate)
		}
	}
}

func TestWorldKeepsOrder(t *testing.T) {
	for _, n := range Noises() {
		c := find(t, "token bucket 20/s burst 31")
		w := c.world(n, setting(3))
		var all []trace.Hit
		for k := range 3 {
			at := evenly(200, ms)
			for i := range at {
				at[i] += time.Duration(k) * 200 * ms
			}
			all = append(all, w.Send(Probe{Class: "read", Source: source, At: at})...)
		}
		for i, h := range all {
			if h.Seq != uint64(i) || h.Asked > h.Sent || h.Sent > h.Written || h.Written+2*n.Least > h.FirstByte || h.FirstByte > h.End {
				t.Fatalf("%s: hit %d: %+v", n.Name, i, h)
			}
			if i > 0 && i%200 != 0 && h.Sent < all[i-1].Sent {
				t.Fatalf("%s: hit %d was sent before the one before it", n.Name, i)
			}
		}
		admitted := 0
		for i := range all {
			if all[i].Outcome(nil) == trace.Admitted {
				admitted++
			}
		}
		// 31 and 20/s for 600 ms and what the network adds.
		if admitted < 42 || admitted > 50 {
			t.Errorf("%s: %d of 600 admitted", n.Name, admitted)
		}
	}
}

func TestWorldShares(t *testing.T) {
	for name, want := range map[string]int{
		"token bucket of reads and writes together": 21,
		"token buckets of reads and of writes":      31 + 11,
		"token bucket for each address":             2 * 20,
		"token bucket of all addresses":             20,
	} {
		c := find(t, name)
		w := c.world(Noises()[0], setting(1))
		var probes []Probe
		for _, class := range c.classes() {
			for _, s := range c.Sources {
				probes = append(probes, Probe{Class: class, Source: s, At: make([]time.Duration, 60)})
			}
		}
		admitted := 0
		for _, h := range w.Send(probes...) {
			switch {
			case h.Class == "write" && h.Status == http.StatusCreated, h.Class == "read" && h.Status == http.StatusOK:
				admitted++
			case h.Status != http.StatusTooManyRequests:
				t.Errorf("%s: %s answered %d", name, h.Method, h.Status)
			}
		}
		if admitted != want {
			t.Errorf("%s: %d admitted at once, want %d", name, admitted, want)
		}
	}
}

func TestWorldServesAndDelays(t *testing.T) {
	quiet := Noise{Name: "none"}
	w := find(t, "at most 5 in flight, served in 50ms")
	// One each 20 ms takes 50 ms: three in flight.
	for _, h := range w.world(quiet, setting(1)).Send(Probe{"read", source, evenly(50, 20*ms)}) {
		if h.Status != http.StatusOK || h.FirstByte-h.Sent < 50*ms || h.FirstByte-h.Sent > 52*ms {
			t.Errorf("%+v", h)
		}
	}
	pacer := find(t, "pacer 50/s, 1 free")
	hits := pacer.world(quiet, setting(1)).Send(Probe{"read", source, make([]time.Duration, 300)})
	var lost int
	for _, h := range hits {
		if h.Error == trace.ErrTimeout {
			lost++
			if h.Status != 0 || h.FirstByte != 0 || h.End != h.Sent+patience {
				t.Errorf("%+v", h)
			}
		}
	}
	// The 250th is let through after 249 · 20 ms, the 251st after 5 s.
	if lost < 49 || lost > 51 {
		t.Errorf("%d of 300 waited too long", lost)
	}
}

func TestWorldDrops(t *testing.T) {
	for _, d := range []Drop{{Share: 0.2}, {Share: 0.2, Timeouts: true}} {
		c := find(t, "none")
		c.Drop = d
		unknown := 0
		for _, h := range c.world(Noises()[0], setting(1)).Send(Probe{"read", source, evenly(5000, ms)}) {
			if h.Outcome(nil) == trace.Unknown {
				unknown++
				if timeout := h.Error == trace.ErrTimeout; timeout != d.Timeouts {
					t.Errorf("%+v: %+v", d, h)
				}
			}
		}
		if unknown < 900 || unknown > 1100 {
			t.Errorf("%+v: %d of 5000 lost", d, unknown)
		}
	}
}

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
