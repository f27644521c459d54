package command

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/pflag"
)

func manCommand() command {
	return command{
		name:  "man",
		about: "print the manual page, for man",
		help: `
Prints the manual page of this version of ratefit, with all commands and flags, in
the language of man and mandoc. Release archives hold it as ratefit.1.

examples:
  ratefit man | man -l -
  ratefit man > /usr/local/share/man/man1/ratefit.1
`,
		setup: func(*pflag.FlagSet) action {
			return func(_ context.Context, s *streams, args []string) error {
				if err := noArguments("man", args); err != nil {
					return err
				}
				return s.print(manPage(s.handbook, version(), committed(buildInfo())))
			}
		},
	}
}

// manPage is ratefit(1): the handbook, then each command with its flags. The
// date is the commit's, so that a commit has one page; the zero time leaves it
// out.
func manPage(handbook, version string, date time.Time) string {
	var day string
	if !date.IsZero() {
		day = date.UTC().Format(time.DateOnly)
	}
	var p page
	p.line(`.TH RATEFIT 1 "` + day + `" "ratefit ` + roff(version) + `" "User Commands"`)
	p.section("NAME")
	p.text(`ratefit - find the rate limiter in front of an HTTP API`)
	p.section("SYNOPSIS")
	p.line(`\fBratefit\fR \fICOMMAND\fR [\fIFLAGS\fR] [\fIARGUMENTS\fR]`)
	p.section("DESCRIPTION")
	p.prose(handbook)
	p.section("COMMANDS")
	p.text("Every command also takes --help (-h), which prints its part of this page.")
	for _, c := range commands() {
		p.command(&c)
	}
	return p.String()
}

// command writes what "ratefit help" prints of a command.
func (p *page) command(c *command) {
	p.request(".SS", strings.TrimRight("ratefit "+c.name+" "+c.synopsis, " "))
	p.prose(c.help)
	c.flags().VisitAll(func(fl *pflag.Flag) {
		names, takes, about := explanation(fl)
		p.line(".TP")
		line := `\fB` + roff(names) + `\fR`
		if takes != "" {
			line += ` \fI` + roff(takes) + `\fR`
		}
		p.line(line)
		p.text(about)
	})
}

// Handbook takes the text of the package comment from the source of the file
// that it stands in.
func Handbook(source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		text, found := strings.CutPrefix(line, "//")
		if !found {
			break
		}
		b.WriteString(strings.TrimPrefix(text, " "))
	}
	return b.String()
}
