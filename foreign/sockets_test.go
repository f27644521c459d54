package foreign

import (
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"testing"

	"ratefit/foreign/measure"
)

// The profiles of these tests: see what they ask in testdata.
const (
	brisk   = "testdata/brisk.yaml"
	patient = "testdata/patient.yaml"
)

// TestSockets measures each library with the whole tool: a server and a client
// on loopback, from two addresses, reads and writes at the same time.
func TestSockets(t *testing.T) {
	redis, _ := redisRate(t)
	cases := []struct {
		library
		profile     string
		read, write setting
	}{
		{library{"x/time/rate", xTime}, brisk, setting{200, 100}, setting{20, 25}},
		{library{"throttled", gcra}, brisk, setting{60, 21}, setting{2.5, 6}},
		{redis, patient, setting{3, 30}, setting{6, 12}},
		{library{"tollbooth", middleware}, brisk, setting{120, 60}, setting{8, 8}},
		{library{"cockroachdb", cockroach}, brisk, setting{90, 2}, setting{15, 30}},
	}
	var rows table
	for _, c := range cases {
		handler := split(c.limit(t, c.read.rate, c.read.burst, api), c.limit(t, c.write.rate, c.write.burst, api))
		server := httptest.NewServer(handler)
		rows.measure(t, c.name, server.URL+"/", c.profile, [2]setting{c.read, c.write})
		server.Close()
	}
	rows.log(t)
}

// measure runs ratefit on a URL and checks what it says.
func (rows *table) measure(t *testing.T, name, url, profile string, want [2]setting) {
	t.Helper()
	r, err := measure.URL(t.Context(), url, filepath.Join(t.ArtifactDir(), strconv.Itoa(len(rows.lines))), profile)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	rows.add(t, name, want, r.Analysis)
	if r.Code != 0 && r.Code != 3 { // see add
		t.Errorf("%s: exit code %d: %s", name, r.Code, r.Said)
	}
}
