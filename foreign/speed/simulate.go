package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
	"golang.org/x/time/rate"

	"ratefit/internal/trace"
)

const url = "http://127.0.0.1:8080/"

var (
	zero    = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	classes = [...]struct{ name, method string }{{"read", http.MethodGet}, {"write", http.MethodPost}}
)

// simulate writes the hits to a native trace and, beside it, once for each of
// Vegeta's encodings; it returns the names of those files.
func simulate(hits int, native string, encodings []string) (files []string, err error) {
	w, err := trace.Create(native, trace.Meta{Started: zero, Target: url, LimitedStatus: []int{http.StatusTooManyRequests}})
	if err != nil {
		return nil, err
	}
	var results []*resultFile
	for _, e := range encodings {
		f, err := createResults(filepath.Join(filepath.Dir(native), "results."+e), e)
		if err != nil {
			return nil, err
		}
		results = append(results, f)
		files = append(files, f.file.Name())
	}
	last, err := send(hits, func(h *trace.Hit) error {
		for _, f := range results {
			if err := f.enc.Encode(resultOf(h)); err != nil {
				return err
			}
		}
		return w.Write(h)
	})
	if err != nil {
		return nil, err
	}
	for _, f := range results {
		if err := f.close(); err != nil {
			return nil, err
		}
	}
	return files, w.Close(trace.End{At: last, Wall: zero.Add(last), Reason: "done"})
}

// send simulates Poisson traffic of 1000/s, alternately reads and writes, with a
// pause of 3 s after each hundred thousand, against limiters that answer within
// some tenths of a millisecond.
func send(hits int, write func(*trace.Hit) error) (end time.Duration, err error) {
	rng := rand.New(rand.NewPCG(1, 2))
	limiters := [...]*rate.Limiter{rate.NewLimiter(200, 100), rate.NewLimiter(40, 20)}
	at := time.Duration(0)
	for i := range hits {
		at += time.Duration(rng.ExpFloat64() * float64(time.Millisecond))
		if i%100_000 == 99_999 {
			at += 3 * time.Second
		}
		c := i % 2
		h := trace.Hit{
			Seq: uint64(i), Class: classes[c].name, Source: "127.0.0.2", Phase: "hold",
			Method: classes[c].method, URL: url, Status: http.StatusOK, BytesIn: 3,
			Asked: at, Sent: at, Written: at + time.Microsecond,
			FirstByte: at + time.Duration((1+rng.ExpFloat64())*float64(100*time.Microsecond)),
			Header:    header(zero.Add(at)),
		}
		h.End = h.FirstByte + 5*time.Microsecond
		if !limiters[c].AllowN(zero.Add(at+50*time.Microsecond), 1) {
			h.Status = http.StatusTooManyRequests
		}
		if err := write(&h); err != nil {
			return 0, err
		}
		end = max(end, h.End)
	}
	return end, nil
}

func header(now time.Time) http.Header {
	return http.Header{
		"Content-Length": {"3"},
		"Content-Type":   {"text/plain; charset=utf-8"},
		"Date":           {now.Format(http.TimeFormat)},
	}
}

// resultOf is the hit as vegeta attack -name CLASS@SOURCE would record it.
func resultOf(h *trace.Hit) *vegeta.Result {
	r := &vegeta.Result{
		Attack: h.Class + "@" + h.Source, Seq: h.Seq, Code: uint16(h.Status),
		Timestamp: zero.Add(h.Sent), Latency: h.End - h.Sent, BytesIn: 3,
		Body: []byte("ok\n"), Method: h.Method, URL: h.URL, Headers: h.Header,
	}
	if h.Status == http.StatusTooManyRequests {
		r.Error = fmt.Sprint(h.Status, " ", http.StatusText(h.Status))
	}
	return r
}

// A resultFile is a file of Vegeta results.
type resultFile struct {
	file *os.File
	buf  *bufio.Writer
	enc  vegeta.Encoder
}

func createResults(path, encoding string) (*resultFile, error) {
	encoders := map[string]func(io.Writer) vegeta.Encoder{
		"gob": vegeta.NewEncoder, "json": vegeta.NewJSONEncoder, "csv": vegeta.NewCSVEncoder,
	}
	if encoders[encoding] == nil {
		return nil, fmt.Errorf("--encodings: %q is none of gob, json and csv", encoding)
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	b := bufio.NewWriterSize(f, 1<<20)
	return &resultFile{f, b, encoders[encoding](b)}, nil
}

func (f *resultFile) close() error {
	if err := f.buf.Flush(); err != nil {
		return err
	}
	return f.file.Close()
}
