package bench

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	"ratefit/internal/bench/simulate"
	"ratefit/internal/trace"
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
		const from, to, step = 60 * time.Second, 300 * time.Second, ms
		var admitted float64
		for at := time.Duration(0); at < to; at += step {
			if ok, delay := l.Decide(at, 0); ok && at+delay >= from && at+delay < to {
				admitted++
			}
			if p.Truth.Model == "leaky-bucket-queue" && p.Truth.Burst == 0 {
				at += 9 * step // never refuses: the queue would grow and grow
			}
		}
		// A window more or less, and what asking once a millisecond loses.
		span := (to - from).Seconds()
		low := cmp.Or(p.Truth.RateLow, p.Truth.Rate)
		if admitted < 0.985*low*span-p.Truth.Burst || admitted > 1.002*p.Truth.Rate*span+p.Truth.Burst {
			t.Errorf("%s: %v/s, labelled %v to %v", c.Name, admitted/span, low, p.Truth.Rate)
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
	for _, h := range w.world(quiet, setting(1)).Send(Probe{Class: "read", Source: source, At: evenly(50, 20*ms)}) {
		if h.Status != http.StatusOK || h.FirstByte-h.Sent < 50*ms || h.FirstByte-h.Sent > 52*ms {
			t.Errorf("%+v", h)
		}
	}
	pacer := find(t, "pacer 50/s, 1 free")
	hits := pacer.world(quiet, setting(1)).Send(Probe{Class: "read", Source: source, At: make([]time.Duration, 300)})
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
		for _, h := range c.world(Noises()[0], setting(1)).Send(Probe{Class: "read", Source: source, At: evenly(5000, ms)}) {
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

// seen is a limiter that notes when it was asked.
type seen struct{ at *[]time.Duration }

func (s seen) Decide(at time.Duration, _ int) (bool, time.Duration) {
	*s.at = append(*s.at, at)
	return true, 0
}

// Limiters are asked in order, also about hits that overtake those of an earlier
// call. Half of the lost hits never get there.
func TestWorldAsksInOrder(t *testing.T) {
	var at []time.Duration
	c := single("seen", Truth{}, func(Setting) simulate.Limiter { return seen{&at} })
	slow := Noise{Name: "slow", Spread: 300 * ms}
	w := c.world(slow, setting(1))
	for k := range 50 {
		for _, h := range w.Send(Probe{Class: "read", Source: source, At: []time.Duration{time.Duration(k) * ms, time.Duration(k) * ms}}) {
			if asked := at[len(at)-1]; asked < h.Sent && h.FirstByte < asked {
				t.Errorf("asked at %v: %+v", asked, h)
			}
		}
	}
	if len(at) != 100 || !slices.IsSorted(at) {
		t.Errorf("asked at %v", at)
	}
	at = nil
	c.Drop = Drop{Share: 1}
	c.world(slow, setting(1)).Send(Probe{Class: "read", Source: source, At: evenly(1000, ms)})
	if len(at) < 450 || len(at) > 550 {
		t.Errorf("%d of 1000 lost hits reached the limiter", len(at))
	}
}
