package replay_test

import (
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ratefit/internal/replay"
)

// changed is a limit that gives so many notches more.
func changed(l replay.Limit, name string, by int) (replay.Limit, bool) {
	switch name {
	case "rate":
		unit := math.Pow10(int(math.Floor(math.Log10(l.Rate)+1e-9)) - 2)
		if by < 0 && math.Abs(l.Rate/unit-100) < 1e-6 {
			unit /= 10 // below 1.00 comes 0.999
		}
		l.Rate += float64(by) * unit
		return l, l.Rate >= 1e-6
	case "burst":
		l.Burst += float64(by)
		return l, l.Burst >= 1
	case "quota":
		l.Quota += by
		return l, l.Quota >= 1
	case "queue":
		l.Queue += by
		return l, l.Queue >= 0
	default:
		l.InFlight += by
		return l, l.InFlight >= 1
	}
}

var searches = []string{
	"token-bucket,rate=?,burst=2", "token-bucket,rate=1,burst=?", "token-bucket,rate=?,burst=?", "fixed-window,quota=?,window=4s",
	"fixed-window,quota=?,window=4s,anchor=first-hit", "sliding-window-log,quota=?,window=4s", "sliding-window-counter,quota=?,window=4s",
	"leaky-bucket-queue,rate=?,queue=2", "leaky-bucket-queue,rate=1,queue=?", "concurrency,in-flight=?", "token-bucket-stepped,burst=?,refill-interval=1s",
}

// What is found keeps the bound, and one notch less does not.
func TestSmallestIsSmallest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := traffic(t, someHits(t), rapid.SampledFrom([]string{"client", "all"}).Draw(t, "by"), rapid.Bool().Draw(t, "whole"))
		l := parsed(t, rapid.SampledFrom(searches).Draw(t, "limit"))
		b := replay.Bound{Requests: rapid.SampledFrom([]float64{-1, 0, 0.1, 0.5}).Draw(t, "of requests"), Clients: rapid.SampledFrom([]float64{-1, 0, 0.4, 1}).Draw(t, "of clients")}
		if !b.Set() {
			t.Skip()
		}
		how := rapid.SampledFrom(all.Suppositions()).Draw(t, "instants")
		judge := func(l replay.Limit) replay.Verdict {
			l.Unknown = nil
			return b.Judge([]replay.Outcome{replay.Run(all, []replay.Limit{l}, how)})
		}
		found := replay.Search(all, l, b, how)
		if len(found.Points) == 0 && l.Unknown[0] != "rate" {
			t.Fatalf("no %s keeps the bound", l.String())
		}
		last := math.Inf(1)
		for _, p := range found.Points {
			o := replay.Run(all, []replay.Limit{p.Limit}, how)
			if judge(p.Limit) != replay.Held || o.Refused != p.Refused || o.Affected != p.Affected {
				t.Errorf("%s does not keep the bound, or not as said: %+v", p.Limit.String(), p)
			}
			if less, ok := changed(p.Limit, l.Unknown[0], -1); ok && judge(less) == replay.Held {
				t.Errorf("%s is not the smallest: %s keeps the bound too", p.Limit.String(), less.String())
			}
			if len(l.Unknown) == 2 {
				if p.Limit.Rate >= last {
					t.Errorf("burst %v buys no lower rate: %v after %v", p.Limit.Burst, p.Limit.Rate, last)
				}
				last = p.Limit.Rate
			}
		}
	})
}

// Why bisection finds the least: a larger limit never refuses more, nor more clients.
// (A sliding window counter can; it is left out.)
func TestLargerLimitsRefuseNoMore(t *testing.T) {
	limits := []struct{ text, name string }{
		{"token-bucket,rate=0.7,burst=2", "rate"},
		{"token-bucket,rate=0.7,burst=2", "burst"},
		{"fixed-window,quota=2,window=4s", "quota"},
		{"fixed-window,quota=2,window=4s,anchor=first-hit", "quota"},
		{"sliding-window-log,quota=2,window=4s", "quota"},
		{"leaky-bucket-queue,rate=0.7,queue=2", "rate"},
		{"leaky-bucket-queue,rate=0.7,queue=2", "queue"},
		{"concurrency,in-flight=1", "in-flight"},
		{"token-bucket-stepped,burst=2,refill-interval=1s", "burst"},
	}
	rapid.Check(t, func(t *rapid.T) {
		hits := someHits(t)
		for i := range hits {
			hits[i].took = sec / 8 * time.Duration(rapid.IntRange(0, 40).Draw(t, "took"))
		}
		by := rapid.SampledFrom([]string{"client", "all"}).Draw(t, "by")
		all := traffic(t, hits, by, false)
		one := rapid.SampledFrom(limits).Draw(t, "limit")
		l := parsed(t, one.text)
		more, _ := changed(l, one.name, rapid.IntRange(1, 40).Draw(t, "more"))
		less := replay.Run(all, []replay.Limit{l}, replay.AsRecorded)
		got := replay.Run(all, []replay.Limit{more}, replay.AsRecorded)
		if got.Refused > less.Refused {
			t.Errorf("%s refuses %d, %s %d", l.String(), less.Refused, more.String(), got.Refused)
		}
		if by == "client" && got.Affected > less.Affected {
			t.Errorf("%s affects %d, %s %d", l.String(), less.Affected, more.String(), got.Affected)
		}
	})
}

// One hit each second for 2000 s: a burst of 2 spares a two-thousandth of the rate,
// which is less than a unit of the third digit, so it buys nothing.
func TestFrontLeavesOutWhatBuysNothing(t *testing.T) {
	var hits []hit
	for i := range 2000 {
		hits = append(hits, hitsAt("a", time.Duration(i)*sec)...)
	}
	found := replay.Search(traffic(t, hits, "client", false), parsed(t, "token-bucket,rate=?,burst=?"), replay.Bound{Requests: 0, Clients: -1}, replay.AsRecorded)
	var got [][2]float64
	for _, p := range found.Points[:3] {
		got = append(got, [2]float64{p.Params["burst"], p.Params["rate"]})
	}
	if want := [][2]float64{{1, 1}, {3, 0.999}, {5, 0.998}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
