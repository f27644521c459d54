package foreign

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"ratefit/analyze"
	"ratefit/foreign/measure"
	"ratefit/foreign/truth"
	"ratefit/internal/trace"
)

// encodings are those of Vegeta.
var encodings = []string{"gob", "json", "csv"}

// TestTraceForVegeta gives a trace of ratefit's, in each of Vegeta's encodings,
// to the real vegeta, and back.
func TestTraceForVegeta(t *testing.T) {
	vegeta := buildVegeta(t)
	folder := t.ArtifactDir()
	native := record(t, folder, saying(split(
		xTime(t, 40, 15, api),
		xTime(t, 10, 4, api),
	)))
	want := readTrace(t, native)
	if n := len(want.hits); n < 300 {
		t.Fatalf("%d hits were sent, %d were not: too few to compare", n, want.unsent)
	}
	answer := document(t, sentOnly(t, native, want))
	for _, encoding := range encodings {
		t.Run(encoding, func(t *testing.T) {
			file := filepath.Join(folder, "trace."+encoding)
			ratefit(t, 0, "convert", native, file)
			checkReport(t, vegeta, file, want.hits)
			if page := vegeta.run(t, "plot", file); !strings.Contains(page, "<html>") || !plotted(page, want.hits) {
				t.Errorf("vegeta plot does not draw the attacks: %.200q…", page)
			}
			sameAnalysis(t, answer, document(t, file))
			back := filepath.Join(folder, "from-"+encoding+".jsonl.gz")
			ratefit(t, 0, "convert", file, back)
			sameTrace(t, want, readTrace(t, back))
		})
	}
	t.Run("through vegeta encode", func(t *testing.T) {
		file := filepath.Join(folder, "trace.gob")
		for _, encoding := range []string{"json", "csv", "gob"} {
			next := filepath.Join(folder, "encoded."+encoding)
			vegeta.run(t, "encode", "-to", encoding, "-output", next, file)
			sameTrace(t, want, readTrace(t, next))
			file = next
		}
		back := filepath.Join(folder, "encoded.jsonl.gz")
		ratefit(t, 0, "convert", file, back)
		sameTrace(t, want, readTrace(t, back))
		sameAnalysis(t, answer, document(t, back))
	})
}

// TestVegetaAttack analyzes what the real vegeta recorded.
func TestVegetaAttack(t *testing.T) {
	vegeta := buildVegeta(t)
	folder := t.ArtifactDir()
	const hits = 300
	limit := setting{20, 5}
	server := httptest.NewServer(xTime(t, limit.rate, limit.burst, api))
	t.Cleanup(server.Close)
	targets := filepath.Join(folder, "targets")
	if err := os.WriteFile(targets, []byte("GET "+server.URL+"/\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	recorded := filepath.Join(folder, "results.gob")
	vegeta.run(t, "attack", "-rate", "100", "-duration", "3s", "-timeout", "5s", "-max-workers", "50", "-targets", targets, "-output", recorded)

	first, want := document(t, recorded), readTrace(t, recorded)
	if len(want.hits) != hits {
		t.Errorf("%d hits, but vegeta was told to send %d", len(want.hits), hits)
	}
	checkReport(t, vegeta, recorded, want.hits)
	for _, encoding := range encodings {
		file := filepath.Join(folder, "encoded."+encoding)
		vegeta.run(t, "encode", "-to", encoding, "-output", file, recorded)
		sameTrace(t, want, readTrace(t, file))
		sameAnalysis(t, first, document(t, file))
	}

	var a analyze.Analysis
	if err := json.Unmarshal(first, &a); err != nil {
		t.Fatal(err)
	}
	if len(a.Limits) != 1 {
		t.Fatalf("%d limits, want one", len(a.Limits))
	}
	f := truth.Compare(&a.Limits[0], limit.truth())
	t.Log(describe(f))
	if !f.Certain && !f.Open || f.WrongName || !f.Bounded || !f.Contained || !f.Possible {
		t.Errorf("vegeta's attack on %v: %s %s", limit, describe(f), f.Limit.Why)
	}
}

// saying adds headers that a trace keeps: they have to survive as well.
func saying(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("RateLimit-Policy", `"read";q=15;w=1`)
		w.Header().Add("RateLimit-Policy", `"write";q=4;w=1`)
		w.Header().Set("Retry-After", "1")
		next.ServeHTTP(w, r)
	})
}

// record attacks a server for a moment and returns the path of the trace.
func record(t *testing.T, folder string, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	defer server.Close()
	file := filepath.Join(folder, "native.jsonl.gz")
	args := []string{
		"attack", server.URL + "/items?key=secret", "--write", "POST /items", "--body", `{"n":1}`,
		"--profile", "testdata/short.yaml", "--no-progress", "--out", file,
	}
	for _, s := range measure.Sources {
		args = append(args, "--source", s)
	}
	ratefit(t, 0, args...)
	return file
}

// checkReport holds the counts of vegeta report against the hits.
func checkReport(t *testing.T, vegeta program, file string, hits []trace.Hit) {
	t.Helper()
	var got struct {
		Requests  int            `json:"requests"`
		Statuses  map[string]int `json:"status_codes"`
		Earliest  time.Time      `json:"earliest"`
		Latest    time.Time      `json:"latest"`
		Latencies struct {
			Total time.Duration `json:"total"`
			Max   time.Duration `json:"max"`
		} `json:"latencies"`
		In  struct{ Total int64 } `json:"bytes_in"`
		Out struct{ Total int64 } `json:"bytes_out"`
	}
	if err := json.Unmarshal([]byte(vegeta.run(t, "report", "-type=json", file)), &got); err != nil {
		t.Fatal(err)
	}
	want := got // keeps the instants
	want.Requests, want.Statuses, want.Latencies.Total, want.Latencies.Max = len(hits), map[string]int{}, 0, 0
	want.In.Total, want.Out.Total = 0, 0
	first, last := hits[0].Sent, hits[0].Sent
	for _, h := range hits {
		want.Statuses[strconv.Itoa(h.Status)]++
		want.Latencies.Total += h.End - h.Sent
		want.Latencies.Max = max(want.Latencies.Max, h.End-h.Sent)
		want.In.Total += h.BytesIn
		want.Out.Total += h.BytesOut
		first, last = min(first, h.Sent), max(last, h.Sent)
	}
	if !reflect.DeepEqual(got, want) || got.Latest.Sub(got.Earliest) != last-first {
		t.Errorf("vegeta report: %+v\nthe trace: %+v, %v from first to last", got, want, last-first)
	}

	text := vegeta.run(t, "report", file)
	var counts []string
	for status, n := range want.Statuses {
		counts = append(counts, fmt.Sprintf("%s:%d", status, n))
	}
	for _, part := range append(counts, fmt.Sprintf(" %d, ", len(hits))) {
		if !strings.Contains(text, part) {
			t.Errorf("vegeta report does not say %q:\n%s", part, text)
		}
	}
}

// plotted reports whether a page of vegeta plot shows every attack by name.
func plotted(page string, hits []trace.Hit) bool {
	return !slices.ContainsFunc(hits, func(h trace.Hit) bool { return !strings.Contains(page, h.Class+"@"+h.Source) })
}
