package attack

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"ratefit/internal/trace"
	"ratefit/profiles"
)

func TestConfigErrors(t *testing.T) {
	good := func() Config {
		return Config{Profile: reads(burst("burst", 1)), Requests: []Request{{Class: "read", URL: "http://example.test/"}}}
	}
	tests := []struct {
		name   string
		change func(*Config)
		want   string
	}{
		{"profile", func(c *Config) { c.Profile = nil }, "no profile given"},
		{"requests", func(c *Config) { c.Requests = nil }, "no request given"},
		{"class", func(c *Config) { c.Requests[0].Class = "write" }, "class write: not in profile test"},
		{"twice", func(c *Config) { c.Requests = append(c.Requests, c.Requests[0]) }, "class read: two requests given"},
		{"scheme", func(c *Config) { c.Requests[0].URL = "ftp://u:hidden@example.test/" }, "class read: the URL must start with http:// or https://"},
		{"URL", func(c *Config) { c.Requests[0].URL = "http://u:hidden@exa mple/" }, "class read: the URL does not parse"},
		{"host", func(c *Config) { c.Requests[0].URL = "http:///hidden" }, "class read: the URL has no host"},
		{"port", func(c *Config) { c.Requests[0].URL = "http://example.test:99999/hidden" }, "class read: the URL's port 99999 is not between 1 and 65535"},
		{"method", func(c *Config) { c.Requests[0].Method = "GE T" }, `class read: "GE T" is not an HTTP method`},
		{"header name", func(c *Config) { c.Requests[0].Header = http.Header{"a b": {"hidden"}} }, `class read: "a b" is not a header name`},
		{"header value", func(c *Config) { c.Requests[0].Header = http.Header{"Authorization": {"hidden\r\nX: y"}} }, "class read: header Authorization: the value holds control characters"},
		{"negative", func(c *Config) { c.MaxRequests = -1 }, "must not be negative"},
		{"clock", func(c *Config) { c.Zero = time.Now().Round(0) }, "no monotonic reading"},
		{"past", func(c *Config) { c.Zero, c.Lead = time.Now().Add(-time.Minute), time.Second }, "has passed"},
		{"sources", func(c *Config) { c.Sources = []netip.Addr{netip.IPv6Loopback(), netip.IPv6Loopback()} }, "source ::1: given twice"},
		{"phase", func(c *Config) { c.Profile.Classes[0].Phases[0].Hits = -3 }, "class read: phase burst:"},
		{"in flight", func(c *Config) { c.MaxInFlight = 1 << 40 }, "ulimit -n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := good()
			test.change(&c)
			end, err := Run(t.Context(), c, func(*trace.Hit) { t.Error("a hit was recorded") })
			if err == nil {
				t.Fatalf("no error, end %+v", end)
			}
			if text := err.Error(); !strings.Contains(text, test.want) || strings.Contains(text, "hidden") || strings.Contains(text, "\n") {
				t.Errorf("says %q, want %q", text, test.want)
			}
		})
	}
}

// Only the classes that have a request are sent.
func TestClassesWithoutRequestAreLeftOut(t *testing.T) {
	s := newTarget(t, "http", nil)
	c := s.config(burst("burst", 2))
	c.Profile.Classes = append(c.Profile.Classes, profiles.Class{Name: "write", Phases: []profiles.Phase{burst("burst", 5)}})
	for _, h := range collect(t, c) {
		if h.Class != "read" {
			t.Errorf("class %s was sent", h.Class)
		}
	}
}

func TestMaxInFlight(t *testing.T) {
	files := func(n int) func() (int, bool) { return func() (int, bool) { return n, n > 0 } }
	tests := []struct {
		asked, largest, streams, files int
		want                           int // 0 = error
	}{
		{0, 1, 4, 0, DefaultMaxInFlight},
		{0, 5000, 4, 0, 5000},
		{7, 5000, 4, 0, 7},
		{0, 1, 4, 20_000, DefaultMaxInFlight},
		{0, 5000, 4, 20_000, 2500},
		{0, 1, 4, 1024, 128},
		{0, 1, 4, 128, fewest},
		{0, 1, 4, 127, 0},
		{500, 1, 4, 1024, 0},
		{128, 1, 4, 1024, 128},
	}
	for _, test := range tests {
		got, err := maxInFlight(test.asked, test.largest, test.streams, files(test.files))
		if got != test.want || (err == nil) != (test.want > 0) {
			t.Errorf("%+v: %d, error %v", test, got, err)
		}
	}
}

// Trap: Vegeta's DNSCaching races. Its other switches that would change what
// is sent, or wait for nothing, are not used either.
func TestVegetasDangerousOptionsAreNotUsed(t *testing.T) {
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{
		"Client": true, "Redirects": true, "NoFollow": true, "Workers": true, "MaxWorkers": true, "MaxBody": true,
		"NewAttacker": true, "DefaultWorkers": true, "Target": true,
	}
	seen := 0
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), e.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "vegeta" {
				seen++
				if !allowed[s.Sel.Name] {
					t.Errorf("%s uses vegeta.%s", e.Name(), s.Sel.Name)
				}
			}
			return true
		})
	}
	if seen == 0 {
		t.Error("no use of Vegeta found")
	}
}
