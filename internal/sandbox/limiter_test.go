package sandbox

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratefit/analyze"
)

// Each limiter decides as it is defined, for several clients and both classes,
// however long they pause, so that they are forgotten in between.
func TestLimitersAsDefined(t *testing.T) {
	timed := definitions()
	for _, k := range Limiters() {
		says := timed[k.Name]
		if says == nil {
			if k.hold == nil {
				t.Errorf("%s is not defined", k.Name)
			}
			continue
		}
		t.Run(k.Name, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				rapid.SyncTest(t, func(t *rapid.T) { asDefined(t, k, says) })
			})
		})
	}
}

// asDefined draws a quota for each class and requests of some clients. The rates
// are powers of two and the instants eighths of a second, so that nothing is
// lost to rounding.
func asDefined(t *rapid.T, k LimiterKind, says definition) {
	rates := rapid.SampledFrom([]float64{0.25, 0.5, 1, 2, 4, 8})
	o := Options{
		Limiter:  k.Name,
		ReadRate: rates.Draw(t, "read rate"), ReadBurst: rapid.IntRange(1, 12).Draw(t, "read burst"),
		WriteRate: rates.Draw(t, "write rate"), WriteBurst: rapid.IntRange(1, 12).Draw(t, "write burst"),
	}
	table := clientsFor(o)
	type key struct {
		client int
		write  bool
	}
	history := map[key][]past{}
	time.Sleep(time.Second - time.Duration(time.Now().Nanosecond())) // from an eighth on
	for i := range 150 {
		eighths := rapid.SampledFrom([]int{0, 0, 0, 1, 2, 3, 8, 100, 1000}).Draw(t, "eighths of a second")
		time.Sleep(time.Duration(eighths) * 125 * time.Millisecond)
		who := key{rapid.IntRange(0, 2).Draw(t, "client"), rapid.Bool().Draw(t, "write")}
		q := quota{o.ReadRate, o.ReadBurst}
		if who.write {
			q = quota{o.WriteRate, o.WriteBurst}
		}
		now := time.Now()
		want := says(q, history[who], now)
		got := table.decide(address(who.client), who.write, now)
		if got.admitted != want || got.hold != 0 {
			t.Fatalf("request %d, %+v: %+v, want admitted %v; before it %v", i, who, got, want, history[who])
		}
		history[who] = append(history[who], past{now, want})
	}
}

// What the analysis can name can be put in front of the API, and nothing else.
func TestLimitersAreThoseOfTheAnalysis(t *testing.T) {
	titles := map[string]bool{"": true}
	for _, k := range Limiters() {
		if k.Title != "" && titles[k.Title] {
			t.Errorf("%s: %q comes twice", k.Name, k.Title)
		}
		titles[k.Title] = true
	}
	for _, m := range analyze.Models() {
		if title := m.Doc().Title; !titles[title] {
			t.Errorf("no limiter is a %s", title)
		} else {
			delete(titles, title)
		}
	}
	delete(titles, "")
	for title := range titles {
		t.Errorf("the analysis has no %s", title)
	}
	if Limiters()[0].Name != DefaultLimiter {
		t.Error("the default is not the first")
	}
}

// A queue holds each request back until 1/rate after the last one, and limits
// what would have to wait longer than burst - 1 of them.
func TestQueueAsDefined(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := quota{rapid.SampledFrom([]float64{0.5, 1, 3, 7, 40}).Draw(t, "rate"), rapid.IntRange(1, 9).Draw(t, "burst")}
		l := newQueue(q)
		now := newClock().now
		var turn time.Time // of the last request
		for range 100 {
			now = now.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "tenths")) * q.times(0.3))
			next := turn.Add(q.times(1))
			if turn.IsZero() || next.Before(now) {
				next = now
			}
			want := next.Sub(now) <= q.times(float64(q.burst-1))+10*time.Microsecond
			got := l.decide(now)
			off := got.hold - next.Sub(now)
			if got.admitted != want || want && (off < -10*time.Microsecond || off > 10*time.Microsecond) {
				t.Fatalf("%+v: %+v, want a turn %v after now", q, got, next.Sub(now))
			}
			if want {
				turn = next
			}
		}
	})
}
