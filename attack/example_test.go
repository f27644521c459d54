package attack_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"

	"ratefit/attack"
	"ratefit/internal/trace"
	"ratefit/profiles"
)

// Three hits at once against a limiter that admits two.
func Example() {
	var hits atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if hits.Add(1) > 2 {
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}))
	defer server.Close()

	config := attack.Config{
		Profile: &profiles.Profile{Name: "three", Classes: []profiles.Class{
			{Name: "read", Phases: []profiles.Phase{{Name: "burst", Kind: profiles.Burst, Hits: 3}}},
		}},
		Requests: []attack.Request{{Class: "read", URL: server.URL}},
	}
	outcomes := make(map[trace.Outcome]int)
	end, err := attack.Run(context.Background(), config, func(h *trace.Hit) {
		outcomes[h.Outcome(nil)]++
	})
	fmt.Println(outcomes[trace.Admitted], "admitted,", outcomes[trace.Limited], "limited,", end.Reason, err)
	// Output: 2 admitted, 1 limited, done <nil>
}
