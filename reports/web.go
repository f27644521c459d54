package reports

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"strings"
	"time"

	"ratefit/analyze"
)

//go:embed web/page.tmpl
var pageTemplate string

//go:embed web/page.css
var pageStyle string

//go:embed web/page.js
var pageScript string

var webTemplate = template.Must(template.New("page").Parse(pageTemplate))

// HTML writes the analysis as one page that needs nothing else: it opens from
// disk, loads nothing, and says everything without its script. With hits
// (o.Hits) it holds their pictures, at most 80,000 clumps of them (see [clump]),
// whatever their number.
func HTML(w io.Writer, a *analyze.Analysis, o TextOptions) error {
	var doc bytes.Buffer
	if err := JSON(&doc, a); err != nil {
		return err
	}
	scenes := scenesOf(a)
	keepClumps(scenes)
	if err := collect(scenes, o.Hits); err != nil {
		return fmt.Errorf("read hits for the page: %w", err)
	}
	p, err := webPageOf(filled(a), doc.Bytes(), scenes)
	if err != nil {
		return err
	}
	// A page that cannot be made whole is not begun.
	var b bytes.Buffer
	if err := webTemplate.Execute(&b, p); err != nil {
		return err
	}
	_, err = w.Write(b.Bytes())
	return err
}

// A webPage is what the template is filled with. All texts in it are printable;
// the template escapes them.
type webPage struct {
	Policy  string
	Style   template.HTML
	Script  template.HTML
	Data    template.HTML
	Target  string
	Started struct{ Machine, People string }
	Sent    string
	Verdict string

	Limits   []webLimit
	Scope    webScope
	Cost     []string
	Warnings []string
	Totals   []webFigure
}

// A datum is a number of the analysis: the path to it, the number as it is in
// the document, and the text that shows it. Without a path it is a text alone.
type datum struct{ Path, Raw, Text string }

func datumOf(path string, v any, text string) datum {
	raw, err := json.Marshal(v)
	if err != nil { // the document could not have been written either
		return datum{Text: text}
	}
	return datum{path, string(raw), text}
}

func countDatum(path string, n int) datum { return datumOf(path, n, count(n)) }

// A webFigure is a number under its name.
type webFigure struct {
	Name  string
	Value datum
	Unit  string
	Under [][]datum // lines below it
}

func webPageOf(a *analyze.Analysis, doc []byte, scenes []*scene) (*webPage, error) {
	p := &webPage{
		Style:    template.HTML("<style>" + pageStyle + "</style>"),
		Script:   template.HTML("<script>" + pageScript + "</script>"),
		Target:   printable(a.Target),
		Sent:     plural(a.Sent.Requests, "request", "requests") + " in " + tied(seconds(a.Duration)),
		Verdict:  verdictSentence(a),
		Scope:    scopeMatrix(a),
		Warnings: printableAll(a.Warnings),
		Totals: []webFigure{
			{Name: "requests", Value: countDatum("sent.requests", a.Sent.Requests)},
			{Name: "asked for, but not sent", Value: countDatum("sent.shortfall", a.Sent.Shortfall)},
			{Name: "most in one second", Value: datumOf("sent.achieved_rate", a.Sent.AchievedRate, brief(a.Sent.AchievedRate))},
			{Name: "asked for in one second", Value: datumOf("sent.asked_rate", a.Sent.AskedRate, brief(a.Sent.AskedRate))},
			{Name: "time", Value: datumOf("duration_s", a.Duration, brief(a.Duration)), Unit: "s"},
		},
	}
	p.Policy = "default-src 'none'; img-src data:; style-src '" + hashOf(pageStyle) + "'; script-src '" + hashOf(pageScript) +
		"'; base-uri 'none'; form-action 'none'"
	p.Started.Machine = a.Started.UTC().Format(time.RFC3339)
	p.Started.People = a.Started.UTC().Format("2 January 2006, 15:04:05 UTC")
	for _, r := range costRows(a) {
		p.Cost = append(p.Cost, r.text)
	}
	labels := labelsOf(a.Limits)
	caps, err := capacities(doc)
	if err != nil {
		return nil, err
	}
	for i := range a.Limits {
		l, err := webLimitOf(a, i, labels[i], scenes[i])
		if err != nil {
			return nil, err
		}
		if i < len(caps) {
			l.Capacity = caps[i].tables(fmt.Sprintf("limits.%d.capacity.", i))
		}
		p.Limits = append(p.Limits, *l)
	}
	hits, err := json.Marshal(struct {
		Series []webSeries `json:"series"`
	}{list(webSeriesOf(scenes))})
	if err != nil {
		return nil, err
	}
	p.Data = dataBlock("analysis", doc) + dataBlock("hits", hits)
	return p, nil
}

// hashOf is how a content security policy names a text that is allowed.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
}

// dataBlock puts a JSON document into a page, where nothing runs it. Without a
// "<" nothing in it can end the element; JSON has no other use for that than
// in texts.
func dataBlock(id string, doc []byte) template.HTML {
	text := strings.ReplaceAll(string(doc), "<", `\u003c`)
	return template.HTML("<script type=\"application/json\" id=\"" + id + "\">" + strings.TrimSuffix(text, "\n") + "</script>\n")
}

func printableAll(texts []string) []string {
	var out []string
	for _, t := range texts {
		out = append(out, printable(t))
	}
	return out
}
