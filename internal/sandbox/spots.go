package sandbox

import (
	"net/http"
	"time"
)

// Appointments start on the full hour from opening to closing, in the tenant's
// zone.
const (
	opening = 8
	closing = 18
)

// open reports whether an appointment can start at t, which is in the tenant's
// zone.
func open(t time.Time) bool { return t.Hour() >= opening && t.Hour() <= closing }

// listSpots answers GET /spots?date=2015-01-31: when appointments can start on
// that date of the tenant's, in UTC.
func listSpots(s *Sandbox, q request) answer {
	day, err := time.ParseInLocation(time.DateOnly, q.URL.Query().Get("date"), s.zone)
	if err != nil {
		return *invalid("date", "Does not match format 'date'")
	}
	spots := make([]string, 0, closing-opening+1)
	for hour := opening; hour <= closing; hour++ {
		start := time.Date(day.Year(), day.Month(), day.Day(), hour, 0, 0, 0, s.zone)
		spots = append(spots, start.UTC().Format(time.RFC3339))
	}
	return object(http.StatusOK, map[string]any{"date": day.Format(time.DateOnly), "spots": spots})
}

// parseInstant reads an ISO 8601 date and time, in the given zone unless the
// text names one.
func parseInstant(text string, zone *time.Location) (time.Time, bool) {
	for _, layout := range []string{
		"2006-01-02T15:04",
		"2006-01-02T15:04:05",
		"2006-01-02T15:04Z07:00",
		time.RFC3339,
	} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}
