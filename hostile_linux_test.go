package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"ratefit/internal/trace"
)

// traceStart is the first line of a trace.
const traceStart = `{"format":"ratefit-trace/v1","started":"2026-01-02T03:04:05Z"}` + "\n"

// hostile is what a trace may hold if somebody means harm: each writes itself,
// unpacked.
var hostile = map[string]func(w io.Writer){
	"classes":     rows(200_000, `"class":"c%[1]d","source":"s"`),
	"sources":     rows(200_000, `"class":"read","source":"s%[1]d"`),
	"credentials": rows(200_000, `"class":"read","source":"s","credential":"c%[1]d"`),
	"phases":      rows(3000, `"class":"read","source":"s","phase":"p%[1]d","url":"http://h/%[1]d","method":"M%[1]d"`),
	"checks":      rows(20_000, `"class":"read","source":"s","phase":"cost: c%[1]d"`),
	"instants": func(w io.Writer) {
		_, _ = io.WriteString(w, traceStart)
		for i, at := range []int64{0, 1, 5, math.MaxInt64, math.MaxInt64 - 1, math.MaxInt64 / 2, math.MaxInt64 / 3, 1 << 53, 2, 3} {
			for k := range int64(20) {
				sent := max(0, at-k)
				fmt.Fprintf(w, `{"seq":%d,"class":"read","source":"s","asked":%d,"sent":%d,"first_byte":%d,"done":%d,"status":%d}`+"\n", i, sent, sent, at, at, 200+229*(int(k)%2))
			}
		}
	},
	"numbers": func(w io.Writer) {
		_, _ = io.WriteString(w, traceStart)
		for i := range uint64(300) {
			fmt.Fprintf(w, `{"seq":%d,"class":"read","source":"s","asked":%d,"sent":%[2]d,"first_byte":%d,"done":%[3]d,"status":200,"in":%d}`+"\n", math.MaxUint64-i*1e9, i*1e7, i*1e7+500, math.MaxInt64)
		}
	},
	"zeros":      repeated(traceStart, "\x00", 300<<20),
	"spaces":     repeated(traceStart, " ", 300<<20),
	"empty":      repeated(traceStart, "\n", 300<<20),
	"one string": repeated(traceStart+`{"class":"`, "x", 300<<20),
	"nested":     repeated(traceStart+`{"x":`, "[", 300<<20),
	"first line": repeated(`{"format":"`, "x", 300<<20),
	"CSV":        repeated("1,200,5,", "x", 300<<20),
	"JSON":       repeated(`{"timestamp":"2026-01-02T03:04:05Z","latency":1,"body":"`, "x", 300<<20),
	"gob":        gobs("\xf8\x00\x00\x01\x00\x00\x00\x00\x00", 1),
	"long gob":   gobs("\xfc\x3f\xff\xff\xff", 300<<20),
	"gob bytes":  gobs("\xff\xff", 300<<20),
}

// rows writes n hits in which what %[1]d stands for differs.
func rows(n int, who string) func(io.Writer) {
	return func(w io.Writer) {
		_, _ = io.WriteString(w, traceStart)
		for i := range n {
			fmt.Fprintf(w, `{"seq":%[1]d,`+who+`,"asked":%[2]d,"sent":%[2]d,"first_byte":%[3]d,"done":%[3]d,"status":%[4]d}`+"\n", i, i*1e6, i*1e6+500, 200+229*(i%2))
		}
	}
}

// repeated writes a beginning, and then the same for size bytes.
func repeated(begin, again string, size int) func(io.Writer) {
	return func(w io.Writer) {
		_, _ = io.WriteString(w, begin)
		part := strings.Repeat(again, (1<<20)/len(again))
		for n := 0; n < size; n += len(part) {
			_, _ = io.WriteString(w, part)
		}
	}
}

// gobs writes results in gob, and then something else.
func gobs(then string, size int) func(io.Writer) {
	return func(w io.Writer) {
		var ours bytes.Buffer
		rows(3, `"class":"read","source":"s"`)(&ours)
		r, err := trace.NewReader(&ours, "test")
		if err == nil {
			_, _, err = trace.WriteVegeta(w, "gob", r)
		}
		if err != nil {
			panic(err)
		}
		repeated(then, "\x7f", size)(w)
	}
}

// TestHostileTraces: whatever a trace holds, to read it takes little memory and
// ends with a verdict or with one line that says what is wrong.
func TestHostileTraces(t *testing.T) {
	program, err := exec.LookPath("ratefit") // as it is for the scripts
	if err != nil {
		t.Fatal(err)
	}
	const most = 250 << 10 // kB: unpacked, most of them are larger
	for name, write := range hostile {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "hostile.gz")
			f, err := os.Create(file)
			if err != nil {
				t.Fatal(err)
			}
			z, _ := gzip.NewWriterLevel(f, gzip.BestSpeed)
			write(z)
			if z.Close() != nil || f.Close() != nil {
				t.Fatal("no room for the test's own file")
			}
			// Address space is bounded too, as no machine shall suffer from a mistake.
			cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -v 8000000; exec "$0" analyze "$1"`, program, file)
			var said, failed bytes.Buffer
			cmd.Stdout, cmd.Stderr = &said, &failed
			_ = cmd.Run()
			code := cmd.ProcessState.ExitCode()
			used := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
			if code != 0 && code != 1 && code != 3 || used > most {
				t.Errorf("exit code %d, %d MB\n%.2000s", code, used>>10, failed.String())
			}
			if code == 1 && (strings.Count(failed.String(), "\n") != 1 || len(failed.String()) > 500) {
				t.Errorf("said %.1000q", failed.String())
			}
			t.Logf("exit code %d, %d MB, %.160s", code, used>>10, strings.TrimSpace(failed.String()))
		})
	}
}
