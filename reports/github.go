package reports

import (
	"io"
	"strings"

	"ratefit/analyze"
)

// Annotations writes GitHub's workflow commands: an error for each expectation
// that is broken or undecided, as both end the job, and one notice that all are
// held.
func Annotations(w io.Writer, a *analyze.Analysis) error {
	var b strings.Builder
	for i := range a.Expectations {
		e := &a.Expectations[i]
		if e.Verdict == analyze.IsHeld {
			continue
		}
		title := "rate limit " + string(e.Verdict) + ": " + printable(e.Given)
		workflowCommand(&b, "error", title, subject(e)+": "+sentence(e))
	}
	if sumOf(a.Expectations) == analyze.IsHeld {
		workflowCommand(&b, "notice", "rate limit held", expectationsLine(a.Expectations))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// workflowCommand writes one command, escaped as GitHub's own toolkit does.
func workflowCommand(b *strings.Builder, kind, title, message string) {
	b.WriteString("::" + kind + " title=" + propertyEscapes.Replace(title) + "::" + dataEscapes.Replace(message) + "\n")
}

var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
