package command

import (
	"os"

	"golang.org/x/term"

	"ratefit/analyze"
	"ratefit/reports"
)

// mostPictured is of how many hits the text has a picture: for it the trace is read
// once more, which takes as long as the analysis of a long one.
const mostPictured = 200_000

// show writes an analysis to standard output, in a format of reports.Documents,
// with the hits that it was made of if they can be read again. The files that
// belong to it are part of the text; beside other formats they are listed on
// standard error.
func show(s *streams, a *analyze.Analysis, format string, files []string, hits reports.HitSource) error {
	o := textOptions(s)
	o.Files = files
	if format != "text" || a.Sent.Requests <= mostPictured {
		o.Hits = hits
	}
	if format != "text" {
		for _, f := range files {
			s.remarkf("%s\n", f)
		}
	}
	for _, d := range reports.Documents {
		if d.Name == format {
			return outputFault(d.Write(s.out, a, o))
		}
	}
	return usageFault("", "no format %q", format)
}

// textOptions suit the terminal, if standard output is one.
func textOptions(s *streams) reports.TextOptions {
	var o reports.TextOptions
	if fd, ok := terminal(s.out); ok {
		o.Width, _, _ = term.GetSize(fd)
		o.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	}
	o.ASCII = !showsUnicode(os.Getenv)
	return o
}
