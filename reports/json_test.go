package reports

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"ratefit/analyze"
)

func compiled(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	b, ok := Schema(name)
	if !ok {
		t.Fatalf("no schema %q", name)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(name+".json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(t *testing.T, s *jsonschema.Schema, document []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

func marshalled(t *testing.T, a *analyze.Analysis) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := JSON(&b, a); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestJSON(t *testing.T) {
	schema := compiled(t, "analysis")
	for name, a := range fixtures() {
		t.Run(name, func(t *testing.T) {
			got := marshalled(t, a)
			golden(t, "json/"+name+".json", got)
			if err := validate(t, schema, got); err != nil {
				t.Error(err)
			}
		})
	}
}

// Reading a document back gives the analysis that it was made from, but for
// empty lists in place of nil ones.
func TestJSONRoundTrip(t *testing.T) {
	for name, a := range fixtures() {
		if name == "hostile" {
			continue // holds a byte that is not UTF-8, which JSON replaces
		}
		var back analyze.Analysis
		if err := json.Unmarshal(marshalled(t, a), &back); err != nil {
			t.Fatal(name, err)
		}
		if !reflect.DeepEqual(&back, filled(a)) {
			t.Errorf("%s: read back\n%+v, want\n%+v", name, back, filled(a))
		}
	}
}

func TestJSONLeavesItsInputAlone(t *testing.T) {
	a := nothingClaimed()
	want := nothingClaimed()
	marshalled(t, a)
	if !reflect.DeepEqual(a, want) {
		t.Error("the analysis was changed")
	}
}

func TestJSONFillsEmpty(t *testing.T) {
	got := string(marshalled(t, &analyze.Analysis{Limits: []analyze.Limit{{Class: "read", Declared: &analyze.Declared{}}}}))
	for _, want := range []string{
		`"sources": []`, `"survivors": []`, `"params": {}`, `"modifiers": []`, `"alternatives": []`,
		`"limited_statuses": {}`, `"warnings": []`, `"policies": []`, `"findings": []`, `"quota": null`,
		`"credential": "untested"`, `"schema": "ratefit/analysis/v1"`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in %s", want, got)
		}
	}
	if strings.Contains(string(marshalled(t, &analyze.Analysis{})), `"limits": null`) {
		t.Error("limits is null")
	}
}

func TestJSONNamesTheNumberThatIsNotFinite(t *testing.T) {
	for _, c := range []struct {
		spoil func(a *analyze.Analysis)
		want  string
	}{
		{func(a *analyze.Analysis) { a.Duration = math.NaN() }, "duration_s is NaN"},
		{func(a *analyze.Analysis) { a.Sent.AskedRate = math.Inf(1) }, "sent.asked_rate is +Inf"},
		{func(a *analyze.Analysis) { a.Limits[1].Burst = atLeastIs(math.Inf(-1)) }, "limits[1].burst.value is -Inf"},
		{func(a *analyze.Analysis) { a.Limits[0].SustainedRate = between(1, 1, math.Inf(1)) }, "limits[0].sustained_rate.high is +Inf"},
		{func(a *analyze.Analysis) {
			a.Limits[0].Params = map[string]analyze.Parameter{"window_s": {Interval: analyze.Interval{Value: math.NaN()}}}
		}, "limits[0].params.window_s.value is NaN"},
		{func(a *analyze.Analysis) { a.Limits[0].Declared.Policies[0].Limit = new(math.NaN()) }, "limits[0].declared.policies[0].limit is NaN"},
		{func(a *analyze.Analysis) { a.Limits[0].Region[2].BurstHigh = new(math.Inf(1)) }, "limits[0].region[2].burst_high is +Inf"},
		{func(a *analyze.Analysis) {
			a.Limits[0].Alternatives = []analyze.Alternative{{First: &analyze.Witness{At: math.NaN()}}}
		}, "limits[0].alternatives[0].first.at_s is NaN"},
	} {
		a := analysis(readLimit(), writeLimit())
		c.spoil(a)
		var b bytes.Buffer
		err := JSON(&b, a)
		if err == nil || !strings.HasPrefix(err.Error(), c.want+":") {
			t.Errorf("error %v, want %q", err, c.want)
		}
		if b.Len() > 0 {
			t.Errorf("%s: wrote %d bytes", c.want, b.Len())
		}
		if err := Text(&b, a, TextOptions{}); err == nil {
			t.Errorf("%s: text says nothing", c.want)
		}
	}
}

// The schema must refuse what is not the contract, and allow additions.
func TestAnalysisSchemaIsStrict(t *testing.T) {
	schema := compiled(t, "analysis")
	good := string(marshalled(t, contradicted()))
	for _, c := range []struct {
		name, old, new string
		valid          bool
	}{
		{"as it is", "{", "{", true},
		{"an addition at the top", "{", `{"more": 1,`, true},
		{"an addition in a limit", `"class": "read",`, `"class": "read", "colour": "blue",`, true},
		{"a new verdict", `"contradicted"`, `"guessed"`, false},
		{"a new model", `"model": "fixed-window"`, `"model": "fixed-windows"`, false},
		{"a new scope word", `"separate"`, `"split"`, false},
		{"a new outcome", `"expected": "limited"`, `"expected": "refused"`, false},
		{"a renamed member", `"sustained_rate": {`, `"sustained_rate": {"val": 1},"rate": {`, false},
		{"a missing member", `"survivors": [],`, ``, false},
		{"a rate as text", `"value": 2.00005`, `"value": "2.00005"`, false},
		{"a negative count", `"unknown": 0`, `"unknown": -1`, false},
		{"a fraction of a hit", `"hits": 120`, `"hits": 120.5`, false},
		{"a null list", `"modifiers": []`, `"modifiers": null`, false},
		{"another schema", `"ratefit/analysis/v1"`, `"ratefit/analysis/v2"`, false},
		{"a time that is none", `"2026-01-02T03:04:05Z"`, `"yesterday"`, false},
	} {
		changed := strings.Replace(good, c.old, c.new, 1)
		if c.old != c.new && changed == good {
			t.Fatalf("%s: %q not found", c.name, c.old)
		}
		if err := validate(t, schema, []byte(changed)); (err == nil) != c.valid {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func manifest() *Manifest {
	return &Manifest{
		Version: "v0.1.0", GoVersion: "go1.26.0", OS: "linux", Arch: "amd64", Target: "http://127.0.0.1:8080/",
		Sources: []string{"127.0.0.2", "127.0.0.3"},
		Classes: []ManifestClass{{Name: "read", Method: "GET", Path: "/v1/bookings"}, {Name: "write", Method: "POST", Path: "/v1/bookings"}},
		Profile: ManifestProfile{Name: "survey", YAML: "name: survey\n"},
		Plan:    ManifestPlan{Requests: 5808, PeakRate: 1100, Duration: 32},
		Flags:   map[string]string{"header": "Authorization: …"},
		Started: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), Ended: time.Date(2026, 1, 2, 3, 4, 37, 0, time.UTC),
		EndReason: "done", WallDrift: -0.0002, ClockResolution: 41, Files: []string{"trace.gz", "analysis.json"},
	}
}

func TestManifest(t *testing.T) {
	schema := compiled(t, "manifest")
	for name, m := range map[string]*Manifest{"manifest": manifest(), "manifest-empty": {}} {
		var b bytes.Buffer
		if err := WriteManifest(&b, m); err != nil {
			t.Fatal(err)
		}
		golden(t, "json/"+name+".json", b.Bytes())
		if err := validate(t, schema, b.Bytes()); err != nil {
			t.Error(name, err)
		}
		if bad := strings.Replace(b.String(), `"exit_code": 0`, `"exit_code": 7`, 1); validate(t, schema, []byte(bad)) == nil {
			t.Errorf("%s: exit code 7 is accepted", name)
		}
	}
	m := manifest()
	m.Plan.PeakRate = math.Inf(1)
	if err := WriteManifest(&bytes.Buffer{}, m); err == nil || !strings.HasPrefix(err.Error(), "plan.peak_rate is +Inf") {
		t.Errorf("infinite peak rate: %v", err)
	}
}

func TestSchemaNames(t *testing.T) {
	for _, name := range SchemaNames() {
		compiled(t, name)
	}
	for _, name := range []string{"", "trace", "../schema/analysis", "analysis.schema.json"} {
		if _, ok := Schema(name); ok {
			t.Errorf("a schema %q", name)
		}
	}
}
