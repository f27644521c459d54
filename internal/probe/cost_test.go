package probe

import (
	"strings"
	"testing"
	"time"

	"ratefit/analyze"
	"ratefit/internal/trace"
)

// answer is send for a probe as a whole. A login is a write; variants are
// refused, before the limiter if the world checks first.
func (w *world) answer(p Probe, at []time.Duration) []trace.Hit {
	class, source := p.Class, p.Source
	if class == trace.LoginClass {
		class = "write"
	}
	if w.byCredential {
		source += p.Credential
	}
	if p.Variant == "" {
		return w.send(class, source, at)
	}
	limiter := w.limiter
	if w.checksFirst {
		w.limiter = func(string, string) decider { return none{} }
	}
	hits := w.send(class, source, at)
	w.limiter = limiter
	for i := range hits {
		if hits[i].Status == 200 {
			hits[i].Status = 401
		}
	}
	return hits
}

// What refused hits cost, and a login, is found out at the end.
func TestPlanCost(t *testing.T) {
	for name, want := range map[string]analyze.Counted{"before": analyze.Counts, "behind": analyze.Free} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := &world{
				rtt: loopback, jitter: loopback / 3, checksFirst: want == analyze.Free,
				limiter: each(func(string) decider { return newBucket(5, 10) }),
			}
			o := Options{
				Classes: []string{"read", "write"}, Logins: true, Credentials: map[string][]string{"127.0.0.2": {"c1"}},
				Checks: []Check{{"read", "bare", "no credentials"}, {"write", "bare", "no credentials"}, {"write", "type", "another content type"}},
			}
			out := plan(t, o, w)
			a := out.analysis
			if len(a.Cost) != 3 {
				t.Fatalf("experiments %+v", a.Cost)
			}
			for _, c := range a.Cost {
				if c.Counted != want || c.Refused != 12 {
					t.Errorf("%s, %s: %s of %d: %s", c.Class, c.Check, c.Counted, c.Refused, c.Statement)
				}
			}
			if a.Logins == nil || a.Logins.Hits != 1 || a.Logins.Counted != analyze.Counts {
				t.Errorf("logins %+v", a.Logins)
			}
			for _, l := range a.Limits {
				if l.Verdict != analyze.Identified || l.Burst.Value != 10 || l.Admitted+l.Limited != l.Hits {
					t.Errorf("%s: %s, burst %v: %s", l.Class, l.Verdict, l.Burst, l.Why)
				}
			}
		})
	}
}

// Where there is no time for it, that is said.
func TestPlanCostTakesTooLong(t *testing.T) {
	w := &world{rtt: loopback, jitter: loopback / 3, limiter: each(func(string) decider { return newBucket(2, 30) })}
	out := plan(t, Options{MaxDuration: 25 * time.Second, Checks: []Check{{"read", "bare", "no credentials"}}}, w)
	if notes := strings.Join(out.planner.Notes(), "\n"); !strings.Contains(notes, "raise --max-duration") || len(out.analysis.Cost) != 0 {
		t.Errorf("notes %q, cost %+v", notes, out.analysis.Cost)
	}
}

// Credentials and addresses: found in all four cases.
func TestPlanScopeOfCredentials(t *testing.T) {
	for _, test := range []struct{ source, credential analyze.ScopeVerdict }{
		{analyze.Separate, analyze.Separate},
		{analyze.Separate, analyze.Shared},
		{analyze.Shared, analyze.Separate},
		{analyze.Shared, analyze.Shared},
	} {
		t.Run(string(test.source+" "+test.credential), func(t *testing.T) {
			t.Parallel()
			all := map[string]decider{}
			w := &world{rtt: loopback, jitter: loopback / 3, byCredential: true, limiter: func(_, source string) decider {
				address, label := source[:9], source[9:]
				if test.source == analyze.Shared {
					address = ""
				}
				if test.credential == analyze.Shared {
					label = ""
				}
				if all[address+label] == nil {
					all[address+label] = newBucket(10, 15)
				}
				return all[address+label]
			}}
			both := []string{"c1", "c2"}
			out := plan(t, Options{
				Sources: []string{"127.0.0.2", "127.0.0.3"}, Scope: true,
				Credentials: map[string][]string{"127.0.0.2": both, "127.0.0.3": both},
			}, w)
			if out.scope.Source != test.source || out.scope.Credential != test.credential {
				t.Errorf("scope %+v, want source %s, credential %s", out.scope, test.source, test.credential)
			}
		})
	}
}
