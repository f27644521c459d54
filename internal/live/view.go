package live

import (
	"fmt"
	"strings"
	"time"

	"ratefit/analyze"
	"ratefit/internal/cells"
	"ratefit/internal/probe"
	"ratefit/reports"
)

// Render says the state in at most so many lines of at most so many cells. What
// there is no room for is left out: first details, then sources, then what is
// known.
func (s *State) Render(width, height int, style Style) []string {
	width = max(width, 1)
	var lines []line
	for wrapped := 4; wrapped > 0; wrapped-- {
		known, doing := s.known(width, wrapped), s.now(width, wrapped)
		room := height - 1 - len(known) - len(doing)
		table := s.table(width, room)
		lines = append([]line{s.head(width)}, table...)
		lines = append(append(lines, known...), doing...)
		if room >= s.tableHeight() {
			break
		}
	}
	var out []string
	for _, l := range lines[:min(len(lines), max(height, 0))] {
		out = append(out, l.string(width, style))
	}
	return out
}

// brief is the width below which only what matters most is said of a probe.
const brief = 60

// head says what is left of the budgets.
func (s *State) head(width int) line {
	left := max(0, s.Budget.Length-s.Now).Round(time.Second).String() + " left"
	sent, limited, unsent := s.Logins.Sent, s.Logins.Limited, 0
	for i := range s.Sources {
		one := &s.Sources[i]
		sent, limited, unsent = sent+one.sent(), limited+one.Limited, unsent+one.Unsent
	}
	long := []string{left, of(sent, s.Budget.Requests, "requests"), of(limited, s.Budget.Limited, "limited")}
	short := []string{left, fmt.Sprint(sent, " sent"), fmt.Sprint(limited, " limited")}
	switch {
	case s.Finished:
		long, short = long[1:], short[1:]
	case s.Budget.AtMost:
		long[0] = "at most " + left
	}
	if n := s.Logins; n.Sent > 0 {
		text := fmt.Sprint(n.Sent, " logins")
		if n.Sent == 1 {
			text = "1 login"
		}
		if n.Limited+n.Failed > 0 {
			text += fmt.Sprintf(" (%d in vain)", n.Limited+n.Failed)
		}
		long, short = append(long, text), append(short, text)
	}
	if unsent > 0 {
		text := fmt.Sprint(unsent, " not sent")
		long, short = append(long, text), append(short, text)
	}
	const between = " · "
	if text := strings.Join(long, between); cells.Width(text) <= width {
		return line{{text, bold}}
	}
	for len(short) > 1 && cells.Width(strings.Join(short, between)) > width {
		short = short[:len(short)-1]
	}
	return line{{strings.Join(short, between), bold}}
}

func of(n, all int, what string) string {
	if all == 0 {
		return fmt.Sprintf("%d %s", n, what)
	}
	return fmt.Sprintf("%d of %d %s", n, all, what)
}

// stages are what a class is at, for people.
var stages = map[probe.Stage]string{
	probe.Waiting: "waits for its turn", probe.Discovering: "looking for the limit",
	probe.Recovering: "how long until a hit is admitted again?", probe.Regaining: "how much has come back?",
	probe.Refining: "narrowing down", probe.Confirming: "checking the fit", probe.Over: "done",
}

// known says what each limiter may be.
func (s *State) known(width, wrapped int) (out []line) {
	column := s.labels()
	for _, l := range s.Limits {
		out = append(out, rows(cells.Printable(l.Class), l.text(), verdictPaint(l.Known), column, width, wrapped)...)
	}
	return out
}

// labels is how many cells the labels take.
func (s *State) labels() int {
	column := len("then")
	for _, l := range s.Limits {
		column = max(column, min(cells.Width(cells.Printable(l.Class)), 12))
	}
	return column
}

// text says what is known of a limiter, and what is being done about it.
func (l *Limit) text() string {
	stage := stages[l.Stage]
	if l.Fitting {
		stage = "fitting models"
	}
	so := ""
	if l.Known != nil {
		so = cells.Printable(reports.SoFar(l.Known))
	}
	switch {
	case so == "" && l.Stage == probe.Over && l.Why != "":
		return "done: " + cells.Printable(l.Why)
	case so == "":
		return stage
	}
	return so + " · " + stage
}

func verdictPaint(l *analyze.Limit) paint {
	if l == nil {
		return plain
	}
	switch l.Verdict {
	case analyze.Identified:
		return green
	case analyze.Contradicted:
		return red
	case analyze.Unlimited:
		return cyan
	}
	return yellow
}

// now says what is being sent and why, and what comes afterwards.
func (s *State) now(width, wrapped int) (out []line) {
	const most = 4
	column := s.labels()
	say := func(label, text string) { out = append(out, rows(label, text, plain, column, width, wrapped)...) }
	if s.Note != "" {
		say("now", cells.Printable(s.Note))
	} else if len(s.Doing) == 0 {
		say("now", s.idle())
	}
	label := "now"
	for i, d := range s.Doing {
		if s.Note != "" {
			break
		}
		if i == most-1 && len(s.Doing) > most {
			say("", fmt.Sprintf("… %d more probes", len(s.Doing)-i))
			break
		}
		say(label, d.text(s.Now, width < brief))
		label = ""
	}
	if text := s.then(); text != "" && s.Note == "" {
		say("then", text)
	}
	return out
}

// idle says why nothing is being sent.
func (s *State) idle() string {
	var phases []string
	for _, one := range s.Sources {
		if text := one.Class + " " + one.Phase; one.Phase != "" && (len(phases) == 0 || phases[len(phases)-1] != text) {
			phases = append(phases, text)
		}
	}
	over := len(s.Left) == 0
	for _, l := range s.Limits {
		over = over && l.Stage == probe.Over
	}
	switch {
	case len(s.Sources) == 0 && s.Logins.Sent > 0:
		return "logging in"
	case len(s.Limits) > 0 && over:
		return "finishing"
	case len(s.Limits) > 0:
		return "choosing what to send"
	case len(phases) > 0:
		return cells.Printable("sending " + strings.Join(phases, ", "))
	}
	return "starting"
}

// text says what a probe is and when its hits are sent; briefly, not by whom.
func (d *Doing) text(now time.Duration, briefly bool) string {
	text := d.Class
	if d.Address != "" && !briefly {
		text += " from " + d.Address
	}
	if d.Credential != "" && !briefly {
		text += " as " + d.Credential
	}
	hits := fmt.Sprint(d.Hits, " hits")
	if d.Hits == 1 {
		hits = "1 hit"
	}
	switch to := d.To - now; {
	case d.From-now >= 100*time.Millisecond:
		text += ", " + hits + " in " + tenths(d.From-now)
	case to >= 100*time.Millisecond:
		text += fmt.Sprintf(", %d of %s, %s to go", min(d.Done, d.Hits), hits, tenths(to))
	default:
		text += ", " + hits
	}
	return cells.Printable(text + ": " + d.Reason)
}

func tenths(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// then says what there is to be done beside what is being done.
func (s *State) then() string {
	words := map[probe.Task]string{probe.Scopes: "who shares a limiter", probe.Costs: "what refused hits cost"}
	var all []string
	for _, t := range s.Left {
		text := words[t.Task]
		switch left := t.Left.Round(time.Second).String(); {
		case t.Left == 0 && t.Under:
			continue
		case t.Left == 0:
		case t.Left > s.Budget.Length-s.Now:
			text += ", which takes more time than is left"
		case t.Under:
			text += ", " + left + " more"
		default:
			text += ", about " + left
		}
		all = append(all, text)
	}
	return strings.Join(all, "; ")
}
