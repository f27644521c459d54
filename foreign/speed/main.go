// Speed compares "ratefit analyze" with "vegeta report" on the same hits:
//
//	go run ./speed [--hits N] [--rounds N] [--encodings gob,json,csv]
//
// It simulates a run of N hits against two limiters of golang.org/x/time/rate,
// one for reads and one for writes, and writes the hits as a trace of ratefit
// and, with Vegeta's own encoders, as results of vegeta attack. Each reply has
// the three headers of a plain Go server and a body of three bytes: Vegeta
// keeps them, ratefit keeps the Date. Both programs are built, then run by
// turns, N rounds, each alone. The table shows for each input the median wall
// time, the largest resident set, and how many times as long each vegeta report
// took as ratefit on its own trace, and on the same file.
//
// Ten million hits need 9 GB in the folder for temporary files.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ratefit/foreign/programs"
)

func main() {
	hits := flag.Int("hits", 1_000_000, "number of hits")
	rounds := flag.Int("rounds", 3, "times that each program is run")
	encodings := flag.String("encodings", "gob,json,csv", "Vegeta's encodings to compare with")
	flag.Parse()
	if *hits < 1 || *rounds < 1 {
		fmt.Fprintln(os.Stderr, "speed: --hits and --rounds must be above 0")
		os.Exit(2)
	}
	if err := run(*hits, *rounds, strings.Split(*encodings, ",")); err != nil {
		fmt.Fprintln(os.Stderr, "speed:", err)
		os.Exit(1)
	}
}

func run(hits, rounds int, encodings []string) error {
	dir, err := os.MkdirTemp("", "ratefit-speed-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	ratefit, vegeta, err := programs.Build(dir)
	if err != nil {
		return err
	}
	native := filepath.Join(dir, "trace.jsonl.gz")
	files, err := simulate(hits, native, encodings)
	if err != nil {
		return err
	}
	jobs := []*job{{title: "ratefit analyze, native", args: []string{ratefit, "analyze", native}}}
	for i, e := range encodings {
		jobs = append(
			jobs,
			&job{title: "ratefit analyze, " + e, args: []string{ratefit, "analyze", files[i]}},
			&job{title: "vegeta report, " + e, args: []string{vegeta, "report", files[i]}},
		)
	}
	for range rounds {
		for _, j := range jobs {
			if err := j.run(); err != nil {
				return err
			}
		}
	}
	report(hits, jobs)
	return nil
}

// report prints the table. The jobs are ratefit's own trace, then pairs on one
// file.
func report(hits int, jobs []*job) {
	fmt.Printf("%d hits\n%-26s %9s %9s %9s %9s %9s\n", hits, "", "wall", "CPU", "RSS", "÷ native", "÷ same")
	for i, j := range jobs {
		ratio := ""
		if i > 0 && i%2 == 0 {
			ratio = fmt.Sprintf("%8.2f× %8.2f×", j.seconds()/jobs[0].seconds(), j.seconds()/jobs[i-1].seconds())
		}
		fmt.Printf("%-26s %7.2f s %7.2f s %6.0f MB %s\n", j.title, j.seconds(), median(j.cpu).Seconds(), float64(j.rss)/1e6, ratio)
	}
}

func median(of []time.Duration) time.Duration {
	s := slices.Sorted(slices.Values(of))
	return s[len(s)/2]
}
