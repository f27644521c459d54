package profiles

import (
	"fmt"
	"strings"
	"time"
)

// A Plan is what a profile will send, for people to agree to before anything
// is sent.
type Plan struct {
	Profile string
	Sources int
	Classes []ClassPlan

	Requests int           // all classes and sources together
	Stagger  time.Duration // as [Profile.Stagger]
	Duration time.Duration // until the last class is over
	Peak     float64       // most hits in any one second, all classes and sources together

	// Workers is how many, all classes and sources together, send as fast as
	// replies come; 0 = every hit has its planned instant. With workers,
	// Requests and Peak are bounds.
	Workers int
	Open    bool // the bound is only the one on every profile: none was named
}

// A ClassPlan is the part of one class, for one source.
type ClassPlan struct {
	Class    string
	Request  string
	Hits     int
	Duration time.Duration
	Peak     float64 // most hits in any one second
	Workers  int     // as in [Plan], in the phase that has most
	Open     bool    // as in [Plan]
	Phases   []PhasePlan
}

// A PhasePlan is the part of one phase, for one source.
type PhasePlan struct {
	Name     string
	Kind     Kind
	Start    time.Duration // since the profile began
	Duration time.Duration
	Hits     int
	Text     string // as [Phase.Describe]
}

// Plan adds up what the profile sends from that many sources at once.
func (p *Profile) Plan(sources int) (*Plan, error) {
	if sources < 1 {
		return nil, fmt.Errorf("profile %s: needs at least one source, has %d", p.Name, sources)
	}
	if problems := p.Check(); len(problems) > 0 {
		return nil, problems[0]
	}
	if p.Stagger > 0 && time.Duration(sources) > MaxDuration/p.Stagger/time.Duration(len(p.Classes)) {
		return nil, fmt.Errorf("profile %s: with %s between them, %s sources would begin over more than %s; lower the stagger or name fewer sources",
			p.Name, plainDuration(p.Stagger), grouped(sources), plainDuration(MaxDuration))
	}
	plan := &Plan{Profile: p.Name, Sources: sources, Stagger: p.Stagger}
	var lines []timeline
	for i := range p.Classes {
		c, line, err := p.Classes[i].plan()
		if err != nil {
			return nil, err
		}
		plan.Classes = append(plan.Classes, c)
		plan.Requests += c.Hits * sources
		plan.Workers += c.Workers * sources
		plan.Open = plan.Open || c.Open
		lines = append(lines, line)
		// The last source is the last to begin each class.
		begin := time.Duration((sources-1)*len(p.Classes)+i) * p.Stagger
		plan.Duration = max(plan.Duration, begin+c.Duration)
	}
	plan.Peak = float64(p.peak(lines, sources))
	for _, c := range plan.Classes {
		plan.Peak += float64(c.unplaced() * sources)
	}
	return plan, nil
}

// peak is the busiest second of all sources. Beyond a few staggered sources,
// it supposes that all classes of all of them are busiest together, which is
// never too little.
func (p *Profile) peak(classes []timeline, sources int) int {
	const few = 8
	switch {
	case p.Stagger == 0:
		return busiestSecond(classes) * sources
	case sources > few:
		most := 0
		for _, class := range classes {
			most += busiestSecond([]timeline{class}) * sources
		}
		return most
	}
	var lines []timeline
	for range sources {
		for _, line := range classes {
			lines = append(lines, line.from(time.Duration(len(lines))*p.Stagger))
		}
	}
	return busiestSecond(lines)
}

func (c *Class) plan() (ClassPlan, timeline, error) {
	plan := ClassPlan{Class: c.Name, Request: c.Request}
	var line timeline
	for i := range c.Phases {
		ph := &c.Phases[i]
		s, err := ph.Schedule()
		if err != nil {
			return plan, line, err
		}
		line.schedules = append(line.schedules, s)
		line.starts = append(line.starts, plan.Duration)
		plan.Phases = append(plan.Phases, PhasePlan{
			Name: ph.Name, Kind: ph.Kind, Start: plan.Duration,
			Duration: s.Duration(), Hits: s.Hits(), Text: ph.describe(s),
		})
		plan.Workers = max(plan.Workers, s.Workers())
		plan.Open = plan.Open || ph.Kind == Saturate && ph.Hits == 0
		plan.Hits += s.Hits()
		plan.Duration += s.Duration()
	}
	plan.Peak = float64(busiestSecond([]timeline{line}) + plan.unplaced())
	return plan, line, nil
}

// unplaced counts the hits that replies place: all of them may fall into the
// busiest second.
func (c *ClassPlan) unplaced() int {
	hits := 0
	for _, ph := range c.Phases {
		if ph.Kind == Saturate {
			hits += ph.Hits
		}
	}
	return hits
}

// String is the plan in plain words, one line for each phase.
func (p *Plan) String() string {
	var b strings.Builder
	from := "1 source"
	if p.Sources != 1 {
		from = fmt.Sprintf("%s sources", grouped(p.Sources))
	}
	fmt.Fprintf(&b, "%s: %s from %s in %s, %s\n", p.Profile,
		bounded(p.Requests, p.Workers, p.Open), from, plainDuration(p.Duration), pace(p.Peak, p.Workers))
	if p.Stagger > 0 && len(p.Classes)*p.Sources > 1 {
		fmt.Fprintf(&b, "each class of each source begins %s after the one before it\n", plainDuration(p.Stagger))
	}
	for _, c := range p.Classes {
		title := c.Class
		if c.Request != "" {
			title += " (" + withoutQuery(c.Request) + ")"
		}
		fmt.Fprintf(&b, "%s: %s from each source in %s, %s\n", title,
			bounded(c.Hits, c.Workers, c.Open), plainDuration(c.Duration), pace(c.Peak, c.Workers))
		for _, ph := range c.Phases {
			fmt.Fprintf(&b, "  at %s, %s: %s\n", plainDuration(ph.Start), ph.Name, ph.Text)
		}
	}
	return b.String()
}

// bounded tells a number of hits as exactly as it is known.
func bounded(hits, workers int, open bool) string {
	switch {
	case open:
		return "hits"
	case workers > 0:
		return "at most " + countHits(hits)
	}
	return countHits(hits)
}

// pace tells how fast hits follow each other.
func pace(peak float64, workers int) string {
	if workers > 0 {
		return fmt.Sprintf("as fast as %s get replies", countWorkers(workers))
	}
	return fmt.Sprintf("at most %s in one second", grouped(int(peak)))
}

// withoutQuery hides the values of a query, which can be secrets.
func withoutQuery(request string) string {
	path, _, found := strings.Cut(request, "?")
	if found {
		path += "?…"
	}
	return path
}
