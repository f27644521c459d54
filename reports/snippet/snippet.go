// Package snippet writes the settings of well-known client-side limiters so that
// the limiter of an API never limits whoever keeps to them. It is pure.
//
// What is to be kept to is a token bucket, see [Settings]. A library that limits in
// another way gets the settings with which it never lets through more than that
// bucket would, and its snippet says what that loses.
package snippet

import (
	"math"
	"strconv"
	"strings"
)

// Settings is what a client has to keep to: within any t seconds it may send no more
// than Burst + Rate·t requests.
type Settings struct {
	Class       string  // whose limit it is
	Rate        float64 // per second; 0 = only Concurrency is limited
	Burst       int     // at least 1
	Concurrency int     // 0 = not known
	Pause       float64 // s between a reply and the request that takes its place; 0 = none
	Jitter      float64 // s that one request may be on its way longer than another
}

// A Library is a client-side limiter that people use.
type Library struct {
	Name     string // of the flag's value
	Title    string // as people call it
	Language string
	Fence    string // of a Markdown code block
	Keeps    string // what its settings keep to, and what they lose

	comment string // what a comment begins with
	snake   bool   // names are written_so
	code    func(s Settings, name string) string
	flight  func(n int, name string) string // so many at a time
	least   int                             // burst that it needs; 0 = 1
}

// Libraries lists the libraries. A new one is one file and one line here.
func Libraries() []Library {
	return []Library{
		xTimeRate(), resilience4j(), bucket4j(), guava(), polly(), bottleneck(), pThrottle(), aiolimiter(), governor(), rubyLimiter(),
	}
}

// Find returns the library of a name.
func Find(name string) (Library, bool) {
	for _, l := range Libraries() {
		if l.Name == name {
			return l, true
		}
	}
	return Library{}, false
}

// The rates (per second) that settings are made for: one a century, and as many as
// there are nanoseconds.
const (
	slowest = 1.0 / (100 * 365 * 86400)
	fastest = 1e9
)

// Code is the snippet: a comment that says what it keeps to, and the settings. It
// holds nothing of the class but letters and digits.
func (l Library) Code(s Settings) string {
	var b strings.Builder
	name := l.variable(s.Class)
	switch {
	case s.Rate <= 0 && s.Concurrency <= 0, s.Rate > 0 && (s.Rate < slowest || s.Rate > fastest):
		l.remark(&b, plainWords(s.Class)+": no settings, as too little is known of the limiter.")
	case s.Rate <= 0:
		pause := ""
		if s.Pause > 0 {
			pause = ", and " + upwards(1000*s.Pause, 3) + " ms go by between a reply and the next of them"
		}
		l.remark(&b, plainWords(s.Class)+": never limited while at most "+strconv.Itoa(s.Concurrency)+" requests are under way"+pause+".")
		b.WriteString(l.flight(s.Concurrency, name))
	case s.Burst < max(1, l.least):
		l.remark(&b, plainWords(s.Class)+": no settings of "+l.Title+" are safe here: it lets two requests through at once, and the limiter takes them only "+
			rateWords(s.Rate)+", one by one. Take a token bucket with a burst of 1, or send with pauses of "+upwards(1/s.Rate, 5)+" s.")
	default:
		burst := "bursts of " + strconv.Itoa(s.Burst)
		if s.Burst == 1 {
			burst = "evenly spaced"
		}
		l.remark(&b, plainWords(s.Class)+": never limited up to "+rateWords(s.Rate)+", "+burst+", if no request is held up by more than "+upwards(1000*s.Jitter, 3)+" ms. "+l.Keeps)
		b.WriteString(l.code(s, name))
	}
	return b.String()
}

// remark writes a comment of lines that fit 80 columns.
func (l Library) remark(b *strings.Builder, text string) {
	line := l.comment
	for word := range strings.FieldsSeq(text) {
		if len(line)+1+len(word) > 80 {
			b.WriteString(line + "\n")
			line = l.comment
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}

// variable names the limiter of a class.
func (l Library) variable(class string) string {
	word := ""
	for _, r := range strings.ToLower(class) {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' && word != "" {
			word += string(r)
		}
	}
	if word == "" {
		word = "api"
	}
	if word = word[:min(len(word), 30)]; l.snake {
		return word + "_limiter"
	}
	return word + "Limiter"
}

// plainWords keeps of a name what can stand in any comment.
func plainWords(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("+-_.", r):
			b.WriteRune(r)
		default:
			b.WriteByte('?')
		}
	}
	text := b.String()
	if text == "" {
		text = "?"
	}
	return text[:min(len(text), 60)]
}

func rateWords(rate float64) string {
	if rate < 1 {
		return "one request every " + upwards(1/rate, 5) + " s"
	}
	return downwards(rate, 5) + " requests/s"
}

// downwards formats x with some significant digits, never more than x.
func downwards(x float64, digits int) string { return directed(x, digits, math.Floor) }

// upwards formats x with some significant digits, never less than x.
func upwards(x float64, digits int) string { return directed(x, digits, math.Ceil) }

func directed(x float64, digits int, round func(float64) float64) string {
	if x == 0 {
		return "0"
	}
	places := digits - 1 - int(math.Floor(math.Log10(math.Abs(x))))
	if places <= 0 {
		return strconv.FormatFloat(round(x), 'f', 0, 64)
	}
	unit := math.Pow10(places)
	s := strconv.FormatFloat(round(x*unit)/unit, 'f', places, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// nanos is the time (s) in whole nanoseconds, rounded up.
func nanos(s float64) string { return strconv.FormatFloat(math.Ceil(s*1e9), 'f', 0, 64) }

// millis is the time (s) in whole milliseconds, rounded up.
func millis(s float64) int { return int(math.Ceil(s * 1000)) }
