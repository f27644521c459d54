package declared

import (
	"encoding/json"
	"reflect"
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

	var again []Policy
	if err := json.Unmarshal(got, &again); err != nil || !reflect.DeepEqual(again, c.Policies) {
		t.Errorf("%v: read back as %+v", err, again)
	}
	for _, bad := range []string{`[{"decided":{"reset":"luck"}}]`, `[{"decided":{"reset_encoding":"weeks"}}]`} {
		if err := json.Unmarshal([]byte(bad), &again); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
	for b := range bases {
		if Basis(b).String() != bases[b] || b > int(ByUser) {
			t.Errorf("basis %d is %q", b, Basis(b))
		}
	}
	if len(encodings) != int(Constant)+1 || encodings[Constant] != "constant" || bases[ByUser] != "user" {
		t.Error("words and constants differ in number")
	}
}
