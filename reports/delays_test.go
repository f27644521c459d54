package reports

import (
	"slices"
	"testing"
	"time"

	"ratefit/internal/trace"
)

// queued sends shapes at a queue: a hit leaves 1/rate after the one before it,
// and is limited when more than so many wait.
func queued(rate float64, places int, shapes []shape, source string) HitSource {
	return func(yield func(*trace.Hit) bool) error {
		spacing := time.Duration(float64(time.Second) / rate)
		leaves := time.Duration(0) // of the last hit
		for at := range instants(shapes) {
			h := trace.Hit{Class: "read", Source: source, Sent: at, FirstByte: at + time.Millisecond, Status: 429}
			if next := max(at, leaves+spacing); next-at <= time.Duration(places)*spacing {
				leaves, h.Status, h.FirstByte = next, 200, next+time.Millisecond
			}
			if !yield(&h) {
				return nil
			}
		}
		return nil
	}
}

var queueTraffic = []shape{{40, 10 * time.Millisecond}, {60, 3 * time.Second}, {0, 3 * time.Second}, {12, 1500 * time.Millisecond}, {30, 10 * time.Millisecond}, {0, 2 * time.Second}}

// The delays of admitted hits are kept, those of others are not.
func TestDelaysAreKept(t *testing.T) {
	s := &series{delayed: true}
	for i := range 100 {
		s.add(&trace.Hit{Sent: time.Duration(i) * time.Millisecond, FirstByte: time.Duration(3*i) * time.Millisecond, Status: 200}, trace.Admitted)
	}
	s.add(&trace.Hit{Sent: 0, FirstByte: 9 * time.Second, Status: 429}, trace.Limited)
	low, high := float32(9), float32(0)
	for _, d := range s.delays {
		if d.high > 0 {
			low, high = min(low, d.low), max(high, d.high)
		}
	}
	if high != 0.198 || low <= 0 || low > 2e-3 {
		t.Errorf("delays from %v to %v s, want 0 to 0.198", low, high)
	}
	other := &series{}
	other.add(&trace.Hit{Status: 200}, trace.Admitted)
	if other.delays != nil {
		t.Error("delays are kept where nobody wants them")
	}
}

// Bins that are joined hold the delays of both.
func TestHalvedDelays(t *testing.T) {
	got := halvedDelays([]delay{{1, 2}, {3, 4}, {}, {5, 5}, {6, 7}})
	if want := []delay{{1, 4}, {5, 5}, {6, 7}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
