package reports

import (
	"bytes"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"ratefit/internal/accesslog"
	"ratefit/internal/replay"
)

// replayOf replays requests of some clients, one each gap, in front of limits.
func replayOf(t *testing.T, by string, whole bool, b replay.Bound, requests int, clients []string, limits ...string) *replay.Report {
	t.Helper()
	dimensions, _ := replay.Dimensional(by)
	all := replay.NewTraffic(dimensions, true)
	start := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC).UnixNano()
	for i := range requests {
		q := accesslog.Request{At: start + int64(i)*int64(90*time.Millisecond), Took: time.Second, Class: "read", Client: clients[(i*i+i/12)%len(clients)]}
		if i%5 == 0 {
			q.Class = "write"
		}
		if whole {
			q.At, q.Whole = q.At/1e9*1e9, true
		}
		if err := all.Add(&q); err != nil {
			t.Fatal(err)
		}
	}
	all.Seal()
	r := &replay.Report{
		By: dimensions, Logs: []replay.Log{{Name: "access.log", Format: accesslog.Common, Requests: requests}},
	}
	var proposed, met []replay.Limit
	for _, text := range limits {
		l, err := replay.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		proposed = append(proposed, l)
		var points []replay.Point
		for _, how := range all.Suppositions() {
			if len(l.Unknown) > 0 {
				s := replay.Search(all, l, b, how)
				r.Smallest = append(r.Smallest, s)
				if len(l.Unknown) == 1 {
					points = append(points, s.Points...)
				}
			}
		}
		switch {
		case len(l.Unknown) == 0:
			met = append(met, l)
		case len(points) > 0:
			met = append(met, replay.Larger(points))
		}
	}
	r.Limits, r.Traffic = replay.Propose(proposed), all.Summarize()
	verdict := replay.Held
	if requests > 0 && len(met) == len(proposed) {
		for _, how := range all.Suppositions() {
			r.Outcomes = append(r.Outcomes, replay.Run(all, met, how))
		}
		verdict = b.Judge(r.Outcomes)
	}
	if requests == 0 {
		verdict = replay.Uncertain
	}
	r.Bound = b.Expect(verdict)
	return r
}

func replays(t *testing.T) map[string]*replay.Report {
	twelve := []string{"192.0.2.1"}
	for i := range 11 {
		twelve = append(twelve, "2001:db8::"+strconv.Itoa(i+1))
	}
	one := []string{"192.0.2.1"}
	tenth, none := replay.Bound{Requests: 0.1, Clients: -1}, replay.Bound{Requests: 0, Clients: 0.25}
	all := map[string]*replay.Report{
		"plain":   replayOf(t, "client,class", false, replay.Unbounded, 900, twelve, "token-bucket,rate=0.3/s,burst=2"),
		"whole":   replayOf(t, "client", true, tenth, 900, twelve, "token-bucket,rate=2/s,burst=3"),
		"front":   replayOf(t, "client", true, tenth, 900, twelve, "token-bucket,rate=?,burst=?"),
		"least":   replayOf(t, "client,class", false, none, 900, twelve, "read:fixed-window,quota=?,window=1m", "write:leaky-bucket-queue,rate=30/min,queue=3"),
		"no-hits": replayOf(t, "client", false, tenth, 0, one, "token-bucket,rate=1/s,burst=5"),
		"one-hit": replayOf(t, "client", false, tenth, 1, one, "token-bucket,rate=?,burst=?"),
		"kept":    replayOf(t, "all", false, tenth, 900, one, "unlimited"),
		"hostile": replayOf(t, "client,class", false, tenth, 300, []string{"ü\x1b[31m|<b>漢字", strings.Repeat("x", 200), ""}, "read:token-bucket,rate=1/s,burst=5"),
	}
	h := all["hostile"]
	h.Warnings = []string{"no request is of class read: its limit met nothing"}
	h.Traffic.Limited = 7
	h.Logs = append(h.Logs, replay.Log{Name: "b\x07.log", Format: accesslog.JSON, Unread: 12, NoRequest: 1, Truncated: true, First: &replay.Unread{Place: 3, Why: "not a JSON object"}})
	return all
}

func TestReplay(t *testing.T) {
	schema := compiled(t, "replay")
	for name, r := range replays(t) {
		t.Run(name, func(t *testing.T) {
			for _, d := range []struct {
				file  string
				write func(b *bytes.Buffer) error
			}{
				{"text/replay-" + name + ".txt", func(b *bytes.Buffer) error { return ReplayText(b, r, TextOptions{}) }},
				{"text/replay-" + name + "-50.txt", func(b *bytes.Buffer) error { return ReplayText(b, r, TextOptions{Width: 50}) }},
				{"text/replay-" + name + ".md", func(b *bytes.Buffer) error { return ReplayMarkdown(b, r) }},
				{"json/replay-" + name + ".json", func(b *bytes.Buffer) error { return ReplayJSON(b, r) }},
			} {
				var b bytes.Buffer
				if err := d.write(&b); err != nil {
					t.Fatal(err)
				}
				golden(t, d.file, b.Bytes())
				switch {
				case strings.HasSuffix(d.file, ".json"):
					if err := validate(t, schema, b.Bytes()); err != nil {
						t.Error(err)
					}
				case strings.ContainsAny(b.String(), "\x1b\x07"):
					t.Errorf("%s holds a control character", d.file)
				case strings.HasSuffix(d.file, ".txt"):
					width := 80
					if strings.HasSuffix(d.file, "-50.txt") {
						width = 50
					}
					for line := range strings.Lines(b.String()) {
						if columns(strings.TrimSuffix(line, "\n")) > width {
							t.Errorf("%s: wider than %d: %s", d.file, width, line)
						}
					}
				}
			}
		})
	}
}

func TestReplayPlots(t *testing.T) {
	for name, want := range map[string][]string{
		"plain":   {"replay-refused.svg"},
		"front":   {"replay-front.svg", "replay-front-2.svg"},
		"no-hits": nil,
		"hostile": {"replay-refused.svg"},
	} {
		dir := t.TempDir()
		files, err := ReplayPlots(dir, replays(t)[name])
		if err != nil || len(files) != 3*len(want) {
			t.Fatalf("%s: %v, %v", name, files, err)
		}
		for _, f := range want {
			b, err := os.ReadFile(dir + "/" + f)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "plots/replay-"+name+"-"+strings.TrimPrefix(f, "replay-"), b)
		}
	}
}

func TestReplayRefusesWhatIsNotFinite(t *testing.T) {
	r := replays(t)["plain"]
	r.Outcomes[0].Share = math.NaN()
	for _, write := range []func(b *bytes.Buffer) error{
		func(b *bytes.Buffer) error { return ReplayJSON(b, r) },
		func(b *bytes.Buffer) error { return ReplayText(b, r, TextOptions{}) },
		func(b *bytes.Buffer) error { return ReplayMarkdown(b, r) },
		func(*bytes.Buffer) error { _, err := ReplayPlots(t.TempDir(), r); return err },
	} {
		var b bytes.Buffer
		if err := write(&b); err == nil || b.Len() > 0 {
			t.Errorf("%v, %d bytes", err, b.Len())
		}
	}
}
