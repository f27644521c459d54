package sandbox

import (
	"net/http"
	"time"
)

// Appointments start every half hour from opening to closing, in the tenant's
// zone.
const (
	opening = 8 * time.Hour
	closing = 18 * time.Hour
	spacing = 30 * time.Minute
)

// spotsOf returns when appointments can start on a date, which is in UTC. Times
// that clocks in the zone skip are left out.
func spotsOf(date time.Time, zone *time.Location) []time.Time {
	var spots []time.Time
	for at := opening; at <= closing; at += spacing {
		if t, exists := local(date.Add(at), zone); exists {
			spots = append(spots, t)
		}
	}
	return spots
}

// isSpot reports whether an appointment can start at t.
func isSpot(t time.Time, zone *time.Location) bool {
	y, m, d := t.In(zone).Date()
	for _, spot := range spotsOf(time.Date(y, m, d, 0, 0, 0, 0, time.UTC), zone) {
		if t.Equal(spot) {
			return true
		}
	}
	return false
}

// listSpots answers GET /spots?date=2015-01-31: when appointments can start on
// that date of the tenant's, in UTC.
func listSpots(s *Sandbox, q request) (action, *answer) {
	text := q.URL.Query().Get("date")
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || !representable(day.Add(-24*time.Hour)) || !representable(day.Add(48*time.Hour)) {
		return nil, invalid("date", "Does not match format 'date'")
	}
	return func() answer {
		spots := []string{}
		for _, t := range spotsOf(day, s.zone) {
			spots = append(spots, utc(t))
		}
		return object(http.StatusOK, map[string]any{"date": text, "spots": spots})
	}, nil
}
