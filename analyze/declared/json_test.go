package declared

import (
	"encoding/json"
	"testing"
)

func TestPolicyJSON(t *testing.T) {
	c := Read(headers("X-RateLimit-Limit-Minute: 10", "X-RateLimit-Reset-Minute: 1785585660", "Date: "+noon), 200)
	got, err := json.Marshal(c.Policies)
	const want = `[{"class":"all","policy":"minute","unit":"requests","limit":10,"window_s":60,"rate_per_s":null,"burst":null,"used":null,` +
		`"remaining":null,"reset_in_s":60,"decided":{"window":"name","reset":"date","reset_encoding":"epoch_s"}}]`
	if err != nil || string(got) != want {
		t.Errorf("%v\n got %s\nwant %s", err, got, want)
	}
}
