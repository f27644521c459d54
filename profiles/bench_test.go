package profiles

import (
	"testing"
	"time"
)

// One hit of the default profile's longest hold; a sender asks this for every
// hit.
func BenchmarkAt(b *testing.B) {
	for _, p := range []Phase{
		{Name: "hold", Kind: Hold, Rate: 400 * PerSecond, Duration: time.Hour},
		{Name: "jittered", Kind: Hold, Rate: 400 * PerSecond, Duration: time.Hour, Spacing: Jittered},
		{Name: "ramp", Kind: Ramp, From: 400 * PerSecond, Duration: time.Hour},
		{Name: "steps", Kind: Steps, Steps: []Step{{400 * PerSecond, time.Hour}, {PerSecond, s}}},
	} {
		b.Run(p.Name, func(b *testing.B) {
			c, n := compile(b, p), 0
			for b.Loop() {
				c.at(n)
				n = (n + 1) % c.Hits()
			}
		})
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		Builtin(Default)
	}
}

// The plan of the default profile, and of one with the most hits allowed.
func BenchmarkPlan(b *testing.B) {
	survey, _ := Builtin(Default)
	largest := &Profile{Name: "largest", Classes: []Class{{Name: "a", Phases: []Phase{
		{Name: "p", Kind: Hold, Rate: MaxRate, Duration: 10 * s, Spacing: Jittered},
	}}}}
	for _, p := range []*Profile{survey, largest} {
		b.Run(p.Name, func(b *testing.B) {
			for b.Loop() {
				if _, err := p.Plan(2); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
