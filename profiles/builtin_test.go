package profiles

import (
	"io/fs"
	"strings"
	"testing"
	"time"
)

func TestBuiltins(t *testing.T) {
	files, err := fs.Glob(files, "builtin/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	all := Builtins()
	if len(all) != len(files) || all[0].Name != Default {
		t.Errorf("%d built-in profiles in %d files, the first is %s", len(all), len(files), all[0].Name)
	}
	for _, p := range all {
		if same, ok := Builtin(p.Name); !ok || same.Name != p.Name {
			t.Errorf("%s is in a file of another name", p.Name)
		}
		if !strings.HasSuffix(p.About, "?") || p.About == "" {
			t.Errorf("%s is not about a question: %s", p.Name, p.About)
		}
		if len(p.Classes) != 2 || p.Classes[0].Name != "read" || p.Classes[1].Name != "write" {
			t.Errorf("%s is not for read and write alike", p.Name)
		}
		again, err := Load(strings.NewReader(p.Source()), "edited.yaml")
		if err != nil || again.YAML() != p.YAML() {
			t.Errorf("%s: its source loads as something else: %v", p.Name, err)
		}
		plan, err := p.Plan(1)
		if err != nil {
			t.Errorf("%s: %v", p.Name, err)
			continue
		}
		if plan.Duration > 20*time.Minute || plan.Requests > 20_000 {
			t.Errorf("%s is out of proportion: %v", p.Name, plan)
		}
	}
	if _, ok := Builtin("../builtin/survey"); ok {
		t.Error("finds what is not built in")
	}
}

// Whoever changes a built-in profile must not change it for others.
func TestBuiltinsAreCopies(t *testing.T) {
	p, _ := Builtin(Default)
	p.Classes[0].Phases[0].Hits = 99
	if q, _ := Builtin(Default); q.Classes[0].Phases[0].Hits == 99 {
		t.Error("all share one profile")
	}
}

// A run without a target must fit into 45 seconds, and a cautious first look
// must be cautious.
func TestBuiltinPromises(t *testing.T) {
	for name, most := range map[string]Plan{
		"survey": {Duration: 34 * s, Peak: 1000},
		"quick":  {Duration: 11 * s, Peak: 400},
		"gentle": {Duration: 45 * s, Peak: 20},
	} {
		p, _ := Builtin(name)
		plan, err := p.Plan(1)
		if err != nil || plan.Duration > most.Duration || plan.Peak > most.Peak {
			t.Errorf("%s: %v\n%v, want at most %v and %v in one second", name, err, plan, most.Duration, most.Peak)
		}
	}
}
