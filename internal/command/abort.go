package command

import (
	"errors"
	"slices"
	"strings"

	"ratefit/attack"
)

// aborts reads --abort-on: each item replaces the default of its sign. SIGN=never
// takes it away, and never takes all away that stand before it.
func aborts(items []string) ([]attack.Abort, error) {
	rules := attack.DefaultAborts()
	for _, item := range items {
		if item == "never" {
			rules = nil
			continue
		}
		sign, value, _ := strings.Cut(item, "=")
		text, never := item, value == "never"
		if never {
			text = sign + "=50%"
			if sign == string(attack.Slowness) {
				text = sign + "=2x"
			}
		}
		a, err := attack.ParseAbort(text)
		if err != nil {
			return nil, usageFault("try: --abort-on 5xx=20%, errors=10%, timeouts=50%, latency=5x, or never", "--abort-on: %q: %v", item, err)
		}
		rules = slices.DeleteFunc(rules, func(b attack.Abort) bool { return b.Sign == a.Sign })
		if !never {
			rules = append(rules, a)
		}
	}
	return rules, nil
}

// defaultAborts is what --abort-on says by itself.
func defaultAborts() string {
	var texts []string
	for _, a := range attack.DefaultAborts() {
		texts = append(texts, a.String())
	}
	return strings.Join(texts, " ")
}

// aborted returns the fault of an attack that was ended to spare its target, nil
// if it was not.
func aborted(stop error, kept string) error {
	var a *attack.AbortedError
	if !errors.As(stop, &a) {
		return nil
	}
	return fault{code: Failed, text: "stopped: " + a.Error(), hint: kept}
}
