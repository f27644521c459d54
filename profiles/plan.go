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
}

// A ClassPlan is the part of one class, for one source.
type ClassPlan struct {
	Class    string
	Request  string
	Hits     int
	Duration time.Duration
	Peak     float64 // most hits in any one second
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
		lines = append(lines, line)
		// The last source is the last to begin each class.
		begin := time.Duration((sources-1)*len(p.Classes)+i) * p.Stagger
		plan.Duration = max(plan.Duration, begin+c.Duration)
	}
	plan.Peak = float64(p.peak(lines, sources))
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
		plan.Hits += s.Hits()
		plan.Duration += s.Duration()
	}
	plan.Peak = float64(busiestSecond([]timeline{line}))
	return plan, line, nil
}

// String is the plan in plain words, one line for each phase.
func (p *Plan) String() string {
	var b strings.Builder
	from := "1 source"
	if p.Sources != 1 {
		from = fmt.Sprintf("%s sources", grouped(p.Sources))
	}
	fmt.Fprintf(&b, "%s: %s from %s in %s, at most %s in one second\n", p.Profile,
		countHits(p.Requests), from, plainDuration(p.Duration), grouped(int(p.Peak)))
	if p.Stagger > 0 && len(p.Classes)*p.Sources > 1 {
		fmt.Fprintf(&b, "each class of each source begins %s after the one before it\n", plainDuration(p.Stagger))
	}
	for _, c := range p.Classes {
		title := c.Class
		if c.Request != "" {
			title += " (" + withoutQuery(c.Request) + ")"
		}
		fmt.Fprintf(&b, "%s: %s from each source in %s, at most %s in one second\n", title,
			countHits(c.Hits), plainDuration(c.Duration), grouped(int(c.Peak)))
		for _, ph := range c.Phases {
			fmt.Fprintf(&b, "  at %s, %s: %s\n", plainDuration(ph.Start), ph.Name, ph.Text)
		}
	}
	return b.String()
}

// withoutQuery hides the values of a query, which can be secrets.
func withoutQuery(request string) string {
	path, _, found := strings.Cut(request, "?")
	if found {
		path += "?…"
	}
	return path
}
