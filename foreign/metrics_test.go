package foreign

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// Prometheus' own parser reads every metrics file that the reports are tested with,
// and finds each sample once.
func TestPrometheusReadsMetrics(t *testing.T) {
	files, err := filepath.Glob("../reports/testdata/gate/*.prom")
	if err != nil || len(files) < 15 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		p := expfmt.NewTextParser(model.LegacyValidation)
		families, err := p.TextToMetricFamilies(f)
		f.Close()
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		seen := map[string]bool{}
		for name, family := range families {
			if family.GetType() != dto.MetricType_GAUGE || family.GetHelp() == "" || !strings.HasPrefix(name, "ratefit_") {
				t.Errorf("%s: %s is %v, %q", file, name, family.GetType(), family.GetHelp())
			}
			for _, m := range family.Metric {
				key := name
				for _, l := range m.Label {
					key += " " + l.GetName() + "=" + l.GetValue()
				}
				if v := m.GetGauge().GetValue(); seen[key] || math.IsNaN(v) || math.IsInf(v, 0) {
					t.Errorf("%s: %s is %v, or is there twice", file, key, v)
				}
				seen[key] = true
			}
		}
		if families["ratefit_run_complete"] == nil || families["ratefit_expectation"] == nil {
			t.Errorf("%s: %d metrics", file, len(families))
		}
	}
	if rate := value(t, "held", "ratefit_sustained_rate_high"); rate != 2.0003 {
		t.Errorf("the rate of reads is at most %v", rate)
	}
}

// value is the first sample of a metric.
func value(t *testing.T, file, metric string) float64 {
	t.Helper()
	f, err := os.Open("../reports/testdata/gate/" + file + ".prom")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p := expfmt.NewTextParser(model.LegacyValidation)
	families, err := p.TextToMetricFamilies(f)
	if err != nil || families[metric] == nil {
		t.Fatal(metric, err)
	}
	return families[metric].Metric[0].GetGauge().GetValue()
}
