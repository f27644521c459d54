package credential

import (
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// coarse is how much later than its Date header says a reply may have been
// made: the header counts in whole seconds.
const coarse = time.Second

// longest bounds lives, so that sums of instants are no others. Nobody attacks
// for that long.
const longest = 365 * 24 * time.Hour

// Life returns how long after its request was sent a token is valid for
// certain, by the claims of the token, which are not verified, and by the
// clock of the server that made it: the Date header of the reply. Without one
// the token's own iat tells that clock, and without that the local one, now,
// has to do. ok is false for a token that says nothing of its end.
func Life(token string, reply http.Header, now time.Time) (life time.Duration, ok bool) {
	var c jwt.RegisteredClaims
	if _, _, err := jwt.NewParser().ParseUnverified(token, &c); err != nil || c.ExpiresAt == nil {
		return 0, false
	}
	return min(max(lifeUntil(c.ExpiresAt.Time, &c, reply, now), -longest), longest), true
}

func lifeUntil(exp time.Time, c *jwt.RegisteredClaims, reply http.Header, now time.Time) time.Duration {
	date, err := http.ParseTime(reply.Get("Date"))
	switch {
	case err == nil:
		return exp.Add(-coarse).Sub(date)
	case c.IssuedAt == nil:
		return exp.Sub(now)
	}
	life := exp.Add(-coarse).Sub(c.IssuedAt.Time)
	if left := exp.Sub(now); left > 0 {
		return min(life, left) // it may have been issued before this login
	}
	return life
}
