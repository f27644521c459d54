package reports

import (
	"cmp"
	"slices"
	"time"

	"ratefit/internal/replay"
)

// tables lists what is shown in columns.
func (v replayView) tables() []replayTable {
	out := v.smallest()
	if v.first == nil || v.first.Refused == 0 {
		return out
	}
	o := v.first
	if len(o.Classes) > 1 {
		t := replayTable{"by class", [][]string{{"", "requests", "refused", "share"}}}
		for _, c := range o.Classes {
			t.cells = append(t.cells, []string{printable(c.Class), count(c.Requests), count(c.Refused), share(c.Refused, max(1, c.Requests))})
		}
		out = append(out, t)
	}
	t := replayTable{"clients that are refused most", [][]string{{"", "requests", "refused", "share", "in a row", "first"}}}
	for _, c := range o.Worst {
		t.cells = append(t.cells, []string{clientLabel(c.Client), count(c.Requests), count(c.Refused), share(c.Refused, c.Requests), count(c.Streak), moment(c.First)})
	}
	out = append(out, t)
	title := "minutes in which most is refused"
	if o.Bin > 60 {
		title = "times of " + seconds(o.Bin) + " in which most is refused"
	}
	t = replayTable{title, [][]string{{"", "requests", "refused", "share"}}}
	for _, b := range o.Minutes {
		t.cells = append(t.cells, []string{minuteText(b.Start), count(b.Requests), count(b.Refused), share(b.Refused, b.Requests)})
	}
	return append(out, t)
}

// clientLabel shows a client, and that there is none.
func clientLabel(s string) string {
	if s == "" {
		return "(unknown)"
	}
	const longest = 40
	s = printable(s)
	if columns(s) > longest {
		s, _ = cut(s, longest-1)
		s += "…"
	}
	return s
}

func minuteText(t time.Time) string { return t.UTC().Format("2006-01-02 15:04Z") }

// A frontStep is the smallest limits at one value of the first column, one for each
// supposition about instants.
type frontStep struct {
	burst  float64
	points []*replay.Point // nil: none
}

// smallest shows what was searched for: suppositions beside each other.
func (v replayView) smallest() []replayTable {
	var out []replayTable
	for from := 0; from < len(v.Smallest); {
		to := from + 1
		for to < len(v.Smallest) && v.Smallest[to].Instants != v.Smallest[from].Instants {
			to++
		}
		out = append(out, frontTable(v.Smallest[from:to]))
		from = to
	}
	return out
}

// frontTable shows the smallest limits of one model.
func frontTable(group []replay.Smallest) replayTable {
	first := &group[0]
	t := replayTable{title: "the smallest " + modelTitle(first.Model)}
	if first.Class != "" {
		t.title += " for " + printable(first.Class)
	}
	t.title += " that keeps this"
	two := len(first.Free) == 2
	if two {
		t.title = "the least rate for each burst" + t.title[len("the smallest "+modelTitle(first.Model)):]
	}
	head := []string{""}
	for i := range group {
		if group[i].Instants != replay.AsRecorded {
			head = append(head, string(group[i].Instants)+":")
		} else {
			head = append(head, "")
		}
		head = append(head, "refused", "clients")
	}
	t.cells = [][]string{head}
	for _, s := range steps(group) {
		label := first.Free[0]
		if two {
			label = "burst " + number(s.burst)
		}
		cells := []string{label}
		for i, p := range s.points {
			if p == nil {
				cells = append(cells, "none", "–", "–")
				continue
			}
			cells = append(cells, freeText(first, p), share(p.Refused, group[i].Requests), count(p.Affected))
		}
		t.cells = append(t.cells, cells)
	}
	return t
}

// freeText formats the value that was searched for; of two, the rate.
func freeText(s *replay.Smallest, p *replay.Point) string {
	if r, ok := p.Params["rate"]; ok {
		if r <= replay.LeastRate {
			return "any"
		}
		return replay.RateText(r)
	}
	for _, v := range p.Params {
		return number(v)
	}
	return ""
}

// steps puts points of the same burst side by side.
func steps(group []replay.Smallest) []frontStep {
	var out []frontStep
	at := map[float64]int{}
	for i := range group {
		for k := range group[i].Points {
			p := &group[i].Points[k]
			burst := 0.0
			if len(group[i].Free) == 2 {
				burst = p.Params["burst"]
			}
			n, ok := at[burst]
			if !ok {
				n = len(out)
				at[burst] = n
				out = append(out, frontStep{burst, make([]*replay.Point, len(group))})
			}
			out[n].points[i] = p
		}
	}
	if len(out) == 0 {
		out = []frontStep{{0, make([]*replay.Point, len(group))}}
	}
	slices.SortFunc(out, func(a, b frontStep) int { return cmp.Compare(a.burst, b.burst) })
	return out
}
