package main

import (
	"bytes"
	"compress/gzip"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/time/rate"
)

// A fakeAPI is a server for scripts that counts its requests.
type fakeAPI struct {
	mu       sync.Mutex
	count    int
	awaited  int
	awaiting chan struct{} // closed when count reaches awaited
}

// fakeAPIs are the kinds of server that scripts can start. Reads and writes
// are limited separately where anything is.
var fakeAPIs = map[string]func(ratePerSecond float64, burst int) http.HandlerFunc{
	"limited":  limitedAPI,
	"lying":    lyingAPI,
	"peculiar": peculiarAPI,
	"open":     func(float64, int) http.HandlerFunc { return answer(http.StatusOK) },
	"accounts": accountsAPI,
	"closed":   func(float64, int) http.HandlerFunc { return answer(http.StatusTooManyRequests) },
	"failing":  failingAPI,
	"silent":   func(float64, int) http.HandlerFunc { return silentAPI },
	"redirect": func(float64, int) http.HandlerFunc { return redirectAPI },
	"tls":      func(float64, int) http.HandlerFunc { return answer(http.StatusOK) },
}

func answer(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

// limitedAPI has a token bucket for reads and one for writes, for each client
// address.
func limitedAPI(ratePerSecond float64, burst int) http.HandlerFunc {
	var mu sync.Mutex
	buckets := map[string]*rate.Limiter{}
	return func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		key := host + " " + strconv.FormatBool(r.Method == http.MethodGet)
		mu.Lock()
		if buckets[key] == nil {
			buckets[key] = rate.NewLimiter(rate.Limit(ratePerSecond), burst)
		}
		ok := buckets[key].Allow()
		mu.Unlock()
		if !ok {
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}
}

// lyingAPI declares half the rate that it has.
func lyingAPI(ratePerSecond float64, burst int) http.HandlerFunc {
	limited := limitedAPI(ratePerSecond, burst)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Rate-Limit-Read-Limit", strconv.Itoa(burst))
		w.Header().Set("X-Rate-Limit-Read-Ttl", strconv.FormatFloat(2000/ratePerSecond, 'f', -1, 64))
		limited(w, r)
	}
}

// peculiarAPI declares its burst in a header that follows no convention.
func peculiarAPI(ratePerSecond float64, burst int) http.HandlerFunc {
	limited := limitedAPI(ratePerSecond, burst)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Calls-Atonce", strconv.Itoa(burst))
		w.Header().Set("X-Calls-Auth", "s3cret")
		limited(w, r)
	}
}

// failingAPI has the limits of limitedAPI, and breaks down: each request after the
// first 60 of them is answered 500 where it is not limited.
func failingAPI(ratePerSecond float64, burst int) http.HandlerFunc {
	limited := limitedAPI(ratePerSecond, burst)
	var seen atomic.Int64
	return func(w http.ResponseWriter, r *http.Request) {
		decision := httptest.NewRecorder()
		limited(decision, r)
		if decision.Code == http.StatusOK && seen.Add(1) > 60 {
			decision.Code = http.StatusInternalServerError
		}
		w.WriteHeader(decision.Code)
	}
}

// silentAPI never answers.
func silentAPI(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // only then is the client's leaving noticed
	<-r.Context().Done()
}

// redirectAPI sends everybody round in circles.
func redirectAPI(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/again?"+r.URL.RawQuery, http.StatusFound)
}

func startServer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 || fakeAPIs[args[0]] == nil {
		ts.Fatalf("usage: server KIND [RATE BURST]")
	}
	perSecond, burst := 0.0, 0
	if len(args) == 3 {
		var err error
		perSecond, err = strconv.ParseFloat(args[1], 64)
		ts.Check(err)
		burst = number(ts, args[2])
	}
	api := &fakeAPI{}
	handle := fakeAPIs[args[0]](perSecond, burst)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		api.arrived()
		handle(w, r)
	}))
	if args[0] == "tls" {
		server.Config.ErrorLog = nil
		server.StartTLS()
	} else {
		server.Start()
	}
	ts.Defer(func() {
		server.CloseClientConnections()
		server.Close()
	})
	stateOf(ts).server = api
	ts.Setenv("URL", server.URL)
	ts.Setenv("PORT", server.URL[strings.LastIndex(server.URL, ":")+1:])
}

func (f *fakeAPI) arrived() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	if f.awaiting != nil && f.count >= f.awaited {
		close(f.awaiting)
		f.awaiting = nil
	}
}

// await blocks until n requests were seen, or too long.
func await(ts *testscript.TestScript, neg bool, args []string) {
	f := stateOf(ts).server
	if neg || len(args) != 1 || f == nil {
		ts.Fatalf("usage: await N, after server")
	}
	reached := make(chan struct{})
	f.mu.Lock()
	if f.awaited = number(ts, args[0]); f.count >= f.awaited {
		close(reached)
	} else {
		f.awaiting = reached
	}
	f.mu.Unlock()
	select {
	case <-reached:
	case <-time.After(20 * time.Second):
		ts.Fatalf("the server has not seen %s requests", args[0])
	}
}

func seen(ts *testscript.TestScript, neg bool, args []string) {
	f := stateOf(ts).server
	if len(args) != 1 || f == nil {
		ts.Fatalf("usage: seen N, after server")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if (f.count == number(ts, args[0])) == neg {
		ts.Fatalf("the server has seen %d requests", f.count)
	}
}

// unpacked returns what a gzip file holds, as far as it can be read; "" for
// other files.
func unpacked(b []byte) string {
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return ""
	}
	text, _ := io.ReadAll(r)
	return string(text)
}
