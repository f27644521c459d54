package declared

import (
	"fmt"
	"testing"
)

func TestForClass(t *testing.T) {
	policy := func(class string, limit float64) Policy {
		return Policy{Class: class, Unit: requests, Limit: &limit}
	}
	unit := func(p Policy, unit string) Policy { p.Unit = unit; return p }
	left := func(p Policy, n float64) Policy { p.Remaining = &n; return p }
	for _, test := range []struct {
		name     string
		policies []Policy
		class    string
		want     string // "CLASS LIMIT" or "none"
	}{
		{"none", nil, "read", "none"},
		{"own", []Policy{policy("all", 1), policy("write", 2), policy("read", 3)}, "read", "read 3"},
		{"for all", []Policy{policy("write", 2), policy("all", 1)}, "read", "all 1"},
		{"the other class only", []Policy{policy("write", 2)}, "read", "none"},
		{"a resource beside the other class", []Policy{policy("write", 2), policy("core", 1)}, "read", "none"},
		{"a resource", []Policy{policy("core", 5000)}, "read", "core 5000"},
		{"own name", []Policy{policy("core", 1), policy("search", 2)}, "search", "search 2"},
		{"requests before tokens", []Policy{unit(policy("tokens", 9), "tokens"), policy("requests", 5)}, "write", "requests 5"},
		{"first of several", []Policy{policy("all", 10), policy("all", 1000)}, "read", "all 10"},
		{"used up", []Policy{left(policy("all", 10), 3), left(policy("all", 1000), 0)}, "read", "all 1000"},
		{"requests before used up", []Policy{left(unit(policy("all", 10), "tokens"), 0), left(policy("all", 1000), 5)}, "read", "all 1000"},
		{"both, one for all", []Policy{policy("all", 10)}, "read+write", "all 10"},
		{"both, the same", []Policy{policy("read", 10), policy("write", 10)}, "read+write", "read+write 10"},
		{"both, not the same", []Policy{policy("read", 10), policy("write", 9)}, "read+write", "none"},
		{"both, one missing", []Policy{policy("read", 10)}, "read+write", "none"},
	} {
		p, ok := Claims{Policies: test.policies}.ForClass(test.class)
		got := "none"
		if ok {
			got = fmt.Sprint(p.Class, " ", *p.Limit)
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

func TestSustainedAndBurst(t *testing.T) {
	for _, test := range []struct {
		policy           Policy
		sustained, burst string
	}{
		{Policy{}, "-", "-"},
		{Policy{Rate: new(2.0), Burst: new(30.0)}, "2", "30"},
		{Policy{Rate: new(2.0), Burst: new(30.0), Limit: new(5.0), Window: new(1.0)}, "2", "30"},
		{Policy{Limit: new(100.0), Window: new(50.0)}, "2", "100"},
		{Policy{Limit: new(100.0)}, "-", "-"},
		{Policy{Limit: new(100.0), Reset: new(50.0)}, "-", "-"},
		{Policy{Window: new(50.0)}, "-", "-"},
		{Policy{Limit: new(100.0), Window: new(0.0)}, "-", "100"},
		{Policy{Rate: new(10.0), Burst: new(20.0), Cost: new(5.0)}, "2", "4"},
		{Policy{Rate: new(10.0), Cost: new(0.0)}, "10", "-"},
		{Policy{Limit: new(0.0), Window: new(1.0)}, "0", "0"},
		{Policy{Limit: new(largest + 0.0), Window: new(5e-324)}, "-", "999999999999999"},
	} {
		if got := text(Sustained(test.policy)); got != test.sustained {
			t.Errorf("%s: sustained %s, want %s", brief(Claims{Policies: []Policy{test.policy}}), got, test.sustained)
		}
		if got := text(BurstOf(test.policy)); got != test.burst {
			t.Errorf("%s: burst %s, want %s", brief(Claims{Policies: []Policy{test.policy}}), got, test.burst)
		}
	}
}
