package command

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"
)

// overview is the list of commands with a first session.
func overview() string {
	var b strings.Builder
	b.WriteString("ratefit finds out from outside which rate limiter stands in front of an HTTP API.\n\n")
	b.WriteString("usage: ratefit COMMAND [FLAGS] [ARGUMENTS]\n\ncommands:\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-11s %s\n", c.name, c.about)
	}
	b.WriteString(`
examples:
  ratefit run                                  measure the embedded sandbox
  ratefit run http://127.0.0.1:8080/items      measure the reads of your own API
  ratefit models                               the limiters that it can name
  ratefit help run                             all flags of run
`)
	return b.String()
}

// manualWidth is the columns that flags are explained in, and flagColumn where
// the explanations begin.
const (
	manualWidth = 90
	flagColumn  = 32
)

// manual is the help of one command.
func (c *command) manual() string {
	f := c.flags()
	var b strings.Builder
	usage := strings.TrimRight("ratefit "+c.name+" "+c.synopsis, " ")
	fmt.Fprintf(&b, "usage: %s\n\n%s\n", usage, strings.Trim(c.help, "\n"))
	if f.HasFlags() {
		b.WriteString("\nflags:\n")
		f.VisitAll(func(fl *pflag.Flag) { explain(&b, fl) })
	}
	return b.String()
}

// flags is the set of the command's flags, in the order of the manual.
func (c *command) flags() *pflag.FlagSet {
	f := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
	f.SortFlags = false
	c.setup(f)
	return f
}

// explanation says how a flag is spelled, what it takes (nothing, if it is a
// switch), and what it does, with its default.
func explanation(fl *pflag.Flag) (names, takes, about string) {
	takes, about = pflag.UnquoteUsage(fl)
	names = "--" + fl.Name
	if fl.Shorthand != "" {
		names = "-" + fl.Shorthand + ", " + names
	}
	if fl.Value.Type() == "bool" {
		return names, "", about
	}
	if d := strings.Trim(fl.DefValue, "[]"); d != "" && !strings.Contains(about, "(default ") {
		if strings.HasSuffix(d, "m0s") {
			d = strings.TrimSuffix(d, "0s")
		}
		about += " (default " + d + ")"
	}
	return names, takes, about
}

// explain writes a flag for the screen.
func explain(b *strings.Builder, fl *pflag.Flag) {
	names, takes, about := explanation(fl)
	if fl.Shorthand == "" {
		names = "    " + names
	}
	names = strings.TrimRight("  "+names+" "+takes, " ")
	column := len(names)
	b.WriteString(names)
	if column+2 > flagColumn {
		b.WriteByte('\n')
		column = 0
	}
	b.WriteString(strings.Repeat(" ", flagColumn-column))
	fill(b, about, flagColumn)
}

// fill writes words into the columns from one on, and ends the last line.
func fill(b *strings.Builder, text string, from int) {
	column := from
	for i, word := range strings.Fields(text) {
		length := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case column+1+length > manualWidth:
			b.WriteString("\n" + strings.Repeat(" ", from))
			column = from
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += length
	}
	b.WriteByte('\n')
}
