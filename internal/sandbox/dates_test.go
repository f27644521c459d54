package sandbox

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the zones, whatever the system has

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// What a date and time means in a zone, in three of them with their changes of
// 2026, and in two odd ones.
func TestDates(t *testing.T) {
	const no = "no such time"
	for _, test := range []struct{ zone, text, want string }{
		{"UTC", "2015-01-31T14:30", "2015-01-31T14:30:00Z"},
		{"UTC", "2015-01-31T14:30:15", "2015-01-31T14:30:15Z"},
		{"UTC", "2015-01-31T14:30Z", "2015-01-31T14:30:00Z"},
		{"UTC", "2015-01-31T14:30:15.25+02:00", "2015-01-31T12:30:15Z"},
		{"America/New_York", "2015-01-31T14:30", "2015-01-31T19:30:00Z"},
		{"America/New_York", "2015-07-31T14:30", "2015-07-31T18:30:00Z"},
		{"America/New_York", "2015-07-31T14:30Z", "2015-07-31T14:30:00Z"},
		{"America/New_York", "2015-07-31T14:30-07:00", "2015-07-31T21:30:00Z"},
		{"America/New_York", "2026-03-08T01:59", "2026-03-08T06:59:00Z"}, // forward at 2
		{"America/New_York", "2026-03-08T02:00", no},
		{"America/New_York", "2026-03-08T02:59:59", no},
		{"America/New_York", "2026-03-08T03:00", "2026-03-08T07:00:00Z"},
		{"America/New_York", "2026-11-01T00:59", "2026-11-01T04:59:00Z"}, // back at 2
		{"America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00Z"}, // the first of two
		{"America/New_York", "2026-11-01T01:30-05:00", "2026-11-01T06:30:00Z"},
		{"America/New_York", "2026-11-01T02:00", "2026-11-01T07:00:00Z"},
		{"Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59:00Z"}, // forward at 2
		{"Europe/Berlin", "2026-03-29T02:30", no},
		{"Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00:00Z"},
		{"Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z"}, // back at 3: the first of two
		{"Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00:00Z"},
		{"Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z"}, // back by half an hour at 2
		{"Australia/Lord_Howe", "2026-10-04T02:15", no},                     // forward by half an hour
		{"Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30:00Z"},
		{"Pacific/Apia", "2011-12-30T12:00", no}, // a day that was left out
		{"Pacific/Apia", "2011-12-29T23:59", "2011-12-30T09:59:00Z"},
		{"Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00:00Z"},
		{"UTC", "2015-02-31T14:30", ""},
		{"UTC", "2015-01-31", ""},
		{"UTC", "2015-01-31T24:00", ""},
		{"UTC", "2015-01-31 14:30", ""},
		{"UTC", "", ""},
		{"America/New_York", "9999-12-31T23:59", ""}, // no year of four digits in UTC
		{"Europe/Berlin", "0001-01-01T00:00", ""},
		{"UTC", "0000-01-01T00:00+01:00", ""},
	} {
		instant, well, exists := parseInstant(test.text, zone(t, test.zone))
		got := ""
		switch {
		case well && exists:
			got = utc(instant)
		case well:
			got = no
		}
		if got != test.want {
			t.Errorf("%s in %s: %q, want %q", test.text, test.zone, got, test.want)
		}
	}
}

// Whatever instant clocks show is read back as that instant, or as the first of
// those at which they show the same.
func TestDatesThereAndBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		z, err := time.LoadLocation(rapid.SampledFrom([]string{
			"UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Apia", "Australia/Lord_Howe", "Africa/Casablanca",
		}).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		at := time.Unix(rapid.Int64Range(0, 2_000_000_000).Draw(t, "at"), 0).In(z)
		const layout = "2006-01-02T15:04:05"
		got, well, exists := parseInstant(at.Format(layout), z)
		if !well || !exists || got.Format(layout) != at.Format(layout) || got.After(at) {
			t.Fatalf("%v is read as %v (%v, %v)", at, got, well, exists)
		}
		if earlier := got.Add(-time.Hour).In(z); earlier.Format(layout) == got.Format(layout) {
			t.Fatalf("%v shows the same as the earlier %v", got, earlier)
		}
	})
}

// In and out through a socket: tenants in three zones, before and after clocks
// are put forward.
func TestDatesOverHTTP(t *testing.T) {
	for _, test := range []struct {
		zone, date  string
		first, last string // spots
		in, out     string // of a booking; out "" = refused
	}{
		{"UTC", "2015-01-31", "2015-01-31T08:00:00Z", "2015-01-31T18:00:00Z", "2015-01-31T14:30", "2015-01-31T14:30:00Z"},
		{"America/New_York", "2026-03-07", "2026-03-07T13:00:00Z", "2026-03-07T23:00:00Z", "2026-03-07T14:30", "2026-03-07T19:30:00Z"},
		{"America/New_York", "2026-03-08", "2026-03-08T12:00:00Z", "2026-03-08T22:00:00Z", "2026-03-08T02:30", ""},
		{"America/New_York", "2026-03-08", "2026-03-08T12:00:00Z", "2026-03-08T22:00:00Z", "2026-03-08T14:30", "2026-03-08T18:30:00Z"},
		{"Europe/Berlin", "2026-10-24", "2026-10-24T06:00:00Z", "2026-10-24T16:00:00Z", "2026-10-24T14:30+00:00", "2026-10-24T14:30:00Z"},
		{"Europe/Berlin", "2026-10-25", "2026-10-25T07:00:00Z", "2026-10-25T17:00:00Z", "2026-10-25T14:30", "2026-10-25T13:30:00Z"},
		{"Pacific/Apia", "2011-12-30", "", "", "2011-12-30T14:30", ""},
	} {
		run := start(t, Options{Zone: zone(t, test.zone)})
		c := clientFrom(t, "127.0.0.1")
		bearer, _ := signIn(t, c, run.URL)
		auth := http.Header{"Authorization": {"Bearer " + bearer}}
		var spots struct{ Spots []string }
		got := do(t, c, "GET", run.URL+"/spots?date="+test.date, "", auth)
		if err := json.Unmarshal([]byte(got.body), &spots); err != nil || got.status != 200 {
			t.Errorf("spots of %s in %s: %+v", test.date, test.zone, got)
		}
		if n := len(spots.Spots); n == 0 && test.first != "" || n > 0 && (n != 21 || spots.Spots[0] != test.first || spots.Spots[20] != test.last) {
			t.Errorf("spots of %s in %s: %v", test.date, test.zone, spots.Spots)
		}
		write := with(auth, "Content-Type", "application/json")
		got = do(t, c, "POST", run.URL+WritePath, strings.Replace(WriteBody, "2015-01-31T14:30", test.in, 1), write)
		if test.out == "" {
			if got.status != 422 || got.body != unprocessable("service_date", "There is no such time in the tenant's zone") {
				t.Errorf("%s in %s: %+v", test.in, test.zone, got)
			}
			continue
		}
		var made booking
		if err := json.Unmarshal([]byte(got.body), &made); err != nil || got.status != 201 || made.Date != test.out {
			t.Errorf("%s in %s: %+v, want %s", test.in, test.zone, got, test.out)
		}
	}
}

// Every spot can be booked, and nothing else.
func TestSpotsCanBeBooked(t *testing.T) {
	z := zone(t, "Europe/Berlin")
	day := time.Date(2026, 3, 29, 0, 0, 0, 0, time.UTC)
	spots := spotsOf(day, z)
	for at := range 96 {
		quarter := time.Duration(at) * 15 * time.Minute
		instant, exists := local(day.Add(quarter), z)
		want := exists && slices.ContainsFunc(spots, instant.Equal)
		if isSpot(instant, z) != want || want != (quarter >= opening && quarter <= closing && quarter%spacing == 0) {
			t.Errorf("%v after midnight: %v", quarter, instant)
		}
	}
}
