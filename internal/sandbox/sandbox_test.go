package sandbox

import (
	"encoding/json"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// clock is virtual time for the sandbox.
type clock struct{ now time.Time }

func newClock() *clock { return &clock{time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) read() time.Time { return c.now }

func mustNew(t testing.TB, o Options) *Sandbox {
	t.Helper()
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustLogin(t testing.TB, s *Sandbox) string {
	t.Helper()
	token, err := s.Login(DemoEmail, DemoPassword)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// send makes one request with a valid token, if token is not empty.
func send(s http.Handler, from, method, path, token, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.RemoteAddr = from
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

const (
	alice = "127.0.0.2:40000"
	bob   = "127.0.0.3:40000"
)

func TestDecisions(t *testing.T) {
	type step struct {
		at       time.Duration
		from     string
		write    bool
		n        int // requests sent at this instant
		admitted int // of them
	}
	second := time.Second
	for name, test := range map[string]struct {
		options Options
		steps   []step
	}{
		"documented limits": {steps: []step{
			{0, alice, false, 40, 30},
			{0, alice, true, 15, 10},
			{499 * time.Millisecond, alice, false, 1, 0},
			{500 * time.Millisecond, alice, false, 2, 1},
			{10 * second, alice, false, 40, 19},
			{10 * second, alice, true, 40, 10},
			{100 * second, alice, false, 40, 30},
		}},
		"clients apart": {steps: []step{
			{0, alice, false, 31, 30},
			{0, bob, false, 31, 30},
			{0, "127.0.0.2:50000", false, 1, 0}, // another port, the same client
			{0, "[::ffff:127.0.0.2]:1", false, 1, 0},
			{0, "[fe80::1%eth0]:1", true, 11, 10},
			{0, "[fe80::1%eth1]:1", true, 1, 0},
			{0, "@", false, 31, 30},
		}},
		"reads do not cost writes": {steps: []step{
			{0, alice, true, 11, 10},
			{0, alice, false, 31, 30},
			{second, alice, true, 3, 2},
		}},
		"other limits": {options: Options{ReadRate: 0.5, ReadBurst: 1, WriteRate: 8, WriteBurst: 3}, steps: []step{
			{0, alice, false, 3, 1},
			{second, alice, false, 1, 0},
			{2 * second, alice, false, 3, 1},
			{2 * second, alice, true, 5, 3},
			{2*second + 125*time.Millisecond, alice, true, 5, 1},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClock()
			start := c.now
			test.options.Now = c.read
			s := mustNew(t, test.options)
			token := mustLogin(t, s)
			for i, st := range test.steps {
				c.now = start.Add(st.at)
				admitted := 0
				for range st.n {
					method, path, body := "GET", ReadPath, ""
					if st.write {
						method, path, body = "POST", WritePath, WriteBody
					}
					if w := send(s, st.from, method, path, token, body); w.Code != http.StatusTooManyRequests {
						admitted++
					}
				}
				if admitted != st.admitted {
					t.Errorf("step %d, at %v from %s: %d of %d admitted, want %d", i, st.at, st.from, admitted, st.n, st.admitted)
				}
			}
		})
	}
}

func TestMethodsByClass(t *testing.T) {
	for method, write := range map[string]bool{
		"GET": false, "HEAD": false, "OPTIONS": false,
		"POST": true, "PUT": true, "DELETE": true, "PATCH": true, "BREW": true,
	} {
		if got := isWrite(method); got != write {
			t.Errorf("isWrite(%s) = %v", method, got)
		}
	}
}

// Every response declares both limits, the limited ones and the refusals too.
func TestHeaders(t *testing.T) {
	c := newClock()
	for name, test := range map[string]struct {
		options Options
		want    [4]string
	}{
		"documented":   {Options{}, [4]string{"30", "500", "10", "500"}},
		"others":       {Options{ReadRate: 20, ReadBurst: 7, WriteRate: 0.1, WriteBurst: 1}, [4]string{"7", "50", "1", "10000"}},
		"fast":         {Options{ReadRate: 200, WriteRate: 400}, [4]string{"30", "5ms", "10", "2.5ms"}},
		"not a whole":  {Options{ReadRate: 3, WriteRate: 7}, [4]string{"30", "333.333333", "10", "142.857143"}},
		"edge of both": {Options{ReadRate: 100, WriteRate: 101}, [4]string{"30", "10", "10", "9.90099ms"}},
	} {
		t.Run(name, func(t *testing.T) {
			test.options.Now = c.read
			s := mustNew(t, test.options)
			seen := map[int]bool{}
			for range 40 {
				for _, path := range []string{ReadPath, "/nowhere"} {
					w := send(s, alice, "GET", path, "", "")
					seen[w.Code] = true
					h := w.Result().Header
					got := [4]string{
						h.Get("x-rate-limit-read-limit"), h.Get("x-rate-limit-read-ttl"),
						h.Get("x-rate-limit-write-limit"), h.Get("x-rate-limit-write-ttl"),
					}
					if got != test.want {
						t.Fatalf("status %d declares %q, want %q", w.Code, got, test.want)
					}
					if h.Get("Retry-After") != "" {
						t.Fatal("a Retry-After that the API does not document")
					}
				}
			}
			if !seen[401] || !seen[404] || !seen[429] {
				t.Errorf("statuses seen: %v", seen)
			}
		})
	}
}

func TestOrder(t *testing.T) {
	for order, want := range map[Order][2]int{
		LimitBefore:              {30, 0},  // 30 refused for their credentials, then limited; nothing left
		LimitAfterAuthentication: {50, 30}, // refusals cost nothing
		LimitAfterValidation:     {50, 30},
	} {
		c := newClock()
		s := mustNew(t, Options{Order: order, Now: c.read})
		token := mustLogin(t, s)
		var refused, admitted int
		for range 50 {
			if send(s, alice, "GET", ReadPath, "", "").Code == http.StatusUnauthorized {
				refused++
			}
		}
		for range 50 {
			if send(s, alice, "GET", ReadPath, token, "").Code == http.StatusOK {
				admitted++
			}
		}
		if got := [2]int{refused, admitted}; got != want {
			t.Errorf("limiter %s authentication: %v refused and admitted, want %v", order, got, want)
		}
	}
}

// Which refusals cost a token: of ten, the burst is eight.
func TestCosts(t *testing.T) {
	const free, costly = 10, 8
	tomorrow := strings.Replace(WriteBody, "T14:30", "T03:00", 1)
	for _, test := range []struct {
		name, method, path, body string
		token                    bool
		status                   int
		want                     [3]int // answered so of ten, in the orders
	}{
		{"no route", "GET", "/nowhere", "", false, 404, [3]int{costly, costly, free}},
		{"no method", "POST", "/services", "{}", true, 405, [3]int{costly, costly, free}},
		{"no credentials", "GET", "/services", "", false, 401, [3]int{costly, free, free}},
		{"not in the plan", "GET", "/gift-cards", "", true, 403, [3]int{costly, costly, free}},
		{"not a date", "GET", "/spots?date=x", "", true, 422, [3]int{costly, costly, free}},
		{"no content type", "POST", "/bookings", "", true, 415, [3]int{costly, costly, free}},
		{"not JSON", "POST", "/bookings", "{", true, 400, [3]int{costly, costly, free}},
		{"not valid", "POST", "/bookings", "{}", true, 422, [3]int{costly, costly, free}},
		{"login that is not valid", "POST", "/login", "{}", false, 422, [3]int{costly, costly, free}},
		{"wrong password", "POST", "/login", `{"email":"a","password":"b"}`, false, 401, [3]int{costly, costly, costly}},
		{"no spot", "POST", "/bookings", tomorrow, true, 406, [3]int{costly, costly, costly}},
		{"no booking", "DELETE", "/bookings/9", "{}", true, 404, [3]int{costly, costly, costly}},
	} {
		for i, order := range Orders() {
			s := mustNew(t, Options{Order: order, Now: newClock().read, ReadBurst: costly, WriteBurst: costly})
			token := ""
			if test.token {
				token = mustLogin(t, s)
			}
			got := map[int]int{}
			for range 10 {
				got[send(s, alice, test.method, test.path, token, test.body).Code]++
			}
			if got[test.status] != test.want[i] || got[test.status]+got[429] != 10 {
				t.Errorf("%s, limiter %s: %v, want %d × %d", test.name, order, got, test.want[i], test.status)
			}
		}
	}
}

func TestNaturalRequests(t *testing.T) {
	s := mustNew(t, Options{Zone: time.FixedZone("", -5*3600)})
	token := mustLogin(t, s)
	w := send(s, alice, "GET", ReadPath, token, "")
	var spots struct{ Spots []string }
	if err := json.Unmarshal(w.Body.Bytes(), &spots); err != nil || w.Code != 200 || len(spots.Spots) != 21 || spots.Spots[0] != "2015-01-31T13:00:00Z" {
		t.Errorf("GET %s: %d %s %v", ReadPath, w.Code, w.Body, err)
	}
	w = send(s, alice, "POST", WritePath, token, WriteBody)
	var made booking
	if err := json.Unmarshal(w.Body.Bytes(), &made); err != nil || w.Code != 201 || made.ID != 1 || made.Date != "2015-01-31T19:30:00Z" {
		t.Errorf("POST %s: %d %s %v", WritePath, w.Code, w.Body, err)
	}
	w = send(s, alice, "GET", "/bookings", token, "")
	var list []booking
	if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || w.Code != 200 || len(list) != 1 || list[0] != made {
		t.Errorf("GET /bookings: %d %s %v", w.Code, w.Body, err)
	}
	if w = send(s, alice, "GET", "/services", token, ""); w.Code != 200 || !json.Valid(w.Body.Bytes()) {
		t.Errorf("GET /services: %d %s", w.Code, w.Body)
	}
}

// Bookings are bounded, whatever an attack sends; the latest are kept.
func TestBookingsBounded(t *testing.T) {
	b := newBook(3)
	for i := range 8 {
		email := DemoEmail
		if i == 6 {
			email = "other@example.com"
		}
		b.add(booking{email: email})
	}
	got := b.latest(DemoEmail, 50)
	if len(b.ring) != 3 || len(got) != 2 || got[0].ID != 8 || got[1].ID != 6 {
		t.Errorf("kept %v of %v", got, b.ring)
	}
	if got := b.latest(DemoEmail, 1); len(got) != 1 || got[0].ID != 8 {
		t.Errorf("latest: %v", got)
	}
	if got := newBook(3).latest(DemoEmail, 5); len(got) != 0 {
		t.Errorf("empty book: %v", got)
	}
	for id, want := range map[int64]int{-1: 404, 0: 404, 5: 404, 6: 200, 7: 404, 8: 200, 9: 404, math.MaxInt64: 404} {
		q := request{id: id, account: &account{Account{Email: DemoEmail}}}
		if a := b.with(q, func(one *booking) answer { return object(200, one.ID) }); a.status != want {
			t.Errorf("booking %d: %d, want %d", id, a.status, want)
		}
	}
}

func TestNewRefuses(t *testing.T) {
	for want, o := range map[string]Options{
		"read rate -1 per second":       {ReadRate: -1},
		"write burst -2 is outside":     {WriteBurst: -2},
		`there is no order "sideways"`:  {Order: "sideways"},
		`there is no limiter "leaky"`:   {Limiter: "leaky"},
		`the header "Via" does not`:     {Forwarded: "Via"},
		"read: burst 30 ÷ rate 1e+06":   {Limiter: "fixed-window", ReadRate: 1e6},
		"write: burst 10 ÷ rate 2e-06":  {Limiter: "tiers", WriteRate: 2e-6},
		"read: a log of 200000":         {Limiter: "tiers-log", ReadRate: 1000, ReadBurst: 200_000},
		"write: requests would be held": {Limiter: "leaky-bucket-queue", WriteRate: 1, WriteBurst: 5000},
		"a key of 5 bytes":              {Key: []byte("short")},
		"token life 1ms":                {TokenLife: time.Millisecond},
		"at most -1 clients":            {MaxClients: -1},
		"account 1 lacks":               {Accounts: []Account{{Email: "a"}}},
		"account 2 has the email":       {Accounts: []Account{{Email: "a", Password: "b"}, {Email: "a", Password: "c"}}},
		"body limit -1":                 {MaxBody: -1},
		"booking limit -1":              {MaxBookings: -1},
		"account 2 has the token of a":  {Accounts: []Account{{"a", "b", "c"}, {"b", "b", "c"}}},
	} {
		if _, err := New(o); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("got %v, want %q…", err, want)
		}
	}
}
