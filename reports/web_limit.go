package reports

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"ratefit/analyze"
)

// A webLimit is one limiter in a page.
type webLimit struct {
	Index             int
	ID, Label, From   string
	Verdict, Tone     string // tone is the class of its colour
	Headline, Why     string
	Counts            []datum
	Foretold, Headers string
	Figures           []webFigure
	Rows              []webRow
	Warnings          []string
	Series            []string // sources that have a timeline of their own
	Pictures          []webPicture
	Checks            []webCheck
	Evidence          []webEvidence
	Capacity          *webCapacity
	Clients           []webCells
}

// A webRow is a name and what there is to say.
type webRow struct{ Name, Text string }

// A webCells is a row of a table of numbers.
type webCells struct {
	Name  string
	Cells []datum
}

func webLimitOf(a *analyze.Analysis, i int, label string, sc *scene) (*webLimit, error) {
	l := &a.Limits[i]
	path := fmt.Sprintf("limits.%d.", i)
	w := &webLimit{
		Index: i, ID: "limit-" + strconv.Itoa(i+1), Label: label, From: from(l, label),
		Verdict: printable(string(l.Verdict)), Tone: tone(verdictPaint(l.Verdict)),
		Headline: sentenceCase(headline(l, &a.Sent)) + ".", Why: printable(l.Why),
		Foretold: "–", Headers: agreement(l.Declared),
		Figures: figuresOf(l, path), Warnings: printableAll(l.Warnings),
		Checks: checksOf(l, path), Evidence: evidenceOf(l, path), Clients: clientsOf(l, path),
	}
	if p := l.Prediction; p != nil && p.Hits > 0 {
		w.Foretold = share(p.Correct, p.Hits)
	}
	for _, c := range []struct {
		name string
		n    int
	}{{"hits", l.Hits}, {"admitted", l.Admitted}, {"limited", l.Limited}, {"failed", l.Failed}, {"unknown", l.Unknown}} {
		w.Counts = append(w.Counts, countDatum(path+c.name, c.n))
	}
	for _, r := range slices.Concat(statusRows(l), paramRows(l), declarations(l.Declared, l.HeaderChecks)) {
		w.Rows = append(w.Rows, webRow{r.label, r.text})
	}
	sc.end = max(a.Duration, sc.lastHit())
	for _, s := range sc.drawn() {
		w.Series = append(w.Series, printable(s.source))
	}
	w.Pictures = picturesOf(sc, w.ID)
	return w, nil
}

func statusRows(l *analyze.Limit) []row {
	if s := statuses(l); s != "" {
		return []row{{label: "status", text: s}}
	}
	return nil
}

// tone is the class of a colour in the style sheet.
func tone(p paint) string {
	switch p {
	case green:
		return "good"
	case red:
		return "bad"
	case cyan:
		return "open"
	}
	return "wary"
}

// figuresOf are the numbers that everybody looks for.
func figuresOf(l *analyze.Limit, path string) []webFigure {
	var all []webFigure
	if l.SustainedRate != nil {
		f := intervalFigure("sustained rate", "requests/s", path+"sustained_rate.", l.SustainedRate)
		if s := accuracy(l.SustainedRate); s != "" {
			f.Under = append(f.Under, []datum{{Text: s}})
		}
		if s := slow(l.SustainedRate.Value); s != "" {
			f.Under = append(f.Under, []datum{{Text: s}})
		}
		all = append(all, f)
	}
	if l.Burst != nil {
		all = append(all, intervalFigure("burst", "requests", path+"burst.", l.Burst))
	}
	if p := l.Prediction; p != nil && p.Hits > 0 {
		all = append(all, webFigure{Name: "foretold", Value: datum{Text: share(p.Correct, p.Hits)}, Under: [][]datum{{
			countDatum(path+"prediction.correct", p.Correct),
			{Text: " of "},
			countDatum(path+"prediction.hits", p.Hits),
			{Text: " hits that the fit had not seen"},
		}}})
	}
	if l.Contradictions > 0 {
		all = append(all, webFigure{Name: "not explained", Value: countDatum(path+"contradictions", l.Contradictions), Unit: "decisions"})
	}
	return all
}

// intervalFigure shows an interval: its point, below it what surely holds it.
func intervalFigure(name, unit, path string, i *analyze.Interval) webFigure {
	f := webFigure{Name: name, Unit: unit, Value: datumOf(path+"value", i.Value, estimate(i))}
	switch {
	case i.Low == nil && i.High == nil:
		f.Under = [][]datum{{{Text: "best estimate; not bounded"}}}
	case i.High == nil:
		f.Under = [][]datum{{{Text: "at least "}, datumOf(path+"low", *i.Low, atLeast(*i.Low))}}
	case i.Low == nil:
		f.Under = [][]datum{{{Text: "at most "}, datumOf(path+"high", *i.High, trim(rounded(*i.High, decimals(*i.High, 4), +1)))}}
	case exact(i):
		f.Under = [][]datum{{{Text: "exactly"}}}
	default:
		low, high, _ := strings.Cut(ends(i), " – ")
		f.Under = [][]datum{{datumOf(path+"low", *i.Low, low), {Text: " – "}, datumOf(path+"high", *i.High, high)}}
	}
	return f
}

// A webCheck is a claim of headers that was held against the limiter.
type webCheck struct {
	Mark, Word, Tone, Text string
	Wrong, Of              datum
	Hit, At, HitText       string // of the worst response
}

func checksOf(l *analyze.Limit, path string) []webCheck {
	var all []webCheck
	for i, c := range l.HeaderChecks {
		at := fmt.Sprintf("%sheader_checks.%d.", path, i)
		w := webCheck{
			Mark: "✓", Word: "holds", Tone: "good", Text: printable(c.Text),
			Wrong: countDatum(at+"wrong", c.Wrong), Of: countDatum(at+"of", c.Of),
		}
		if !c.Holds {
			w.Mark, w.Word, w.Tone = "✗", "does not hold", "bad"
		}
		if e := c.Example; e != nil {
			w.Hit, w.At, w.HitText = strconv.FormatUint(e.Hit, 10), number(e.At), count(int(e.Hit))
		}
		all = append(all, w)
	}
	return all
}

// A webEvidence is a model, and why it was ruled out if it was.
type webEvidence struct {
	Title             string
	Fails             datum
	At, Was           string
	Hit, Raw, HitText string
}

func evidenceOf(l *analyze.Limit, path string) []webEvidence {
	var all []webEvidence
	for _, name := range l.Survivors {
		all = append(all, webEvidence{Title: modelTitle(name), Fails: datum{Text: "0"}, Was: "explains every decision"})
	}
	for _, e := range ruledOutModels(l) {
		w := webEvidence{Title: e.title, Fails: countDatum(fmt.Sprintf("%salternatives.%d.contradictions", path, e.index), e.Contradictions)}
		if f := e.First; f != nil {
			w.At, w.Was = early(f.At), outcome(f)
			w.Hit, w.Raw, w.HitText = strconv.FormatUint(f.Hit, 10), strconv.FormatFloat(f.At, 'f', -1, 64), count(int(f.Hit))
		}
		all = append(all, w)
	}
	return all
}

func clientsOf(l *analyze.Limit, path string) []webCells {
	var all []webCells
	for i, c := range l.Clients {
		at := fmt.Sprintf("%sclients.%d.", path, i)
		all = append(all, webCells{printable(c.Name), []datum{
			countDatum(at+"admitted", c.Admitted), countDatum(at+"limited", c.Limited),
			datumOf(at+"duration_s", c.Duration, seconds(c.Duration)),
		}})
	}
	return all
}
