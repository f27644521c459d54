package analyze

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
)

// checkAnswers takes back "no limit" where the answers do not bear it, and says
// what they were.
func (l *Limit) checkAnswers(p pool) {
	admitted, unknown := map[int]int{}, map[string]int{}
	for _, g := range p.groups {
		for status, n := range g.admittedStatus {
			admitted[status] += n
		}
		for kind, n := range g.unknownKinds {
			unknown[kind] += n
		}
	}
	refused := 0
	for status, n := range admitted {
		if status >= 400 {
			refused += n
		}
	}
	kind, worst := mostOf(unknown)
	switch {
	case l.Verdict != Unlimited && l.Verdict != Insufficient:
	case l.Limited == 0 && l.Unknown > 0 && l.Unknown*100 > l.Hits:
		l.Verdict, l.Survivors = Insufficient, []string{}
		l.Why = fmt.Sprintf("%d of %d hits had no answer that tells whether they were limited, most often %s (%d)", l.Unknown, l.Hits, kind, worst)
		if _, err := strconv.Atoi(kind); err == nil {
			l.Why += fmt.Sprintf("; if that is how the limiter refuses, analyze again with --limited-status %s", kind)
		}
		return
	case l.Limited == 0 && refused > 0 && refused == l.Admitted:
		status, _ := mostOf(admitted)
		l.Verdict, l.Survivors = Insufficient, []string{}
		l.Why = fmt.Sprintf("no hit was served, most answered %d: they may never have reached a limiter; send what the API accepts (credentials with -H, another path or body), or say --limited-status %d if that is a refusal", status, status)
		return
	}
	if refused > 0 && refused == l.Admitted {
		status, _ := mostOf(admitted)
		l.Warnings = append(l.Warnings, fmt.Sprintf("every hit that was not limited was refused by the API itself, most with %d; the limiter may treat served hits differently", status))
	}
	l.warnPerhaps(p)
	if l.Unknown > 0 {
		l.Warnings = append(l.Warnings, fmt.Sprintf("%d of %d hits had no answer that tells whether they were limited, most often %s (%d); each may have been counted or not, which widens the intervals",
			l.Unknown, l.Hits, kind, worst))
	}
}

// warnPerhaps says which answers look like refusals and are not taken for such.
func (l *Limit) warnPerhaps(p pool) {
	perhaps, all := map[int]int{}, map[int]int{}
	for _, g := range p.groups {
		for status, n := range g.claims.perhaps {
			perhaps[status] += n
			all[status] += g.admittedStatus[status] + g.unknownKinds[statusText(status)]
		}
	}
	if status, n := mostOf(perhaps); n > 0 && 2*n >= all[status] {
		l.Warnings = append(l.Warnings, fmt.Sprintf("%d hits were answered %d with headers that ask to wait or say that nothing remains; if the limiter refuses so, say --limited-status 429,%d", n, status, status))
	}
}

// mostOf returns the most frequent key, the least of several.
func mostOf[K int | string](counts map[K]int) (key K, n int) {
	for _, k := range slices.Sorted(maps.Keys(counts)) {
		if counts[k] > n {
			key, n = k, counts[k]
		}
	}
	return key, n
}
