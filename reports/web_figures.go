package reports

import (
	"html"
	"html/template"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// phoneWidth is how wide the pictures are that phones show, in points.
const phoneWidth = 332

// A webPicture is a figure in a page, drawn for wide screens and for phones.
type webPicture struct {
	Title, About string
	Notes        []string
	Wide, Narrow template.HTML
	Explore      bool // the script can zoom into it
}

func picturesOf(sc *scene, id string) []webPicture {
	var all []webPicture
	for _, f := range Figures {
		wide := f.draw(sc)
		if wide == nil {
			continue
		}
		narrow := f.draw(sc)
		narrow.narrow = phoneWidth
		all = append(all, webPicture{
			Title: f.Title, About: sentenceCase(f.About) + ".", Notes: wide.notes,
			Wide:    wide.inline(id+"-"+f.Name, "wide"),
			Narrow:  narrow.inline(id+"-"+f.Name+"-narrow", "narrow"),
			Explore: f.Name == "timeline",
		})
	}
	return all
}

// inline draws a sheet as an element of a page.
func (s *sheet) inline(id, class string) template.HTML {
	s.bare = true
	w, h := s.size()
	c := newThemed(h)
	s.draw(draw.NewCanvas(c, w, h))
	return template.HTML(`<svg class="` + class + `" viewBox="0 0 ` + points(w) + ` ` + points(h) +
		`" role="img" aria-labelledby="` + id + `-t ` + id + `-d" xmlns="http://www.w3.org/2000/svg">
<title id="` + id + `-t">` + html.EscapeString(s.title) + `</title><desc id="` + id + `-d">` + html.EscapeString(s.subtitle) + `</desc>
` + c.b.String() + `</svg>`)
}

func points(l vg.Length) string { return short2(float64(l)) }

// keepClumps has every series keep its hits for the timeline of a page.
func keepClumps(scenes []*scene) {
	var all []*series
	for _, sc := range scenes {
		all = append(all, sc.series...)
	}
	for _, s := range all {
		s.clumps = &clumps{most: max(2, clumpsInside/len(all))}
	}
}

// webSeriesOf packs the hits of all series.
func webSeriesOf(scenes []*scene) []webSeries {
	held := 0
	for _, sc := range scenes {
		held += len(sc.drawn())
	}
	var all []webSeries
	for i, sc := range scenes {
		rate, burst, fitted := bucket(sc.limit)
		if !fitted {
			rate, burst = 0, 0
		}
		for _, s := range sc.drawn() {
			s.clumps.finish(rate, burst, clumpsKept/held)
			all = append(all, webSeries{
				Limit: i, Source: printable(s.source), End: sc.end, Rate: rate, Burst: burst,
				Kinds: list(s.clumps.kinds), Count: len(s.clumps.all), Clumps: s.clumps.encode(fitted),
			})
		}
	}
	return all
}
