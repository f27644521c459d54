package change

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"ratefit/analyze"
	"ratefit/expect"
)

// compare fills in the rows. What stands alone cannot be compared: the other side
// may not have sent the class.
func (p *Pair) compare(before, after *analyze.Analysis, t expect.Tolerance) {
	p.Rows, p.Answer = []Row{}, Unclear
	if p.Before == nil || p.After == nil {
		return
	}
	a, b := &before.Limits[*p.Before], &after.Limits[*p.After]
	p.Rows = append(p.Rows, verdict(a, b), model(a, b))
	if a.SustainedRate != nil || b.SustainedRate != nil {
		p.Rows = append(p.Rows, number("rate", a, b, t, func(l *analyze.Limit) *analyze.Interval { return l.SustainedRate }))
	}
	if a.Burst != nil || b.Burst != nil {
		p.Rows = append(p.Rows, number("burst", a, b, t, func(l *analyze.Limit) *analyze.Interval { return l.Burst }))
	}
	p.Rows = append(p.Rows, params(a, b, t)...)
	p.Rows = append(p.Rows, headers(a, b)...)
	if a.Prediction != nil || b.Prediction != nil {
		p.Rows = append(p.Rows, Row{About: "foretold", Before: foretold(a), After: foretold(b), Answer: Noted})
	}
	var all []Answer
	for _, r := range p.Rows {
		all = append(all, r.Answer)
	}
	p.Answer = sum(all)
}

// sure reports that what is said of a limiter is said for certain.
func sure(l *analyze.Limit) bool { return l.Verdict == analyze.Identified }

// verdict compares how much is known. A limiter on one side and none on the other is
// a change only if the other side sent more than the limiter would let through.
func verdict(a, b *analyze.Limit) Row {
	r := Row{About: "verdict", Before: word(string(a.Verdict)), After: word(string(b.Verdict)), Answer: Unclear}
	settled := func(l *analyze.Limit) bool { return sure(l) || l.Verdict == analyze.Unlimited }
	switch {
	case a.Verdict == b.Verdict && settled(a):
		r.Answer = Same
	case sure(a) && b.Verdict == analyze.Unlimited && exceeds(b, a), sure(b) && a.Verdict == analyze.Unlimited && exceeds(a, b):
		r.Answer = Changed
	}
	return r
}

// exceeds reports that one client was admitted more in one second than a limiter
// lets through, whatever its model: windows may end in it.
func exceeds(free, limited *analyze.Limit) bool {
	rate, burst := limited.SustainedRate, limited.Burst
	return rate != nil && burst != nil && rate.High != nil && burst.High != nil && float64(free.Busiest) > *rate.High+2**burst.High
}

// model compares the limiters' names, modifiers included.
func model(a, b *analyze.Limit) Row {
	r := Row{About: "model", Before: word(strings.Join(names(a), " or ")), After: word(strings.Join(names(b), " or ")), Answer: Unclear}
	known := func(l *analyze.Limit) bool { return sure(l) || len(l.Possible) > 0 }
	switch {
	case a.Verdict == analyze.Unlimited && b.Verdict == analyze.Unlimited:
		r.Answer = Same
	case sure(a) && sure(b):
		r.Answer = words(r.Before.Text, r.After.Text)
	case known(a) && known(b) && !slices.ContainsFunc(names(a), func(n string) bool { return slices.Contains(names(b), n) }):
		r.Answer = Changed
	}
	return r
}

// names are the models that a limiter can be.
func names(l *analyze.Limit) []string {
	full := func(model string, modifiers []string) string {
		modifiers = slices.Sorted(slices.Values(modifiers))
		return strings.Join(append([]string{model}, modifiers...), "+")
	}
	switch {
	case l.Verdict == analyze.Unlimited:
		return []string{"unlimited"}
	case sure(l):
		return []string{full(l.Model, l.Modifiers)}
	case len(l.Possible) == 0:
		return slices.Clone(l.Survivors)
	}
	var out []string
	for _, p := range l.Possible {
		if n := full(p.Model, p.Modifiers); !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// number compares an interval that both limiters have.
func number(about string, a, b *analyze.Limit, t expect.Tolerance, of func(*analyze.Limit) *analyze.Interval) Row {
	r := Row{About: about}
	if x := of(a); x != nil && sure(a) {
		r.Before = analyze.Parameter{Interval: *x}
	}
	if x := of(b); x != nil && sure(b) {
		r.After = analyze.Parameter{Interval: *x}
	}
	r.Answer = Unclear
	if sure(a) && sure(b) && of(a) != nil && of(b) != nil {
		r.Answer, r.Within = intervals(of(a), of(b), t)
	}
	return r
}

// intervals compares all that is possible before with all that is possible after.
func intervals(a, b *analyze.Interval, t expect.Tolerance) (answer Answer, within *float64) {
	apart := func(x, y *analyze.Interval) bool {
		return x.High != nil && y.Low != nil && *x.High < *y.Low-1e-9*max(*y.Low, -*y.Low)
	}
	if apart(a, b) || apart(b, a) {
		return Changed, nil
	}
	if a.Low == nil || a.High == nil || b.Low == nil || b.High == nil {
		return Unclear, nil
	}
	low, high := min(*a.Low, *b.Low), max(*a.High, *b.High)
	if !(low > 0) && high > low {
		return Unclear, nil
	}
	share := 0.0
	if high > low {
		share = high/low - 1
	}
	if share <= float64(t)+1e-12 {
		return Same, &share
	}
	return Unclear, &share
}

// foretold says how many of the hits that the fit had not seen were foretold.
func foretold(l *analyze.Limit) analyze.Parameter {
	if l.Prediction == nil || l.Prediction.Hits == 0 {
		return analyze.Parameter{}
	}
	return word(fmt.Sprintf("%d of %d", l.Prediction.Correct, l.Prediction.Hits))
}

// measuredOnly are parameters that say how a measurement went.
var measuredOnly = []string{"initial_deficit", "clock_grain_s"}

// params compares the parameters of limiters of one model.
func params(a, b *analyze.Limit, t expect.Tolerance) []Row {
	if !sure(a) || !sure(b) || a.Model != b.Model {
		return nil
	}
	all := maps.Clone(a.Params)
	if all == nil {
		all = map[string]analyze.Parameter{}
	}
	maps.Copy(all, b.Params)
	var rows []Row
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if slices.Contains(measuredOnly, name) {
			continue
		}
		x, before := a.Params[name]
		y, after := b.Params[name]
		r := Row{About: "param." + name, Before: x, After: y, Answer: Unclear}
		switch {
		case !before || !after:
		case x.Text != "" && y.Text != "":
			r.Answer = words(x.Text, y.Text)
		case x.Text == "" && y.Text == "":
			r.Answer, r.Within = intervals(&x.Interval, &y.Interval, t)
		}
		rows = append(rows, r)
	}
	return rows
}

// headers compares whether the headers are true.
func headers(a, b *analyze.Limit) []Row {
	var rows []Row
	if x, y := agreement(a), agreement(b); x != "" || y != "" {
		r := Row{About: "headers", Before: word(x), After: word(y), Answer: Unclear}
		if x != "" && y != "" {
			r.Answer = words(x, y)
		}
		rows = append(rows, r)
	}
	for _, id := range checks(a, b) {
		x, y := checked(a, id), checked(b, id)
		r := Row{About: "header." + id, Before: word(x), After: word(y), Answer: Unclear}
		if x != "" && y != "" {
			r.Answer = words(x, y)
		}
		rows = append(rows, r)
	}
	return rows
}

func agreement(l *analyze.Limit) string {
	switch {
	case l.Declared == nil || l.Declared.Agrees == nil:
		return ""
	case *l.Declared.Agrees:
		return "true"
	}
	return "untrue"
}

// checks lists the checks of either side, in their order.
func checks(limits ...*analyze.Limit) []string {
	var ids []string
	for _, l := range limits {
		for _, c := range l.HeaderChecks {
			if !slices.Contains(ids, c.ID) {
				ids = append(ids, c.ID)
			}
		}
	}
	return ids
}

func checked(l *analyze.Limit, id string) string {
	for _, c := range l.HeaderChecks {
		if c.ID == id && !c.Holds {
			return "does not hold"
		}
	}
	if slices.ContainsFunc(l.HeaderChecks, func(c analyze.HeaderCheck) bool { return c.ID == id }) {
		return "holds"
	}
	return ""
}
