package reports

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"ratefit/analyze"
)

// verdictSentence says all verdicts in one sentence.
func verdictSentence(a *analyze.Analysis) string {
	labels := labelsOf(a.Limits)
	switch n := len(a.Limits); {
	case n == 0:
		return "No hits: nothing is known about the limiter."
	case n > 3:
		return verdictTally(a.Limits)
	}
	var parts []string
	models := map[string]bool{}
	for i := range a.Limits {
		l := &a.Limits[i]
		to, ok := limitedTo(l)
		switch {
		case !ok:
			parts = append(parts, sentenceCase(labels[i])+": "+headline(l, &a.Sent))
			continue
		case models[l.Model]:
			parts = append(parts, "another one limits "+labels[i]+" "+to)
		case l.Model == "tiers":
			parts = append(parts, "several limits at once hold "+labels[i]+" "+to)
		default:
			parts = append(parts, "a "+modelTitle(l.Model)+" limits "+labels[i]+" "+to)
		}
		models[l.Model] = true
	}
	return sentenceCase(strings.Join(parts, "; ")) + "."
}

// limitedTo says what a limiter that was identified lets through: "to 2.00
// requests/s with bursts of 30".
func limitedTo(l *analyze.Limit) (string, bool) {
	switch {
	case l.Verdict != analyze.Identified || l.Hits == 0:
		return "", false
	case l.Model == "concurrency" && l.Burst != nil:
		v := value(l.Burst)
		return "to " + tied(v+" "+requests(v)) + " in flight", true
	case l.SustainedRate == nil || l.Burst == nil:
		return "", false
	}
	return "to " + tied(shortRate(l)) + " with " + tied("bursts of "+value(l.Burst)), true
}

// verdictTally counts the verdicts of many limiters.
func verdictTally(limits []analyze.Limit) string {
	var parts []string
	for _, v := range []analyze.Verdict{analyze.Identified, analyze.Unlimited, analyze.Undetermined, analyze.Insufficient, analyze.Contradicted} {
		n := 0
		for i := range limits {
			if limits[i].Verdict == v {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, strconv.Itoa(n)+" "+string(v))
		}
	}
	return count(len(limits)) + " limiters: " + strings.Join(parts, ", ") + "."
}

// sentenceCase begins a text with a capital letter.
func sentenceCase(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}
