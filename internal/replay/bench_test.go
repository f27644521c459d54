package replay_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"ratefit/internal/accesslog"
	"ratefit/internal/replay"
)

// benchmarked is half a million requests, 2000 a second in whole seconds, of clients
// of which a few send the most.
func benchmarked(b *testing.B) *replay.Traffic {
	rng := rand.New(rand.NewPCG(1, 2))
	t := replay.NewTraffic([]replay.Dimension{replay.ByClient, replay.ByClass}, false)
	names := make([]string, 20_000)
	for i := range names {
		names[i] = "192.0.2." + strconv.Itoa(i)
	}
	for i := range 500_000 {
		client := int(float64(len(names)) * rng.Float64() * rng.Float64() * rng.Float64())
		q := accesslog.Request{At: start.Add(time.Duration(i/2000) * time.Second).UnixNano(), Whole: true, Class: "read", Client: names[client]}
		if err := t.Add(&q); err != nil {
			b.Fatal(err)
		}
	}
	t.Seal()
	return t
}

func BenchmarkRun(b *testing.B) {
	t := benchmarked(b)
	for _, text := range []string{"token-bucket,rate=5,burst=20", "fixed-window,rate=100/min", "sliding-window-log,rate=100/min", "leaky-bucket-queue,rate=5,queue=20"} {
		limits := []replay.Limit{parsed(b, text)}
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				for _, how := range t.Suppositions() {
					replay.Run(t, limits, how)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(t.Requests()), "ns/request")
		})
	}
}

func BenchmarkSearch(b *testing.B) {
	t := benchmarked(b)
	for _, text := range []string{"token-bucket,rate=?,burst=20", "token-bucket,rate=?,burst=?", "sliding-window-log,quota=?,window=1m"} {
		for _, share := range []float64{0.001, 0.05} {
			b.Run(fmt.Sprint(text, "/", share), func(b *testing.B) {
				for b.Loop() {
					for _, how := range t.Suppositions() {
						replay.Search(t, parsed(b, text), replay.Bound{Requests: share, Clients: -1}, how)
					}
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(t.Requests()), "ns/request")
			})
		}
	}
}
