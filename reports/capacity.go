package reports

import (
	"math"
	"strconv"
	"strings"

	"ratefit/analyze"
)

// capacity says what the limiter leaves to those who call the API: how many
// requests fit into some times, how long some take, and what a client should keep
// to.
func (p *page) capacity(l *analyze.Limit) {
	c := l.Capacity
	if c == nil {
		p.rows(2, plain, clientRows(l))
		return
	}
	if len(c.Fits) > 0 {
		p.gap()
		cells := fitCells(c)
		for i := range cells {
			cells[i] = append(cells[i], "") // the last column is not a number
		}
		if p.table(cells) {
			p.gap()
		} else {
			p.rows(2, plain, fitRows(c))
		}
	}
	p.rows(2, plain, append(capacityRows(l), clientRows(l)...))
}

// fitCells is the table of what fits into some times.
func fitCells(c *analyze.Capacity) [][]string {
	cells := [][]string{{"requests in"}, {"from rest"}, {"sustained"}}
	for _, f := range c.Fits {
		cells[0] = append(cells[0], roundSpan(f.Duration))
		cells[1] = append(cells[1], count(f.FromRest))
		cells[2] = append(cells[2], count(f.Sustained))
	}
	return cells
}

// fitRows says the same one by one.
func fitRows(c *analyze.Capacity) []row {
	var rows []row
	for _, f := range c.Fits {
		rows = append(rows, row{label: "in " + roundSpan(f.Duration), text: tied(count(f.FromRest)+" from rest") + ", " + tied(count(f.Sustained)+" sustained")})
	}
	return rows
}

// capacityRows says how long requests take and what a client should keep to.
func capacityRows(l *analyze.Limit) []row {
	c := l.Capacity
	var rows []row
	add := func(label, text string) {
		if text != "" {
			rows = append(rows, row{label: label, text: text})
		}
	}
	add("at best", takesWords(c.Takes))
	if c.Client != nil {
		add("pace", paceWords(c.Client))
	}
	add("capacity", printable(c.Why))
	return rows
}

// takesWords says how long some requests take; those that fit at once are named by
// the last of them.
func takesWords(all []analyze.Takes) string {
	var parts []string
	for i, t := range all {
		at := untilWords(t.Duration)
		switch {
		case t.Duration > 0:
			parts = append(parts, tied(count(t.Requests)+" in "+at))
		case i+1 == len(all) || all[i+1].Duration > 0:
			parts = append(parts, tied(count(t.Requests)+" at once"))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Replace(parts[0], "\u00a0", "\u00a0requests\u00a0", 1) + strings.Join(append([]string{""}, parts[1:]...), ", ")
}

// paceWords says the settings of a client-side limiter.
func paceWords(c *analyze.Pace) string {
	if c.Rate == 0 {
		text := tied("at most "+count(c.Concurrency)) + " requests at a time are never limited"
		if c.Pause > 0 {
			text += ", if " + tied(shortSpan(c.Pause)) + " go by between a reply and the next of them"
		}
		return text
	}
	text := paceRate(c.Rate) + " in " + tied("bursts of "+count(c.Burst))
	if c.Burst == 1 {
		text = paceRate(c.Rate) + ", one by one"
	}
	text += ", never limited if none is held up by more than " + tied(shortSpan(c.Jitter))
	switch {
	case c.Concurrency == 1:
		text += "; replies took " + tied(shortSpan(c.Reply)) + ": one at a time is enough"
	case c.Concurrency > 1:
		text += "; replies took " + tied(shortSpan(c.Reply)) + ": " + tied(count(c.Concurrency)+" at a time") + " are enough"
	}
	return text
}

// paceRate formats a rate rounded down, a slow one by the time between two.
func paceRate(rate float64) string {
	if rate < 1 {
		return tied("a request every " + trim(rounded(1/rate, decimals(1/rate, 5), +1)) + " s")
	}
	v := trim(rounded(rate, decimals(rate, 5), -1))
	return tied(v + " " + requests(v) + "/s")
}

// clientRows says how far clients of some kinds get.
func clientRows(l *analyze.Limit) []row {
	var rows []row
	for _, c := range l.Clients {
		text := clientRow(c)
		switch {
		case c.Name == analyze.ClientIgnores:
			text = lossWords(l, c)
		case c.Name == analyze.ClientBucket && l.Capacity != nil:
			c.Name = "keeps to this pace"
			text = clientRow(c)
		}
		rows = append(rows, row{label: "client", text: text})
	}
	return rows
}

// lossWords says what a client that ignores the limit loses, against one that keeps
// to the pace.
func lossWords(l *analyze.Limit, c analyze.Client) string {
	text := "one that ignores the limit has " + tied(share(c.Limited, max(1, c.Admitted+c.Limited))) + " of its requests refused and gets " +
		tied(count(c.Admitted)+" through") + " in " + tied(seconds(c.Duration))
	for _, paced := range l.Clients {
		if paced.Name != analyze.ClientBucket || l.Capacity == nil {
			continue
		}
		switch d := c.Admitted - paced.Admitted; {
		case d < 0:
			return text + ", " + tied(count(-d)+" fewer") + " than at this pace"
		case d > 0:
			return text + ", " + tied(count(d)+" more") + " than at this pace"
		}
		return text + ", as many as at this pace"
	}
	return text
}

// roundSpan formats one of the round times of a table.
func roundSpan(s float64) string {
	for _, u := range []struct {
		seconds float64
		name    string
	}{{86400, "1 day"}, {3600, "1 h"}, {60, "1 min"}} {
		if s == u.seconds {
			return u.name
		}
	}
	return seconds(s)
}

// untilWords formats how long something takes, rounded up: "4.5 s", "8 min 5 s",
// "1 h 23 min", "3 days 4 h".
func untilWords(s float64) string {
	two := func(unit, part float64, large, small string) string {
		n := math.Ceil(s/part - 1e-9)
		a, b := math.Floor(n*part/unit+1e-9), math.Mod(n, unit/part)
		text := count(int(a)) + " " + large
		if large == "day" && a != 1 {
			text += "s"
		}
		if b > 0 {
			text += " " + strconv.Itoa(int(b)) + " " + small
		}
		return text
	}
	switch {
	case s < 60:
		return trim(rounded(s, decimals(s, 3), +1)) + " s"
	case s <= 3600-1:
		return two(60, 1, "min", "s")
	case s <= 48*3600-60:
		return two(3600, 60, "h", "min")
	}
	return two(86400, 3600, "day", "h")
}

// shortSpan formats a time that may be a few milliseconds, rounded up.
func shortSpan(s float64) string {
	if s < 0.1 {
		return trim(rounded(1000*s, decimals(1000*s, 3), +1)) + " ms"
	}
	return seconds(s)
}
