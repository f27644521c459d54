package sandbox

import (
	"context"
	"time"

	ulule "github.com/ulule/limiter/v3"
	"github.com/ulule/limiter/v3/drivers/store/memory"
)

// firstHit is github.com/ulule/limiter: a fixed window that begins with the
// first request after the last one ended. It reads the system's clock.
type firstHit struct{ *ulule.Limiter }

func newFirstHit(q quota) limiter { return firstHitOf(q.burst, q.span()) }

func firstHitOf(quota int, length time.Duration) firstHit {
	store := memory.NewStoreWithOptions(ulule.StoreOptions{}) // without a goroutine that cleans up
	return firstHit{ulule.New(store, ulule.Rate{Limit: int64(quota), Period: length})}
}

func (w firstHit) decide(time.Time) decision {
	state, err := w.Get(context.Background(), nobody)
	return decision{admitted: err == nil && !state.Reached}
}
