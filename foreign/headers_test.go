package foreign

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-chi/httprate"
	"github.com/ulule/limiter/v3"
	"github.com/ulule/limiter/v3/drivers/middleware/stdlib"
	"github.com/ulule/limiter/v3/drivers/store/memory"

	"ratefit/analyze"
	"ratefit/foreign/measure"
)

// TestHeaders holds what libraries declare against what they do, as a user would:
// what is right is found right, and their quirks are found.
func TestHeaders(t *testing.T) {
	if testing.Short() {
		t.Skip("measures over sockets")
	}
	for _, test := range []struct {
		name  string
		limit func(t *testing.T) http.Handler
		holds map[string]bool   // by id
		says  map[string]string // part of the sentence
	}{
		{
			"throttled", func(t *testing.T) http.Handler { return gcra(t, 20, 50, api) },
			map[string]bool{
				analyze.CheckRemaining: true, analyze.CheckWait: true, analyze.CheckReset: true, analyze.CheckOther: true,
				analyze.CheckStatus: true, analyze.CheckWaitIsSaid: true,
			},
			map[string]string{analyze.CheckReset: "when all hits are back"},
		},
		{
			"httprate", func(*testing.T) http.Handler { return httprate.LimitByRealIP(20, time.Second)(api) },
			map[string]bool{analyze.CheckRemaining: true, analyze.CheckWait: true, analyze.CheckReset: false, analyze.CheckStatus: true, analyze.CheckWaitIsSaid: true},
			map[string]string{analyze.CheckWait: "whole seconds", analyze.CheckReset: "too short"},
		},
		{
			"ulule/limiter", func(*testing.T) http.Handler {
				l := limiter.New(memory.NewStore(), limiter.Rate{Period: 2 * time.Second, Limit: 20})
				return stdlib.NewMiddleware(l).Handler(api)
			},
			map[string]bool{analyze.CheckRemaining: true, analyze.CheckReset: false, analyze.CheckStatus: true, analyze.CheckWaitIsSaid: true},
			map[string]string{analyze.CheckReset: "too short"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(split(test.limit(t), test.limit(t)))
			defer server.Close()
			r, err := measure.URL(t.Context(), server.URL+"/", filepath.Join(t.ArtifactDir(), "run"), "", "--scope=false", "--max-duration", "40s")
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range r.Analysis.Limits {
				got := map[string]analyze.HeaderCheck{}
				for _, c := range l.HeaderChecks {
					got[c.ID] = c
					t.Logf("%s: %t: %s", l.Class, c.Holds, c.Text)
				}
				if l.Verdict != analyze.Identified {
					t.Logf("%s: %s: %s", l.Class, l.Verdict, l.Why) // rightly so on a busy machine: nothing is said of the headers then
					continue
				}
				for id, holds := range test.holds {
					if c, ok := got[id]; !ok || c.Holds != holds || !strings.Contains(c.Text, test.says[id]) {
						t.Errorf("%s, %s: %+v, want %t, %q", l.Class, id, c, holds, test.says[id])
					}
				}
			}
		})
	}
}
