package command

import (
	"fmt"
	"strings"
	"testing"
)

func TestAborts(t *testing.T) {
	for items, want := range map[string]string{
		"":                                   "[5xx=20% errors=20% timeouts=50%]",
		"5xx=1%":                             "[errors=20% timeouts=50% 5xx=1%]",
		"latency=5x errors=never":            "[5xx=20% timeouts=50% latency=5x]",
		"never":                              "[]",
		"never errors=2%/10":                 "[errors=2%/10]",
		"latency=3x latency=never 5xx=never": "[errors=20% timeouts=50%]",
		"4xx=20%":                            `--abort-on: "4xx=20%": the signs are 5xx, errors, timeouts and latency`,
		"4xx=never":                          `--abort-on: "4xx=never": the signs are 5xx, errors, timeouts and latency`,
		"5xx=20":                             `--abort-on: "5xx=20": wanted a number and % after 5xx=`,
	} {
		rules, err := aborts(strings.Fields(items))
		got := fmt.Sprint(rules)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", items, got, want)
		}
		if err != nil && codeOf(err) != Usage {
			t.Errorf("%s: exit code %d", items, codeOf(err))
		}
	}
}
