package accesslog_test

import (
	"bytes"
	"fmt"
	"io"
	"testing"
	"time"

	"ratefit/internal/accesslog"
)

// BenchmarkReader reads logs of 10,000 lines with 1000 clients and ten requests in
// each second.
func BenchmarkReader(b *testing.B) {
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, format := range []struct {
		name string
		line func(i int, at time.Time) string
	}{
		{"common", func(i int, at time.Time) string {
			return fmt.Sprintf(`10.0.%d.%d - - [%s] "GET /items/%d?x=1 HTTP/1.1" 200 1234 "https://example.org/" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36"`,
				i%1000/256, i%1000%256, at.Format("02/Jan/2006:15:04:05 -0700"), i%100)
		}},
		{"json", func(i int, at time.Time) string {
			return fmt.Sprintf(`{"level":"info","ts":%d.%06d,"logger":"http.log.access","msg":"handled request","request":{"remote_ip":"10.0.%d.%d","remote_port":"5100","proto":"HTTP/2.0","method":"GET","host":"example.org","uri":"/items/%d?x=1","headers":{"User-Agent":["Mozilla/5.0 (X11; Linux x86_64)"],"Accept":["*/*"]}},"bytes_read":0,"duration":0.0012,"size":1234,"status":200}`,
				at.Unix(), at.Nanosecond()/1000, i%1000/256, i%1000%256, i%100)
		}},
	} {
		b.Run(format.name, func(b *testing.B) {
			var log bytes.Buffer
			const lines = 10_000
			for i := range lines {
				fmt.Fprintln(&log, format.line(i, start.Add(time.Duration(i)*100*time.Millisecond)))
			}
			b.SetBytes(int64(log.Len()))
			b.ReportAllocs()
			for b.Loop() {
				r, err := accesslog.NewReader(bytes.NewReader(log.Bytes()), "log", accesslog.Options{})
				if err != nil {
					b.Fatal(err)
				}
				var q accesslog.Request
				n := 0
				for err = r.Next(&q); err == nil; err = r.Next(&q) {
					n++
				}
				if err != io.EOF || n != lines {
					b.Fatal(n, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/lines, "ns/line")
		})
	}
}
