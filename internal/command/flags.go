package command

import (
	"errors"
	"strings"

	"github.com/spf13/pflag"
)

// flagFault turns an error of the flag parser into one line that repeats no
// values: they may be secrets.
func flagFault(f *pflag.FlagSet, err error) error {
	try := "try: ratefit " + f.Name() + " --help"
	var (
		unknown *pflag.NotExistError
		missing *pflag.ValueRequiredError
		invalid *pflag.InvalidValueError
	)
	switch {
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			return usageFault(try, "unknown flag -%.1s of %s", name, f.Name())
		}
		var names []string
		f.VisitAll(func(fl *pflag.Flag) { names = append(names, fl.Name) })
		if near, ok := closest(name, append(names, "help")); ok {
			try = "did you mean --" + near + "? else " + try
		}
		return usageFault(try, "unknown flag --%s of %s", name, f.Name())
	case errors.As(err, &missing):
		return usageFault(try, "flag --%s needs a value", missing.GetFlag().Name)
	case errors.As(err, &invalid):
		fl := invalid.GetFlag()
		if c, ok := fl.Value.(*choice); ok {
			if near, ok := closest(invalid.GetValue(), c.words); ok {
				try = "did you mean " + near + "? else " + try
			}
		}
		return usageFault(try, "--%s: %q is not %s", fl.Name, invalid.GetValue(), kindOf(fl))
	}
	return usageFault(try, "the flags of %s cannot be read: bad syntax", f.Name())
}

// kindOf names the values that a flag takes.
func kindOf(f *pflag.Flag) string {
	if c, ok := f.Value.(*choice); ok {
		return "one of " + strings.Join(c.words, ", ")
	}
	switch f.Value.Type() {
	case "int", "uint":
		return "a whole number"
	case "float64":
		return "a number"
	case "duration":
		return "a duration such as 90s or 2m"
	case "bool":
		return "true or false"
	case "intSlice":
		return "a list of whole numbers such as 429,503"
	}
	return "a valid value"
}

// A choice is a flag whose value is one of a few words.
type choice struct {
	value *string
	words []string
}

func (c *choice) String() string { return *c.value }
func (c *choice) Type() string   { return strings.Join(c.words, "|") }

func (c *choice) Set(v string) error {
	for _, w := range c.words {
		if v == w {
			*c.value = v
			return nil
		}
	}
	return errors.New("not a choice")
}

// choiceVar adds a flag that takes one of words; the first is the default.
func choiceVar(f *pflag.FlagSet, p *string, name, usage string, words ...string) {
	*p = words[0]
	f.Var(&choice{value: p, words: words}, name, usage)
}

// noArguments refuses arguments that a command does not take.
func noArguments(name string, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return usageFault("try: ratefit "+name+" --help", "%s takes no arguments", name)
}

// closest finds the word that a misspelt one was meant to be: at most a third
// of its letters wrong, or its beginning.
func closest(word string, words []string) (string, bool) {
	best, bestDistance := "", len(word)/3+1
	for _, w := range words {
		if len(word) >= 3 && strings.HasPrefix(w, word) {
			return w, true
		}
		if d := editDistance(word, w); d <= bestDistance && d < len(w) && (best == "" || d < bestDistance) {
			best, bestDistance = w, d
		}
	}
	return best, best != ""
}

// editDistance counts the insertions, deletions, replacements and swaps of
// neighbours that turn a into b (optimal string alignment).
func editDistance(a, b string) int {
	before, last := []int(nil), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			change := last[j]
			if a[i] != b[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
