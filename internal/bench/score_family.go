package bench

import "strings"

// reason is what is said most often where no name is given, in its first
// clause; "" when there is none.
func reason(trials []Trial) string {
	counts := map[string]int{}
	best := ""
	for i := range trials {
		a := &trials[i].Answer
		if a.Judgement != Declined {
			continue
		}
		why := a.clause()
		counts[why]++
		if n := counts[why]; n > counts[best] || n == counts[best] && why < best {
			best = why
		}
	}
	return best
}

// clause is the verdict and the models that it is about.
func (a *Answer) clause() string {
	why, rest, _ := strings.Cut(a.Why, ": ")
	switch {
	case a.Why == "":
		return a.Verdict
	case a.Verdict == "undetermined" && rest != "":
		why = rest
	}
	why, _, _ = strings.Cut(why, ";")
	return a.Verdict + ": " + why
}
