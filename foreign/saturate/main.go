// Saturate compares how fast ratefit and vegeta send, with equally many workers
// that wait for replies, while both record everything:
//
//	go run ./saturate [--workers N] [--duration D] [--rounds N] [--sources N]
//
// Both programs are built and send to a Go server on loopback, in a process of
// its own, whose replies have rate-limit headers. In each round ratefit sends
// from one address, then vegeta, then ratefit from many addresses (127.0.0.2 and
// up) with as many workers in all, then each again in the opposite order, so that
// what else runs on the machine meets all alike. The server counts. The table
// shows medians of the requests per second, the processor time of the client for
// each of them, its largest resident set, and the medians of the ratios within a
// round.
package main

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"time"
)

func main() {
	if len(os.Args) == 2 && os.Args[1] == "serve" {
		if err := serve(); err != nil {
			fmt.Fprintln(os.Stderr, "saturate: serve:", err)
			os.Exit(1)
		}
		return
	}
	var o options
	flag.IntVar(&o.workers, "workers", 64, "workers in all; a multiple of the sources")
	flag.DurationVar(&o.duration, "duration", 2*time.Second, "length of each attack")
	flag.IntVar(&o.rounds, "rounds", 5, "times that each program is run, forth and back")
	flag.IntVar(&o.sources, "sources", 64, "addresses to send from at once")
	flag.Parse()
	if o.workers < 1 || o.sources < 1 || o.sources > 253 || o.workers%o.sources != 0 || o.rounds < 1 || o.duration <= 0 {
		fmt.Fprintln(os.Stderr, "saturate: --workers must be a multiple of --sources (1 to 253), all must be above 0")
		os.Exit(2)
	}
	if err := compare(o); err != nil {
		fmt.Fprintln(os.Stderr, "saturate:", err)
		os.Exit(1)
	}
}

type options struct {
	workers, rounds, sources int
	duration                 time.Duration
}

// An attacker is a program that saturates the server, and how it did.
type attacker struct {
	title string
	args  []string
	out   string // file that it writes; removed after each run
	stdin string

	rates []float64       // requests per second
	cpu   []time.Duration // of the client, for each request
	rss   int64           // bytes, the largest of all runs
}

func compare(o options) error {
	dir, err := os.MkdirTemp("", "ratefit-saturate-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	s, err := startServer()
	if err != nil {
		return err
	}
	defer s.stop()
	all, err := attackers(o, dir, s.url)
	if err != nil {
		return err
	}
	for range o.rounds {
		for _, a := range all {
			if err := a.attack(s, o.duration); err != nil {
				return err
			}
		}
		for _, a := range slices.Backward(all) {
			if err := a.attack(s, o.duration); err != nil {
				return err
			}
		}
	}
	report(o, all)
	return nil
}

// report prints the table. The first is compared with the second, and the third
// with the first.
func report(o options, all []*attacker) {
	fmt.Printf("%d workers, %d × %s each\n%-28s %10s %12s %9s\n", o.workers, 2*o.rounds, o.duration, "", "requests/s", "CPU/request", "RSS")
	for _, a := range all {
		fmt.Printf("%-28s %10.0f %9.1f µs %6.0f MB\n", a.title, median(a.rates), float64(median(a.cpu))/1e3, float64(a.rss)/1e6)
	}
	fmt.Printf("%s ÷ %s: %.2f\n", all[0].title, all[1].title, ratio(all[0], all[1]))
	fmt.Printf("%s ÷ %s: %.2f\n", all[2].title, all[0].title, ratio(all[2], all[0]))
}

// ratio is the median of the ratios of runs that were neighbours.
func ratio(a, b *attacker) float64 {
	var all []float64
	for i := range a.rates {
		all = append(all, a.rates[i]/b.rates[i])
	}
	return median(all)
}

func median[T float64 | time.Duration](of []T) T {
	s := slices.Sorted(slices.Values(of))
	return s[len(s)/2]
}
