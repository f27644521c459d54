package command

import (
	"fmt"
	"strings"

	"ratefit/reports"
	"ratefit/reports/snippet"
)

// clientNames are the values of --client.
func clientNames() []string {
	names := []string{"list", "all"}
	for _, l := range snippet.Libraries() {
		names = append(names, l.Name)
	}
	return names
}

// listClients names the libraries.
func listClients(s *streams, args []string) error {
	if len(args) > 0 {
		return usageFault("leave out the analysis, or name a library", "--client list takes no analysis")
	}
	var b strings.Builder
	for _, l := range snippet.Libraries() {
		fmt.Fprintf(&b, "%-13s %-11s %s\n", l.Name, l.Language, l.Title)
	}
	return s.print(b.String())
}

// reportClient prints the settings of a library, or of all, for each limit of an
// analysis.
func (o *fitting) reportClient(s *streams, name, client string) error {
	name, _, err := analysisIn(name)
	if err != nil {
		return err
	}
	a, err := readAnalysis(s, name)
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, l := range snippet.Libraries() {
		if l.Name != client && client != "all" {
			continue
		}
		for _, settings := range reports.Settings(a.Limits) {
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(l.Code(settings))
		}
	}
	if err := s.print(b.String()); err != nil {
		return err
	}
	return o.verdict(a)
}
