package reports

import (
	"io"
	"strconv"
	"strings"
	"time"

	"ratefit/internal/replay"
)

// ReplayJSON writes a replay as the document of "ratefit schema replay". A number
// that is not finite is an error that names the field.
func ReplayJSON(w io.Writer, r *replay.Report) error {
	if err := finite(r); err != nil {
		return err
	}
	d := *r
	d.Schema = replay.Schema
	d.Logs, d.By, d.Limits = list(d.Logs), list(d.By), list(d.Limits)
	d.Outcomes, d.Smallest, d.Warnings = list(d.Outcomes), list(d.Smallest), list(d.Warnings)
	outcomes := make([]replay.Outcome, 0, len(d.Outcomes))
	for _, o := range d.Outcomes {
		o.Classes, o.Worst, o.Minutes = list(o.Classes), list(o.Worst), list(o.Minutes)
		outcomes = append(outcomes, o)
	}
	d.Outcomes = outcomes
	smallest := make([]replay.Smallest, 0, len(d.Smallest))
	for _, s := range d.Smallest {
		s.Free, s.Points = list(s.Free), list(s.Points)
		smallest = append(smallest, s)
	}
	d.Smallest = smallest
	return encode(w, &d)
}

// ReplayText writes a replay for people.
func ReplayText(w io.Writer, r *replay.Report, o TextOptions) error {
	if err := finite(r); err != nil {
		return err
	}
	p := o.page()
	v := viewOfReplay(r)
	p.rows(0, bold, v.head())
	for _, t := range v.tables() {
		p.gap()
		p.line(t.title, bold)
		if !p.table(t.cells) {
			p.narrow(t.cells)
		}
	}
	p.gap()
	p.rows(0, plain, append(v.foot(), fileRows(o.Files)...))
	_, err := io.WriteString(w, p.b.String())
	return err
}

// narrow writes a table that is wider than the page as rows: the first cell, then
// the others by their names.
func (p *page) narrow(cells [][]string) {
	var rows []row
	for _, c := range cells[1:] {
		var parts []string
		for i := 1; i < len(c); i++ {
			parts = append(parts, tied(cells[0][i]+" "+c[i]))
		}
		rows = append(rows, row{label: c[0], text: strings.Join(parts, ", ")})
	}
	p.rows(2, plain, rows)
}

// A replayView is a replay in words.
type replayView struct {
	*replay.Report
	// first is the outcome that is shown in detail: with times in whole seconds, the
	// one in which more is refused.
	first *replay.Outcome
}

// A replayTable is a title, and cells below a line of heads.
type replayTable struct {
	title string
	cells [][]string
}

func viewOfReplay(r *replay.Report) replayView {
	v := replayView{Report: r}
	for i := range r.Outcomes {
		if o := &r.Outcomes[i]; v.first == nil || o.Refused > v.first.Refused {
			v.first = o
		}
	}
	return v
}

// between formats the least and the greatest of a number of each outcome.
func (v replayView) between(number func(*replay.Outcome) int) string {
	low, high := number(v.first), number(v.first)
	for i := range v.Outcomes {
		n := number(&v.Outcomes[i])
		low, high = min(low, n), max(high, n)
	}
	if low == high {
		return count(low)
	}
	return count(low) + " – " + count(high)
}

// shares is between for parts of a whole.
func (v replayView) shares(part func(*replay.Outcome) int, all int) string {
	low, high := part(v.first), part(v.first)
	for i := range v.Outcomes {
		n := part(&v.Outcomes[i])
		low, high = min(low, n), max(high, n)
	}
	if low == high {
		return share(low, all)
	}
	return share(low, all) + " – " + share(high, all)
}

func refusedOf(o *replay.Outcome) int  { return o.Refused }
func affectedOf(o *replay.Outcome) int { return o.Affected }

// head says what was found.
func (v replayView) head() []row {
	rows := v.limitRows()
	switch {
	case v.Traffic.Requests == 0:
		return append(append(rows, row{label: "refused", text: "nothing is known: there are no requests", paint: yellow}), v.boundRow()...)
	case v.first == nil:
		return append(rows, v.boundRow()...)
	}
	o := v.first
	paint := green
	if o.Refused > 0 {
		paint = yellow
	}
	rows = append(
		rows,
		row{label: "refused", paint: paint, text: v.between(refusedOf) + " of " + plural(o.Requests, "request", "requests") + ", " + tied(v.shares(refusedOf, o.Requests))},
		row{label: "clients", text: v.between(affectedOf) + " of " + count(o.Clients) + " would have a request refused, " + tied(v.shares(affectedOf, o.Clients))},
	)
	rows = append(rows, v.boundRow()...)
	if o.First != nil {
		rows = append(rows, row{label: "first", text: moment(*o.First)})
	}
	if s := o.Streak; s != nil && s.Requests > 1 {
		text := plural(s.Requests, "request", "requests") + " of " + clientLabel(s.Client) + " one after the other, "
		if s.To.Equal(s.From) {
			text += "at " + tied(moment(s.From))
		} else {
			text += "from " + tied(moment(s.From)) + " on, for " + tied(seconds(s.To.Sub(s.From).Seconds()))
		}
		rows = append(rows, row{label: "longest", text: text})
	}
	if d := o.Delays; d != nil {
		rows = append(rows, row{label: "delays", text: plural(d.Delayed, "request", "requests") + " held back; median " + tied(seconds(d.P50)) + ", 99 % within " + tied(seconds(d.P99)) + ", at most " + tied(seconds(d.Max))})
	}
	return rows
}

func (v replayView) limitRows() []row {
	var rows []row
	for i, l := range v.Limits {
		r := row{text: printable(l.Text)}
		if i == 0 {
			r.label = "limit"
		}
		if i == len(v.Limits)-1 {
			r.text += v.divided()
		}
		rows = append(rows, r)
	}
	return rows
}

// divided says who has a limiter of their own.
func (v replayView) divided() string {
	var names []string
	for _, d := range v.By {
		if d == replay.ByNothing {
			return ", one for everything"
		}
		names = append(names, string(d))
	}
	return ", for each " + and(names)
}

func (v replayView) boundRow() []row {
	if v.Bound == nil {
		return nil
	}
	var parts []string
	if b := v.Bound.Requests; b != nil {
		parts = append(parts, percent(*b)+" of the requests")
	}
	if b := v.Bound.Clients; b != nil {
		parts = append(parts, percent(*b)+" of the clients")
	}
	r := row{label: "at most", text: and(parts) + ": "}
	switch v.Bound.Verdict {
	case replay.Held:
		r.text, r.paint = r.text+"✓ kept", green
	case replay.Exceeded:
		r.text, r.paint = r.text+"✗ exceeded", red
		if v.first == nil {
			r.text = strings.TrimSuffix(r.text, "exceeded") + "no such limit keeps this"
		}
	default:
		r.text, r.paint = r.text+"not known", yellow
		if v.Traffic.Requests > 0 {
			r.text += ", it depends on when within their seconds requests came"
		}
	}
	return []row{r}
}

func percent(share float64) string { return number(100*share) + " %" }

// moment is an instant to the second, in UTC.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// foot says what it was found on, and what is not in it.
func (v replayView) foot() []row {
	t := &v.Traffic
	var rows []row
	if t.Started != nil {
		rows = append(rows, row{label: "traffic", text: plural(t.Requests, "request", "requests") + " of " + plural(t.Clients, "client", "clients") + " at " + plural(t.Limiters, "limiter", "limiters") + ", from " + tied(moment(*t.Started)) + " on, for " + seconds(t.Duration)})
	}
	if t.Resolution == 1 && t.Requests > 0 {
		rows = append(rows, row{label: "times", text: "known to the second only: replayed as if those of a second came at once, and evenly spread. Bursts across the turn of a second may lie outside of that"})
		if v.first != nil && len(v.Outcomes) > 1 {
			rows = append(rows, row{text: "details are of the requests as if they came " + string(v.first.Instants)})
		}
	}
	switch {
	case t.Limited > 0 && t.LeftOut:
		rows = append(rows, row{label: "recorded", text: plural(t.Limited, "request was", "requests were") + " refused when recorded, and left out"})
	case t.Limited > 0:
		rows = append(rows, row{label: "recorded", text: plural(t.Limited, "request was", "requests were") + " refused when recorded; they count as demand"})
	}
	for _, l := range v.Logs {
		rows = append(rows, row{label: "log", text: logText(&l)})
	}
	rows = append(rows, row{label: "not in it", text: "clients that are refused come again, or give up: that is not modelled. Every limiter is at rest at first"})
	for _, w := range v.Warnings {
		rows = append(rows, row{label: "warning", text: printable(w), paint: yellow})
	}
	return rows
}

func logText(l *replay.Log) string {
	s := printable(l.Name) + ": " + string(l.Format) + ", " + plural(l.Requests, "request", "requests")
	if l.NoRequest > 0 {
		s += ", " + plural(l.NoRequest, "record", "records") + " without one"
	}
	if l.Unread > 0 {
		s += ", " + plural(l.Unread, "record", "records") + " that cannot be read"
		if l.First != nil {
			s += " (the first, " + strconv.Itoa(l.First.Place) + ": " + printable(l.First.Why) + ")"
		}
	}
	if l.Truncated {
		s += "; it was cut off"
	}
	return s
}
