package foreign

import (
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"
)

// redisRate returns redis_rate on a Redis server in this process, and a way to
// set that server's clock: its Lua script reads the time there. Without a call
// of setTime it is the system's.
func redisRate(t *testing.T) (lib library, setTime func(time.Time)) {
	server := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr()})
	t.Cleanup(func() {
		if err := rdb.Close(); err != nil {
			t.Error(err)
		}
	})
	zones := 0
	limit := func(_ *testing.T, perSecond float64, burst int, next http.Handler) http.Handler {
		zones++
		zone := strconv.Itoa(zones)
		l := redis_rate.NewLimiter(rdb)
		// Rates are whole: 2.5 per second is 25 per 10 s.
		quota := redis_rate.Limit{Rate: int(10 * perSecond), Period: 10 * time.Second, Burst: burst}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch res, err := l.Allow(r.Context(), zone+":"+client(r), quota); {
			case err != nil:
				http.Error(w, err.Error(), http.StatusInternalServerError)
			case res.Allowed == 0:
				http.Error(w, "too many requests", http.StatusTooManyRequests)
			default:
				next.ServeHTTP(w, r)
			}
		})
	}
	return library{"redis_rate", limit}, server.SetTime
}
