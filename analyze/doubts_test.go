package analyze

import (
	"cmp"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"ratefit/internal/trace"
)

// A service is an API with one token bucket for each class, source or
// credential, as key says; hits are answered after latency.
type service struct {
	rate, burst float64
	key         func(*trace.Hit) string
	free        func(*trace.Hit) bool // the hit costs nothing
	hits        []trace.Hit
	begin       time.Duration // of what comes after random traffic
}

const latency = 100 * time.Microsecond

// send plans a hit; status is what it is answered unless it is limited.
func (s *service) send(at time.Duration, h trace.Hit, status int) {
	h.Asked, h.Sent, h.FirstByte, h.End, h.Status = at, at, at+latency, at+latency, status
	if h.Source == "" {
		h.Source = "127.0.0.2"
	}
	s.hits = append(s.hits, h)
}

// clump plans n hits at one instant.
func (s *service) clump(at time.Duration, n int, h trace.Hit, status int) {
	for range n {
		s.send(at, h, status)
	}
}

// analysis answers all hits in their order.
func (s *service) analysis() *Analysis {
	slices.SortStableFunc(s.hits, func(x, y trace.Hit) int { return cmp.Compare(x.Sent, y.Sent) })
	a := New(Options{})
	buckets := map[string]*bucket{}
	for i := range s.hits {
		h := &s.hits[i]
		h.Seq = uint64(i)
		if s.free == nil || !s.free(h) {
			key := h.Class
			if s.key != nil {
				key = s.key(h)
			}
			if buckets[key] == nil {
				buckets[key] = &bucket{rate: s.rate, burst: s.burst}
			}
			at := h.Sent + latency/2
			admitted := buckets[key].Admits(at)
			buckets[key].Observe(at, admitted)
			if !admitted {
				h.Status = http.StatusTooManyRequests
			}
		}
		a.Add(h)
	}
	return a.Result(trace.Meta{})
}

var (
	aWrite = trace.Hit{Class: "write", Method: "POST"}
	aLogin = trace.Hit{Class: trace.LoginClass, Phase: trace.LoginPhase, Method: "POST"}
)

// identifies plans writes that identify a bucket of 2/s and 10.
func (s *service) identifies() {
	s.random(aWrite, 1)
	s.clump(s.begin, 14, aWrite, 201)
	s.clump(s.begin+20*time.Second, 14, aWrite, 201)
}

// random plans a burst after ten seconds, and then forty clumps after pauses of
// all lengths, some of them with steady traffic behind.
func (s *service) random(h trace.Hit, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 0))
	s.clump(10*time.Second, 14, h, 201)
	at := 11 * time.Second
	for range 40 {
		at += time.Duration(r.ExpFloat64() * 1.5e9)
		s.clump(at, 1+r.IntN(8), h, 201)
		for range r.IntN(3) * 5 {
			at += time.Duration(r.IntN(500)) * time.Millisecond
			s.send(at, h, 201)
		}
	}
	s.begin = at + 10*time.Second
}

// Logins draw on the limit of the writes, or not: the hits tell, and the burst
// is exact either way.
func TestLoginsCount(t *testing.T) {
	loginsGoTo := func(class string) func(*trace.Hit) string {
		return func(h *trace.Hit) string {
			if h.Login() {
				return class
			}
			return h.Class
		}
	}
	for _, test := range []struct {
		class string
		want  Counted
		text  string
	}{
		{"write", Counts, "3 logins were sent beside the measured hits; logins count against the write limit"},
		{"login", Free, "3 logins were sent beside the measured hits; logins do not count against the write limit"},
	} {
		s := &service{rate: 2, burst: 10, key: loginsGoTo(test.class)}
		s.identifies()
		s.send(0, aLogin, 200)
		s.send(s.begin-100*time.Millisecond, aLogin, 200)
		s.send(s.begin+19900*time.Millisecond, aLogin, 200)
		a := s.analysis()
		if len(a.Limits) != 1 || a.Limits[0].Verdict != Identified || a.Limits[0].Model != "token-bucket" {
			t.Fatalf("%s: %s, %s", test.class, a.Limits[0].Verdict, a.Limits[0].Why)
		}
		l := a.Limits[0]
		if l.Burst.High == nil || *l.Burst.Low != 10 || *l.Burst.High != 10 || *l.SustainedRate.Low > 2 || *l.SustainedRate.High < 2 {
			t.Errorf("%s: burst %v, rate %v", test.class, l.Burst, l.SustainedRate)
		}
		if l.Hits != l.Admitted+l.Limited || l.Hits != len(s.hits)-3 {
			t.Errorf("%s: %d hits, %d admitted, %d limited of %d", test.class, l.Hits, l.Admitted, l.Limited, len(s.hits))
		}
		if a.Logins == nil || a.Logins.Counted != test.want || a.Logins.Hits != 3 || a.Logins.Class != "write" || !slices.Equal(a.Findings, []string{test.text}) {
			t.Errorf("%s: logins %+v, findings %q", test.class, a.Logins, a.Findings)
		}
	}
}

// Long before anything else, a login tells nothing; and the limit is what it
// would be without it.
func TestLoginsThatTellNothing(t *testing.T) {
	for _, logins := range []int{0, 1} {
		s := &service{rate: 2, burst: 10}
		s.identifies()
		s.clump(0, logins, aLogin, 200)
		a := s.analysis()
		l := a.Limits[0]
		if l.Verdict != Identified || *l.Burst.Low != 10 || *l.Burst.High != 10 {
			t.Errorf("%d logins: %s, %s, burst %v", logins, l.Verdict, l.Why, l.Burst)
		}
		if (a.Logins == nil) != (logins == 0) || a.Logins != nil && a.Logins.Counted != NotCertain {
			t.Errorf("%d logins: %+v", logins, a.Logins)
		}
	}
}

// What the API refuses among hits that it serves may cost a token or not.
func TestRefusedHitsCount(t *testing.T) {
	for _, free := range []bool{false, true} {
		s := &service{rate: 2, burst: 10, free: func(h *trace.Hit) bool { return free && h.Status == 422 }}
		s.identifies()
		s.clump(s.begin-100*time.Millisecond, 3, aWrite, 422)
		s.clump(s.begin+19900*time.Millisecond, 4, aWrite, 422)
		a := s.analysis()
		want := Counts
		if free {
			want = Free
		}
		if len(a.Refused) != 1 || a.Refused[0].Counted != want || a.Refused[0].Hits != 7 || a.Refused[0].Statuses["422"] != 7 {
			t.Errorf("free %v: %+v", free, a.Refused)
		}
		l := a.Limits[0]
		if l.Verdict != Identified || *l.Burst.Low != 10 || *l.Burst.High != 10 || l.Admitted+l.Limited != l.Hits {
			t.Errorf("free %v: %s, %s, burst %v, %d + %d of %d", free, l.Verdict, l.Why, l.Burst, l.Admitted, l.Limited, l.Hits)
		}
	}
}

// An experiment is judged by what is left after it.
func TestExperiments(t *testing.T) {
	for _, test := range []struct {
		name   string
		n      int
		status int
		free   bool
		early  bool
		want   Counted
		says   string
	}{
		{"before", 12, 401, false, false, Counts, "of 12, 2 were limited; the limiter stands before that check"},
		{"counted", 8, 401, false, false, Counts, "after 8 hits with no credentials, answered 401, 2 of 13 good ones were admitted at once, of a burst of 10"},
		{"behind", 12, 401, true, false, Free, "hits with no credentials never reach the limiter, or cost nothing: after 12 hits"},
		{"no check", 8, 201, false, false, NotCertain, "were not refused, most were answered 201: there is no such check"},
		{"not rested", 8, 401, false, true, NotCertain, "had not rested for long enough"},
	} {
		s := &service{rate: 2, burst: 10, free: func(h *trace.Hit) bool { return test.free && h.Status == 401 }}
		s.identifies()
		at := s.begin + 40*time.Second
		if test.early {
			at = s.begin + 24900*time.Millisecond // 4.9 s after the last burst: nearly full
		}
		bad, good := aWrite, aWrite
		bad.Phase, good.Phase = trace.CostPhaseOf("no credentials", false), trace.CostPhaseOf("no credentials", true)
		s.clump(at, test.n, bad, test.status)
		s.clump(at+5*time.Millisecond, 13, good, 201)
		a := s.analysis()
		if len(a.Cost) != 1 || a.Cost[0].Counted != test.want || !strings.Contains(a.Cost[0].Statement, test.says) ||
			!slices.Equal(a.Findings, []string{"write: " + a.Cost[0].Statement}) {
			t.Errorf("%s: %+v, findings %q", test.name, a.Cost, a.Findings)
		}
		if l := a.Limits[0]; l.Hits != len(s.hits)-test.n-13 || *l.Burst.Low != 10 || *l.Burst.High != 10 {
			t.Errorf("%s: the experiment is part of the limit: %d hits, burst %v, %s", test.name, l.Hits, l.Burst, l.Why)
		}
	}
}

// Credentials from one address, and addresses with one credential: the hits tell
// which of them has a limiter of its own.
func TestScopeOfCredentials(t *testing.T) {
	by := map[string]func(*trace.Hit) string{
		"source":     func(h *trace.Hit) string { return h.Source },
		"credential": func(h *trace.Hit) string { return h.Credential },
		"both":       func(h *trace.Hit) string { return h.Source + h.Credential },
		"neither":    func(*trace.Hit) string { return "" },
	}
	want := map[string]Scope{
		"source":     {Source: Separate, Credential: Shared},
		"credential": {Source: Shared, Credential: Separate},
		"both":       {Source: Separate, Credential: Separate},
		"neither":    {Source: Shared, Credential: Shared},
	}
	for name, key := range by {
		s := &service{rate: 2, burst: 10, key: key}
		for i, c := range []trace.Hit{
			{Class: "write", Source: "127.0.0.2", Credential: "c1"},
			{Class: "write", Source: "127.0.0.2", Credential: "c2"},
			{Class: "write", Source: "127.0.0.3", Credential: "c1"},
		} {
			s.random(c, uint64(i))
		}
		a := s.analysis()
		got := a.Scope
		if got.Source != want[name].Source || got.Credential != want[name].Credential {
			t.Errorf("by %s: source %s, credential %s", name, got.Source, got.Credential)
		}
		for _, l := range a.Limits {
			if !slices.Contains(l.Survivors, "token-bucket") || *l.Burst.Low > 10 || l.Burst.High != nil && *l.Burst.High < 10 {
				t.Errorf("by %s: %s, %s, burst %v", name, l.Verdict, l.Why, l.Burst)
			}
		}
	}
}

// A credential for each address tells nothing about which of the two matters, and
// that is said.
func TestConfounded(t *testing.T) {
	for labels, want := range map[[2]string]bool{{"c1", "c2"}: true, {"c1", "c1"}: false, {"", ""}: false} {
		s := &service{rate: 2, burst: 10, key: func(h *trace.Hit) string { return h.Source }}
		for i, source := range []string{"127.0.0.2", "127.0.0.3"} {
			s.clump(time.Second, 14, trace.Hit{Class: "write", Source: source, Credential: labels[i]}, 201)
		}
		a := s.analysis()
		if got := strings.Contains(strings.Join(a.Warnings, " "), "a credential of its own"); got != want {
			t.Errorf("%v: warnings %q", labels, a.Warnings)
		}
	}
}
