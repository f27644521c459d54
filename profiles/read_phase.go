package profiles

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"
)

// A draft is a phase as it was written.
type draft struct {
	Phase

	seedless bool // it needs a seed and has none
}

// phases reads a list of phases and names those without a name after their
// kind: hold, hold-2, hold-3.
func (r *reader) phases(f field) []draft {
	items, ok := r.sequence(f, "a list of phases")
	if !ok {
		return nil
	}
	if len(items) > MaxPhases {
		items = items[:MaxPhases+1] // the check tells
	}
	if len(items) == 0 {
		r.report(f.path, f.line, "must have at least one phase, is an empty list")
	}
	phases := make([]draft, len(items))
	taken := map[string]bool{}
	for i, item := range items {
		r.lines[item.path] = item.line
		phases[i] = r.phase(item)
		taken[phases[i].Name] = true
	}
	counts := map[Kind]int{}
	for i := range phases {
		ph := &phases[i].Phase
		if ph.Name != "" || r.bad[items[i].path+".name"] {
			continue
		}
		if fieldsOf(ph.Kind) == nil {
			r.bad[items[i].path+".name"] = true // it would follow from the kind
			continue
		}
		for ph.Name == "" || taken[ph.Name] {
			counts[ph.Kind]++
			ph.Name = string(ph.Kind)
			if n := counts[ph.Kind]; n > 1 {
				ph.Name += "-" + strconv.Itoa(n)
			}
		}
		taken[ph.Name] = true
	}
	return phases
}

// phase reads one phase. Fields of the wrong kind are told here, because a
// field that is written but zero is a mistake too.
func (r *reader) phase(f field) draft {
	var p draft
	fields, ok := r.mapping(f, "a mapping with a kind")
	if !ok {
		return p
	}
	if i := slices.IndexFunc(fields, func(g field) bool { return g.key == "kind" }); i >= 0 {
		s, ok := r.text(fields[i], "a kind of phase")
		if !ok {
			return p
		}
		p.Kind = Kind(s)
	}
	allowed := fieldsOf(p.Kind)
	if allowed == nil {
		r.report(join(f.path, "kind"), f.line, kindText(p.Kind))
		return p
	}
	var each *field
	written := map[string]bool{}
	for i, g := range fields {
		written[g.key] = true
		switch {
		case g.key == "kind":
		case g.key == "name":
			p.Name, ok = r.text(g, "a name")
			if ok && p.Name == "" {
				r.report(g.path, g.line, "is empty; leave it out or write a name")
			}
		case g.key == "each" && p.Kind == Steps:
			each = &fields[i]
		case slices.Contains(allowed, g.key):
			r.value(&p.Phase, g)
		default:
			r.report(g.path, g.line, r.strayText(g.key, p.Kind))
		}
	}
	if p.Kind == Steps {
		r.setEach(&p.Phase, each, f)
	}
	r.required(p.Kind, written, f)
	p.seedless = !written["seed"] && (p.Kind == Poisson || p.Spacing == Jittered)
	return p
}

// strayText tells a field that exists in other kinds from one that exists
// nowhere.
func (r *reader) strayText(key string, k Kind) string {
	for _, other := range Kinds() {
		if slices.Contains(fieldsOf(other), key) {
			return misplacedText(k)
		}
	}
	return unknownText(key, "a phase of kind "+string(k), append([]string{"kind", "name"}, fieldsOf(k)...))
}

// required reports fields without which a kind means nothing.
func (r *reader) required(k Kind, written map[string]bool, f field) {
	hints := map[string]string{
		"hits": wholeHint, "workers": wholeHint, "rate": rateHint, "from": rateHint, "to": rateHint, "duration": durationHint,
		"steps": "write rates such as [10/s, 20/s] with each: 5s", "at": "write instants such as [0s, 10ms, 1.5s]",
	}
	for _, name := range fieldsOf(k) {
		optional := k == Replay && name == "duration" || k == Saturate && name == "hits"
		if hint, ok := hints[name]; ok && !written[name] && !optional {
			r.report(join(f.path, name), f.line, "is missing; "+hint)
		}
	}
}

func (r *reader) value(p *Phase, f field) {
	switch f.key {
	case "hits":
		most := uint64(MaxListed)
		if p.Kind == Saturate {
			most = MaxHits
		}
		p.Hits = int(r.whole(f, 1, most))
	case "workers":
		p.Workers = int(r.whole(f, 1, MaxWorkers))
	case "seed":
		p.Seed = r.whole(f, 0, math.MaxUint64)
	case "over":
		p.Over = r.duration(f)
	case "duration":
		p.Duration = r.duration(f)
	case "rate":
		p.Rate = r.rate(f)
	case "from":
		p.From = r.rate(f)
	case "to":
		p.To = r.rate(f)
	case "spacing":
		s, _ := r.text(f, "even or jittered")
		p.Spacing = Spacing(s)
	case "steps":
		p.Steps = r.steps(f)
	case "at":
		p.At = r.instants(f)
	}
}

func (r *reader) rate(f field) Rate {
	s, ok := r.text(f, "a rate")
	if !ok {
		return 0
	}
	rate, err := ParseRate(s)
	if err != nil {
		r.report(f.path, f.line, err.Error())
	}
	return rate
}

func (r *reader) duration(f field) time.Duration {
	s, ok := r.text(f, "a duration")
	if !ok {
		return 0
	}
	d, err := time.ParseDuration(s)
	if err != nil {
		r.report(f.path, f.line, fmt.Sprintf("must be a duration, is %s; %s", quoted(s), durationHint))
	}
	return d
}

func (r *reader) whole(f field, least, most uint64) uint64 {
	s, ok := r.text(f, "a whole number")
	if !ok {
		return 0
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || n < least || n > most {
		r.report(f.path, f.line, fmt.Sprintf("must be a whole number from %d to %d, is %s", least, most, quoted(s)))
		return 0
	}
	return n
}
