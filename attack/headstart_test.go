package attack

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

// Whatever the way to the first byte takes, nine of ten hits get there in time.
func TestHeadStartIsLearned(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	s := &headStart{most: longestStart}
	for _, way := range []time.Duration{200 * time.Microsecond, 50 * time.Microsecond} {
		late := 0
		const hits, settle = 4000, 1000
		for n := range hits {
			isLate := time.Duration(random.Int64N(int64(way))) > s.get()
			s.learn(isLate)
			if n >= settle && isLate {
				late++
			}
		}
		if share := float64(late) / (hits - settle); share < 0.05 || share > 0.15 {
			t.Errorf("ways of up to %v: %.2f late, with a head start of %v", way, share, s.get())
		}
	}
	for range 1000 {
		s.learn(true)
	}
	if s.get() != longestStart {
		t.Errorf("on a machine that is always late: %v", s.get())
	}
	for range 1000 {
		s.learn(false)
	}
	if s.get() != 0 {
		t.Errorf("on one that never is: %v", s.get())
	}
}

// Holding back may keep a quarter of one processor busy, whatever is sent.
func TestHeadStartIsBounded(t *testing.T) {
	for _, c := range []struct {
		phase   profiles.Phase
		streams int
		most    time.Duration
	}{
		{hold("h", 100*profiles.PerSecond, time.Second), 1, longestStart},
		{hold("h", 1000*profiles.PerSecond, time.Second), 1, 250 * time.Microsecond},
		{hold("h", 5000*profiles.PerSecond, time.Second), 1, 50 * time.Microsecond},
		{hold("h", 10*profiles.PerSecond, time.Second), 128, 100 * time.Millisecond / 512},
		{hold("h", 1_000_000*profiles.PerSecond, time.Second), 1, 0},
		{burst("b", 100), 1, 0},
		{pause("p", time.Second), 1, 0},
	} {
		schedule, err := c.phase.Schedule()
		if err != nil {
			t.Fatal(err)
		}
		most := time.Duration(0)
		if s := newHeadStart(schedule, c.streams); s != nil {
			most = s.most
		}
		if most != c.most {
			t.Errorf("%s in %d streams: %v, want %v", c.phase.Describe(), c.streams, most, c.most)
		}
	}
}

// A hit that set out early goes out at its instant, all of it; one without a
// head start, and one that is asked for much later, at once.
func TestStampsHold(t *testing.T) {
	for _, c := range []struct {
		start      *headStart
		due, first time.Duration
	}{
		{&headStart{}, 10, 11},
		{&headStart{}, 0, 2},
		{nil, 10, 1},
		{&headStart{}, time.Hour, 2},
	} {
		st, _ := newStamps(t)
		st.start, st.due = c.start, c.due
		conn := &conn{Conn: &scripted{writes: []write{{5, nil}, {5, nil}}}}
		conn.hit.Store(st)
		conn.Write(nil)
		conn.Write(nil)
		if got := st.end(time.Hour).sent; got != c.first {
			t.Errorf("due at %v: sent at %v, want %v", c.due, got, c.first)
		}
	}
}

// However early a hit sets out, it is not sent before it is asked for.
func TestNoHitIsEarly(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer server.Close()
	c := Config{
		Profile:  reads(hold("hold", 1000*profiles.PerSecond, 200*time.Millisecond)),
		Requests: []Request{{Class: "read", URL: server.URL}},
	}
	_, err := Run(t.Context(), c, func(h *trace.Hit) {
		if h.Sent < h.Asked {
			t.Errorf("asked for at %v, sent at %v", h.Asked, h.Sent)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
