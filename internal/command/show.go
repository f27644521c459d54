package command

import (
	"os"

	"golang.org/x/term"

	"ratefit/analyze"
	"ratefit/reports"
)

// show writes an analysis to standard output. The files that belong to it are
// part of the text; beside JSON they are listed on standard error.
func show(s *streams, a *analyze.Analysis, format string, files []string) error {
	if format == "json" {
		for _, f := range files {
			s.remarkf("%s\n", f)
		}
		return outputFault(reports.JSON(s.out, a))
	}
	o := textOptions(s)
	o.Files = files
	return outputFault(reports.Text(s.out, a, o))
}

// textOptions suit the terminal, if standard output is one.
func textOptions(s *streams) reports.TextOptions {
	var o reports.TextOptions
	if fd, ok := terminal(s.out); ok {
		o.Width, _, _ = term.GetSize(fd)
		o.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	return o
}
