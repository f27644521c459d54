package profiles

import (
	"fmt"
	"strings"
	"time"
)

// checkRate accepts rates above 0 and up to [MaxRate].
func checkRate(field string, r Rate, report reporter) bool {
	switch {
	case r == 0:
		report(field, "must be above 0; "+rateHint)
	case r < 0:
		report(field, fmt.Sprintf("must be above 0, is %s; %s", r, rateHint))
	case r > MaxRate:
		report(field, fmt.Sprintf("must be at most %s", MaxRate))
	default:
		return true
	}
	return false
}

// checkDuration accepts durations above 0 and up to [MaxDuration].
func checkDuration(field string, d time.Duration, report reporter) bool {
	switch {
	case d == 0:
		report(field, "must be above 0; "+durationHint)
	case d < 0:
		report(field, fmt.Sprintf("must be above 0, is %s; %s", d, durationHint))
	case d > MaxDuration:
		report(field, fmt.Sprintf("must be at most %s, is %s", plainDuration(MaxDuration), plainDuration(d)))
	default:
		return true
	}
	return false
}

// checkWhole accepts numbers from 1 to most.
func checkWhole(field string, n, most int, report reporter) {
	switch {
	case n == 0:
		report(field, "must be above 0; "+wholeHint)
	case n < 0:
		report(field, fmt.Sprintf("must be above 0, is %d; %s", n, wholeHint))
	case n > most:
		report(field, fmt.Sprintf("must be at most %s, is %s", grouped(most), grouped(n)))
	}
}

// checkCount bounds the hits that follow from other fields.
func checkCount(field string, n, most int, report reporter) {
	if n > most {
		report(field, fmt.Sprintf("makes %s, may make %s at most; lower the rate or the duration", countHits(n), grouped(most)))
	}
}

func kindText(k Kind) string {
	names := kindNames()
	list := "one of " + strings.Join(names, ", ")
	if k == "" {
		return "is missing; write " + list
	}
	return "must be " + list + ", is " + quoted(string(k)) + didYouMean(string(k), names)
}

func kindNames() []string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, string(k))
	}
	return names
}

func misplacedText(k Kind) string {
	return fmt.Sprintf("does not belong to a phase of kind %s, which has %s", k, strings.Join(fieldsOf(k), ", "))
}

// didYouMean suggests the known name that is at most two slips away, or
// nothing.
func didYouMean(name string, known []string) string {
	best, distance := "", 3
	for _, k := range known {
		if d := slips(name, k); d < distance && d < len(k) {
			best, distance = k, d
		}
	}
	if best == "" {
		return ""
	}
	return "; did you mean " + best + "?"
}

// slips is the Levenshtein distance, for names of up to 64 bytes.
func slips(a, b string) int {
	if len(a) > 64 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
