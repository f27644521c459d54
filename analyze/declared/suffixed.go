package declared

import (
	"slices"
	"strings"
)

// suffixed is the family that puts a window, a unit or a policy's name behind
// the field: X-RateLimit-Limit-Minute (Kong, Help Scout), x-ratelimit-limit-
// tokens (OpenAI), X-RateLimit-Limit-short (NestJS).
var suffixed = Convention{
	Name:  "x-ratelimit-suffixed",
	About: "several limits, told apart by the end of the header names",
	match: func(m *message) bool { return len(suffixes(m)) > 0 },
	read: func(m *message) bool {
		found := suffixes(m)
		slices.SortStableFunc(found, func(a, b suffix) int { return int(a.window - b.window) })
		read := false
		for _, s := range found {
			t := trio{stem: "x-ratelimit", reset: m.values("x-ratelimit-reset-" + s.text), resetName: "x-ratelimit-reset-" + s.text}
			limit := "x-ratelimit-limit-" + s.text
			p := s.policy(m)
			p.Limit = m.limit(limit, m.takeOne(limit))
			p.Remaining = m.remaining("x-ratelimit-remaining-"+s.text, m.takeOne("x-ratelimit-remaining-"+s.text))
			p.Reset = m.resetOf(&t, at(t.reset, 0, 1))
			if m.refused && m.has("retry-after-"+s.text) && p.Remaining == nil {
				p.Remaining = m.num(0)
			}
			if p.Limit != nil || p.Remaining != nil || p.Reset != nil {
				m.add(p)
				read = true
			}
		}
		return read
	},
}

// A suffix is the end of a header name after limit, remaining or reset.
type suffix struct {
	text   string
	rest   string  // without the word for the window
	word   string  // the word for the window
	window float64 // seconds, 0 = none
}

// notSuffixes are ends of header names that say how a value is written.
var notSuffixes = []string{"after", "ms", "seconds", "at", "epoch", "time", "scope"}

// suffixes lists the suffixes in the message, sorted.
func suffixes(m *message) []suffix {
	var found []suffix
	for i := range m.fields {
		for _, stem := range []string{"x-ratelimit-limit-", "x-ratelimit-remaining-", "x-ratelimit-reset-", "retry-after-"} {
			text, ok := strings.CutPrefix(m.fields[i].name, stem)
			if !ok || text == "" || slices.Contains(notSuffixes, text) ||
				slices.ContainsFunc(found, func(s suffix) bool { return s.text == text }) {
				continue
			}
			s := suffix{text: text, rest: text}
			before, last := "", text
			if at := strings.LastIndexByte(text, '-'); at >= 0 {
				before, last = text[:at], text[at+1:]
			}
			if w, ok := windowWords[last]; ok {
				s.rest, s.word, s.window = before, last, w
			}
			found = append(found, s)
		}
	}
	return found
}

// windowWords are the words for windows of a fixed length, in seconds. Months
// and years have none.
var windowWords = map[string]float64{
	"second": 1, "minute": 60, "hour": 3600, "day": 86400,
	"secondly": 1, "minutely": 60, "hourly": 3600, "daily": 86400,
}

// policy returns what the suffix alone says.
func (s suffix) policy(m *message) Policy {
	var p Policy
	if s.window > 0 {
		p.Window = m.num(s.window)
	}
	switch {
	case s.rest == "":
		p.Name = label(s.word)
	case s.rest == "req" || s.rest == "request" || s.rest == requests:
		p.Class = requests
	case s.rest == "tokens" || strings.HasSuffix(s.rest, "-tokens"):
		p.Class, p.Unit = s.rest, "tokens"
	case s.window > 0:
		p.Class, p.Unit, p.Name = s.rest, "custom", label(s.rest)
	default:
		p.Name = label(s.rest)
	}
	return p
}
