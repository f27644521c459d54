package reports

import (
	"slices"
	"strings"

	"ratefit/analyze"
)

// behaviour says what a limiter does in the words of its model, such as
// "30 hits per 3 s, windows begin with the first hit"; "" when rate and burst
// say it all.
func behaviour(l *analyze.Limit) string {
	var parts []string
	add := func(s string) {
		if s != "" {
			parts = append(parts, s)
		}
	}
	switch l.Model {
	case "tiers":
		add(tierWords(l))
	default:
		add(words(l.Model, l.Params, l.SustainedRate))
	}
	if slices.Contains(l.Modifiers, "limited-hits-count") {
		add("limited hits count too")
	}
	if slices.Contains(l.Modifiers, "block") {
		add(blockWords(l.Params))
	}
	return strings.Join(parts, "; ")
}

// words says the parameters of one model.
func words(model string, p map[string]analyze.Parameter, rate *analyze.Interval) string {
	switch model {
	case "token-bucket-stepped":
		n, interval := amount(p, "refill_amount"), duration(p, "refill_interval_s")
		if n == "" || interval == "" {
			return ""
		}
		return n + " " + noun(n, "token") + " every " + interval
	case "fixed-window":
		return join2(perWindow(p, "per "), anchorWords(p["anchor"].Text))
	case "sliding-window-log":
		return perWindow(p, "in any ")
	case "sliding-window-counter":
		return join2(perWindow(p, "per "), "the last window counts by its overlap")
	case "leaky-bucket-queue":
		return queueWords(p, rate)
	case "concurrency":
		n := amount(p, "in_flight")
		if n == "" {
			return ""
		}
		return "at most " + n + " " + noun(n, "request") + " in flight, whatever the rate"
	}
	return ""
}

// join2 joins what there is of two parts.
func join2(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

func perWindow(p map[string]analyze.Parameter, per string) string {
	quota, window := amount(p, "quota"), duration(p, "window_s")
	if quota == "" || window == "" {
		return ""
	}
	return tied(quota+" "+noun(quota, "hit")) + " " + tied(per+window)
}

func anchorWords(anchor string) string {
	switch anchor {
	case "first-hit":
		return "windows begin with the first hit"
	case "clock":
		return "windows begin with the clock"
	case "timer":
		return "windows follow a timer"
	}
	return printable(anchor)
}

// queueWords says how many hits are admitted at once, how many wait, and for
// how long at most.
func queueWords(p map[string]analyze.Parameter, rate *analyze.Interval) string {
	var parts []string
	if free := amount(p, "free"); free != "" {
		parts = append(parts, tied(free+" free")+" "+noun(free, "place"))
	}
	q, ok := p["queue"]
	switch {
	case !ok:
	case q.High == nil:
		parts = append(parts, "further hits are delayed and none was refused")
	default:
		text := tied("a queue of " + amount(p, "queue"))
		if rate != nil && rate.Value > 0 {
			text += ", " + tied("at most "+seconds(q.Value/rate.Value)) + " of delay"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

func blockWords(p map[string]analyze.Parameter) string {
	text := "a limited hit blocks all"
	if d := duration(p, "block_s"); d != "" {
		text += " for " + d
	}
	switch p["block"].Text {
	case "renewed":
		return text + ", begun anew by every further hit"
	case "fixed":
		return text + ", whatever is sent meanwhile"
	}
	return text
}

// tierWords says each of several limits.
func tierWords(l *analyze.Limit) string {
	var each []string
	for i := range l.Tiers {
		each = append(each, tierText(&l.Tiers[i]))
	}
	switch {
	case len(each) == 0:
		return ""
	case l.Params["combine"].Text == "either":
		return strings.Join(each, ", beyond that ")
	}
	return strings.Join(each, " and ") + ", all at once"
}

// tierText says one of several limits in a few words.
func tierText(t *analyze.Tier) string {
	switch t.Model {
	case "sliding-window-log":
		return perWindow(t.Params, "in any ")
	case "fixed-window", "sliding-window-counter":
		return perWindow(t.Params, "per ")
	}
	v := value(&t.SustainedRate)
	return tied(v+" "+requests(v)+"/s") + " with " + tied("burst "+value(&t.Burst))
}

// amount says the value of a parameter without its interval; "" when there is
// none.
func amount(p map[string]analyze.Parameter, name string) string {
	q, ok := p[name]
	if !ok || q.Text != "" {
		return ""
	}
	return value(&q.Interval)
}

// duration says a parameter in seconds, or in minutes or more.
func duration(p map[string]analyze.Parameter, name string) string {
	q, ok := p[name]
	switch {
	case !ok || q.Text != "":
		return ""
	case q.Low == nil || q.High == nil || q.Value < 120:
		return trim(value(&q.Interval)) + " s" // how exactly it is known is told elsewhere
	}
	return seconds(q.Value)
}

// noun returns the noun for a number that was formatted as s.
func noun(s, one string) string {
	if s == "1" {
		return one
	}
	return one + "s"
}
