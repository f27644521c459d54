package reports

import (
	"io"

	"ratefit/analyze"
)

// A Document is a report that is one stream of text.
type Document struct {
	Name  string // of the format, as in --format
	Title string
	About string
	Write func(w io.Writer, a *analyze.Analysis, o TextOptions) error
}

// Documents lists the documents. A new one is one line here.
var Documents = []Document{
	{"text", "Text", "the verdicts in sentences, then the evidence, for people", Text},
	{"json", "JSON", "the contract document, for programs", func(w io.Writer, a *analyze.Analysis, _ TextOptions) error {
		return JSON(w, a)
	}},
	{"markdown", "Markdown", "for a wiki, an issue or a pull request: verdict, tables, snippets for clients", Markdown},
	{"html", "HTML", "a page with pictures that opens from disk and loads nothing", HTML},
}

// A Figure is a report that is drawn, for each limit, as SVG, PDF and PNG.
type Figure struct {
	Name  string // of its files, behind the class
	Title string
	About string
	draw  func(*scene) *sheet // nil when there is nothing to draw
}

// Figures lists the figures. A new one is one line here.
var Figures = []Figure{
	{"timeline", "Hits over time", "admitted and limited hits, with the tokens left in the fitted bucket", timeline},
	{"arrivals", "Arrival curve", "admitted hits so far against burst + rate · time", arrivals},
	{"recovery", "Recovery curve", "how many hits pass after a pause, against what the fitted limiter gives back", recovery},
	{"delays", "Delays", "how long admitted hits took, behind a queue", delays},
	{"region", "Consistent region", "every rate and burst that explains all decisions", region},
	{"declared", "Declared against observed", "what the headers claim beside what was measured", comparison},
}

// DocumentNames lists the formats, the first of them the usual one.
func DocumentNames() []string {
	var names []string
	for _, d := range Documents {
		names = append(names, d.Name)
	}
	return names
}
