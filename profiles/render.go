package profiles

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// YAML writes the profile out in full: every class with its own phases, names
// and seeds. [Load] reads it back as the same profile.
func (p *Profile) YAML() string {
	var b strings.Builder
	fmt.Fprintf(&b, "name: %s\n", strconv.Quote(p.Name))
	if p.About != "" {
		fmt.Fprintf(&b, "about: %s\n", strconv.Quote(p.About))
	}
	if p.Stagger > 0 {
		fmt.Fprintf(&b, "stagger: %s\n", p.Stagger)
	}
	renderHeaders(&b, p.Headers)
	renderExpect(&b, p.Expect)
	b.WriteString("classes:\n")
	for _, c := range p.Classes {
		fmt.Fprintf(&b, "  %s:\n", strconv.Quote(c.Name))
		if c.Request != "" {
			fmt.Fprintf(&b, "    request: %s\n", strconv.Quote(c.Request))
		}
		b.WriteString("    phases:\n")
		for i := range c.Phases {
			c.Phases[i].render(&b)
		}
	}
	return b.String()
}

func (p *Phase) render(b *strings.Builder) {
	fmt.Fprintf(b, "      - name: %s\n        kind: %s\n", strconv.Quote(p.Name), p.Kind)
	random := p.Spacing == Jittered || p.Kind == Poisson
	values := map[string]string{
		"hits": strconv.Itoa(p.Hits), "workers": strconv.Itoa(p.Workers), "rate": p.Rate.String(), "from": p.From.String(), "to": p.To.String(),
		"duration": p.Duration.String(), "steps": renderSteps(p.Steps), "at": renderInstants(p.At),
	}
	if p.Over > 0 {
		values["over"] = p.Over.String()
	}
	if p.Spacing == Jittered {
		values["spacing"] = string(Jittered)
	}
	if random {
		values["seed"] = strconv.FormatUint(p.Seed, 10)
	}
	if p.Kind == Replay && p.Duration == 0 {
		delete(values, "duration")
	}
	if p.Kind == Saturate && p.Hits == 0 {
		delete(values, "hits")
	}
	for _, name := range fieldsOf(p.Kind) {
		if value, ok := values[name]; ok {
			fmt.Fprintf(b, "        %s: %s\n", name, value)
		}
	}
}

func renderSteps(steps []Step) string {
	var items []string
	for _, s := range steps {
		items = append(items, fmt.Sprintf("{rate: %s, duration: %s}", s.Rate, s.Duration))
	}
	return "[" + strings.Join(items, ", ") + "]"
}

// renderInstants joins equal instants.
func renderInstants(at []time.Duration) string {
	var items []string
	for len(at) > 0 {
		same := slices.IndexFunc(at, func(d time.Duration) bool { return d != at[0] })
		if same < 0 {
			same = len(at)
		}
		item := at[0].String()
		if same > 1 {
			item = fmt.Sprintf("{at: %s, hits: %d}", at[0], same)
		}
		items = append(items, item)
		at = at[same:]
	}
	return "[" + strings.Join(items, ", ") + "]"
}
