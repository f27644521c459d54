package sandbox

import "time"

// utc writes an instant as the API returns it.
func utc(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// How dates and times can be written (ISO 8601): without a zone they are the
// tenant's.
var (
	localLayouts = []string{"2006-01-02T15:04", "2006-01-02T15:04:05"}
	zonedLayouts = []string{"2006-01-02T15:04Z07:00", time.RFC3339}
)

// parseInstant reads a date and time, in the given zone unless the text names
// one. well reports whether it is written as it should be; exists, whether there
// is such a time in the zone.
func parseInstant(text string, zone *time.Location) (t time.Time, well, exists bool) {
	for _, layout := range zonedLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			return t, representable(t), true
		}
	}
	for _, layout := range localLayouts {
		if t, err := time.Parse(layout, text); err == nil {
			t, exists := local(t, zone)
			return t, representable(t), exists
		}
	}
	return time.Time{}, false, false
}

// representable reports whether an instant can be written in UTC with a year of
// four digits.
func representable(t time.Time) bool { return t.UTC().Year() >= 1 && t.UTC().Year() <= 9999 }

// local returns the instant at which clocks in a zone show the date and time of
// wall, which is in UTC. When clocks are put back they show some times twice:
// then it is the first of the two. When they are put forward they never show
// some: then exists is false.
func local(wall time.Time, zone *time.Location) (t time.Time, exists bool) {
	// No zone changes twice within two days, so one of the offsets of the day
	// before and the day after holds. The larger offset is the earlier instant.
	_, before := wall.Add(-24 * time.Hour).In(zone).Zone()
	_, after := wall.Add(24 * time.Hour).In(zone).Zone()
	for _, offset := range []int{max(before, after), min(before, after)} {
		t = wall.Add(-time.Duration(offset) * time.Second).In(zone)
		if _, actual := t.Zone(); actual == offset {
			return t, true
		}
	}
	return t, false
}
