package sandbox

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// Many clients at once through real sockets, each from several connections: of
// what is sent at one instant exactly as many are admitted as by definition. The
// clock stands still while they send.
func TestManyClientsAtOnce(t *testing.T) {
	const most = 16 // clients
	for _, limiter := range []string{DefaultLimiter, "token-bucket-stepped", "sliding-window-log"} {
		var now atomic.Pointer[time.Time]
		began := newClock().now
		now.Store(&began)
		run := start(t, Options{Limiter: limiter, Now: func() time.Time { return *now.Load() }})
		says := definitions()[limiter]
		var clients []*flood
		for i := range most {
			source := fmt.Sprintf("127.0.0.%d", i+2)
			if ln, err := net.Listen("tcp", source+":0"); err != nil {
				t.Skipf("this system has no %s", source)
			} else {
				ln.Close()
			}
			clients = append(clients, &flood{client: clientFrom(t, source), url: run.URL})
		}
		for _, after := range []time.Duration{0, 0, time.Second, 3500 * time.Millisecond, 15 * time.Second, time.Hour} {
			at := began.Add(after)
			now.Store(&at)
			var wg sync.WaitGroup
			for _, c := range clients {
				wg.Go(func() { c.send(t, 40) })
			}
			wg.Wait()
			for i, c := range clients {
				for class, q := range []quota{{2, 30}, {2, 10}} {
					want := 0
					for range 40 {
						admitted := says(q, c.history[class], at)
						c.history[class] = append(c.history[class], past{at, admitted})
						if admitted {
							want++
						}
					}
					if got := c.admitted[class].Swap(0); got != int64(want) {
						t.Fatalf("%s, client %d, class %d, after %v: %d admitted, want %d", limiter, i, class, after, got, want)
					}
				}
			}
		}
	}
}

// A flood is a client that sends as fast as it can.
type flood struct {
	client   *http.Client
	url      string
	admitted [2]atomic.Int64 // reads, writes
	history  [2][]past
}

// send sends n reads and as many writes, over four connections at once.
func (f *flood) send(t *testing.T, n int) {
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range n / 4 {
				for class, method := range []string{"GET", "POST"} {
					r, err := http.NewRequestWithContext(t.Context(), method, f.url+"/services", nil)
					if err != nil {
						t.Error(err)
						return
					}
					resp, err := f.client.Do(r)
					if err != nil {
						t.Error(err)
						return
					}
					_, _ = io.Copy(io.Discard, resp.Body)
					resp.Body.Close()
					if resp.StatusCode != http.StatusTooManyRequests {
						f.admitted[class].Add(1)
					}
				}
			}
		})
	}
	wg.Wait()
}

// What a server and its clients do together on one machine: 32 connections, each
// sends its next request when it has the reply.
func BenchmarkSockets(b *testing.B) {
	for name, options := range map[string]Options{
		"admitted": {ReadRate: 1e9, ReadBurst: 1e9},
		"limited":  {ReadRate: 1e-6, ReadBurst: 1},
	} {
		b.Run(name, func(b *testing.B) {
			s := mustNew(b, options)
			token := mustLogin(b, s)
			run, err := s.Start(b.Context(), "")
			if err != nil {
				b.Fatal(err)
			}
			request := "GET /services HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + token + "\r\n\r\n"
			b.SetParallelism(16)
			b.RunParallel(func(pb *testing.PB) {
				conn, err := net.Dial("tcp", strings.TrimPrefix(run.URL, "http://"))
				if err != nil {
					b.Error(err)
					return
				}
				defer conn.Close()
				from := bufio.NewReader(conn)
				for pb.Next() {
					if _, err := io.WriteString(conn, request); err != nil {
						b.Error(err)
						return
					}
					resp, err := http.ReadResponse(from, nil)
					if err != nil {
						b.Error(err)
						return
					}
					_, _ = io.Copy(io.Discard, resp.Body)
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
		})
	}
}
