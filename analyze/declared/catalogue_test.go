package declared

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// entry is one convention of the catalogue in testdata/header-conventions.json,
// which was compiled from specifications, documentation and source code.
type entry struct {
	ID      string  `json:"id"`
	OK      example `json:"example_response_ok"`
	Limited example `json:"example_response_limited"`
	Expect  struct {
		OK      []Policy `json:"ok"`
		Limited []Policy `json:"limited"`
		Wait    *float64 `json:"retry_after_s_when_limited"`
	} `json:"what_it_declares"`
}

type example struct {
	Status  int              `json:"status"`
	Headers map[string]lines `json:"headers"`
}

// lines is a header's value, or an array of them.
type lines []string

func (l *lines) UnmarshalJSON(b []byte) error {
	if b[0] == '[' {
		return json.Unmarshal(b, (*[]string)(l))
	}
	*l = make([]string, 1)
	return json.Unmarshal(b, &(*l)[0])
}

func (e *example) header() http.Header {
	h := http.Header{}
	for name, values := range e.Headers {
		for _, v := range values {
			h.Add(name, v)
		}
	}
	return h
}

func catalogue(t testing.TB) []entry {
	t.Helper()
	b, err := os.ReadFile("testdata/header-conventions.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []entry
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) != 106 {
		t.Fatalf("%d entries, want 106", len(all))
	}
	return all
}

func TestCatalogue(t *testing.T) {
	entries := catalogue(t)
	right := 0
	var reader Reader // one for all: what it remembers must not leak from one to the next
	for _, e := range entries {
		exact := true
		for _, r := range e.responses() {
			c := Read(r.example.header(), r.Status)
			if again := reader.Read(r.example.header(), r.Status); !reflect.DeepEqual(again, c) {
				t.Errorf("%s: a Reader says %s, Read %s", e.ID, show(again.Policies), show(c.Policies))
			}
			if got, want := show(c.Policies), show(r.want); got != want {
				exact = false
				if why := indistinct(entries, r, c.Policies); why != "" {
					t.Logf("%s: one response cannot tell: %s", e.ID, why)
				} else {
					t.Errorf("%s, status %d:\n got %s\nwant %s", e.ID, r.Status, got, want)
				}
			}
			if got, want := text(c.RetryAfter), text(r.wait); got != want {
				t.Errorf("%s, status %d: retry after %s, want %s", e.ID, r.Status, got, want)
			}
		}
		if exact {
			right++
		}
	}
	t.Logf("%d of 106 entries are read exactly as expected", right)
}

// A response is one of an entry's two, with what it declares.
type response struct {
	example
	id   string
	want []Policy
	wait *float64
}

func (e *entry) responses() []response {
	return []response{{e.OK, e.ID, e.Expect.OK, nil}, {e.Limited, e.ID, e.Expect.Limited, e.Expect.Wait}}
}

// indistinct looks for the reason why a response is not read as its entry
// expects: another entry has a response with the same header names and values of
// the same form, and expects something else of it. No rule can satisfy both. The
// reading must be what the entry expects but for that which the two entries
// contradict each other in. "" = there is no such reason.
func indistinct(entries []entry, r response, got []Policy) string {
	for _, other := range entries {
		for _, o := range other.responses() {
			if o.id == r.id || form(o.example) != form(r.example) || len(o.want) != 1 || len(r.want) != 1 || len(got) != 1 {
				continue
			}
			var differ []string
			p, want, twin := got[0], r.want[0], o.want[0]
			if want.Unit != twin.Unit && p.Unit == twin.Unit {
				differ, p.Unit = append(differ, "unit"), want.Unit
			}
			if (r.wait == nil) == (o.wait == nil) && (want.Window == nil) != (twin.Window == nil) && (p.Window == nil) == (twin.Window == nil) {
				differ, p.Window = append(differ, "window"), want.Window
			}
			if (want.Burst == nil) != (twin.Burst == nil) && (p.Burst == nil) == (twin.Burst == nil) {
				differ, p.Burst, p.Limit = append(differ, "burst or limit"), want.Burst, want.Limit
			}
			if want.Reset != nil && twin.Reset != nil && p.Reset == nil && r.scale() != o.scale() {
				differ, p.Reset = append(differ, "unit of the reset"), want.Reset
			}
			if len(differ) > 0 && show([]Policy{p}) == show(r.want) {
				return fmt.Sprintf("%s has the same headers and another %s", o.id, strings.Join(differ, " and "))
			}
		}
	}
	return ""
}

// scale is how many seconds a unit of the reset is.
func (r *response) scale() float64 {
	v, _ := number(r.header().Get("X-RateLimit-Reset"))
	return *r.want[0].Reset / v
}

// form is the names of a response's headers with the kinds of their values.
// Retry-After is left out: it says nothing about units.
func form(ex example) string {
	var all []string
	for name, values := range ex.Headers {
		kind := "text"
		if v, ok := number(values[0]); ok && len(values) == 1 {
			kind = "number"
			if v > 1e9 {
				kind = "instant"
			}
		}
		if n := strings.ToLower(name); n != "retry-after" && n != "date" && n != "x-envoy-ratelimited" {
			all = append(all, n+" "+kind)
		}
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}

// show writes policies in a form that can be compared, in any order.
func show(policies []Policy) string {
	var all []string
	for _, p := range policies {
		name := "-"
		if p.Name != nil {
			name = *p.Name
		}
		all = append(all, fmt.Sprintf("{class=%s policy=%s unit=%s limit=%s window=%s rate=%s burst=%s used=%s remaining=%s reset=%s cost=%s penalty=%s deprecated=%v}",
			p.Class, name, p.Unit, text(p.Limit), text(p.Window), text(p.Rate), text(p.Burst), text(p.Used),
			text(p.Remaining), text(p.Reset), text(p.Cost), text(p.Penalty), p.Deprecated))
	}
	slices.Sort(all)
	return strings.Join(all, "\n     ")
}

func text(v *float64) string {
	if v == nil {
		return "-"
	}
	return strconv.FormatFloat(math.Round(*v*1e9)/1e9, 'f', -1, 64)
}

// Names arrive in any case; what is read does not depend on it.
func TestNameCase(t *testing.T) {
	for _, e := range catalogue(t) {
		for _, ex := range []example{e.OK, e.Limited} {
			want := show(Read(ex.header(), ex.Status).Policies)
			for name, change := range map[string]func(string) string{"lower": strings.ToLower, "upper": strings.ToUpper} {
				h := http.Header{}
				for k, v := range ex.header() {
					h[change(k)] = v
				}
				if got := show(Read(h, ex.Status).Policies); got != want {
					t.Errorf("%s in %s case:\n got %s\nwant %s", e.ID, name, got, want)
				}
			}
		}
	}
}

// The names come over a connection as each version of HTTP spells them.
func TestOverConnections(t *testing.T) {
	var answers []response
	for _, e := range catalogue(t) {
		answers = append(answers, e.responses()...)
	}
	for _, version := range []int{1, 2} {
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.URL.Path[1:])
			for name, values := range answers[n].example.header() {
				if version == 1 { // in lower case, as Node.js servers write them
					name = strings.ToLower(name)
				}
				w.Header()[name] = values
			}
			w.WriteHeader(answers[n].Status)
		}))
		server.EnableHTTP2 = version == 2
		server.StartTLS()
		defer server.Close()
		for n, a := range answers {
			reply, err := server.Client().Get(fmt.Sprintf("%s/%d", server.URL, n))
			if err != nil {
				t.Fatal(err)
			}
			reply.Body.Close()
			if reply.ProtoMajor != version {
				t.Fatalf("HTTP/%d, want HTTP/%d", reply.ProtoMajor, version)
			}
			if got, want := Read(reply.Header, reply.StatusCode), Read(a.example.header(), a.Status); !reflect.DeepEqual(got, want) {
				t.Errorf("%s over HTTP/%d: %s, want %s", a.id, version, show(got.Policies), show(want.Policies))
			}
		}
	}
}
