package reports

import (
	"image/color"
	"strings"

	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// The colours are those of Okabe and Ito ("Color Universal Design", 2008),
// which people with any colour vision tell apart. Each meaning also has a
// shape or a place of its own.
var (
	admittedBlue   = color.NRGBA{0x00, 0x72, 0xb2, 0xff}
	limitedRed     = color.NRGBA{0xd5, 0x5e, 0x00, 0xff} // vermillion
	levelGreen     = color.NRGBA{0x00, 0x9e, 0x73, 0xff}
	levelFill      = color.NRGBA{0x00, 0x9e, 0x73, 0x33}
	regionFill     = color.NRGBA{0x56, 0xb4, 0xe9, 0x73} // sky blue
	regionBlue     = color.NRGBA{0x00, 0x72, 0xb2, 0xff}
	declaredPink   = color.NRGBA{0xb0, 0x4f, 0x85, 0xff} // reddish purple, darkened for white paper
	ink            = color.NRGBA{0x22, 0x22, 0x22, 0xff}
	quiet          = color.NRGBA{0x66, 0x66, 0x66, 0xff}
	faint          = color.NRGBA{0xe2, 0xe2, 0xe2, 0xff}
	paper          = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	smallText      = textStyle(10, xfont.WeightNormal)
	plainText      = textStyle(11, xfont.WeightNormal)
	titleText      = textStyle(14, xfont.WeightBold)
	wholeLine      = draw.LineStyle{Color: ink, Width: 1, Dashes: []vg.Length{5, 3}}
	curveLine      = draw.LineStyle{Color: ink, Width: 1.2, Dashes: []vg.Length{5, 3}}
	boundLine      = draw.LineStyle{Color: quiet, Width: 1, Dashes: []vg.Length{1.5, 3}}
	admittedLine   = draw.LineStyle{Color: admittedBlue, Width: 2}
	levelLine      = draw.LineStyle{Color: levelGreen, Width: 1.4}
	gridLine       = draw.LineStyle{Color: faint, Width: 0.6}
	declaredGlyph  = draw.GlyphStyle{Color: declaredPink, Radius: 5, Shape: diamond{}}
	recoveredGlyph = draw.GlyphStyle{Color: admittedBlue, Radius: 2.5, Shape: draw.CircleGlyph{}}
	bestGlyph      = draw.GlyphStyle{Color: ink, Radius: 4, Shape: draw.CircleGlyph{}}
)

func textStyle(size vg.Length, weight xfont.Weight) text.Style {
	return text.Style{
		Color:   ink,
		Font:    font.Font{Typeface: "Liberation", Variant: "Sans", Size: size, Weight: weight},
		XAlign:  draw.XLeft,
		YAlign:  draw.YCenter,
		Handler: plot.DefaultTextHandler,
	}
}

// drawable escapes what the font has no glyph for, after what [printable] does.
func drawable(s string) string {
	face := titleText.Handler.Cache().Lookup(titleText.Font, titleText.Font.Size).Face
	var b strings.Builder
	var buf sfnt.Buffer
	for _, r := range printable(s) {
		if i, err := face.GlyphIndex(&buf, r); err != nil || i == 0 {
			b.WriteString(escaped(r))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// aligned returns the style with another alignment.
func aligned(s text.Style, x text.XAlignment, y text.YAlignment) text.Style {
	s.XAlign, s.YAlign = x, y
	return s
}

// tinted returns the style in another colour.
func tinted(s text.Style, c color.Color) text.Style {
	s.Color = c
	return s
}

// diamond is the glyph of what headers declare.
type diamond struct{}

func (diamond) DrawGlyph(c *draw.Canvas, s draw.GlyphStyle, at vg.Point) {
	r := s.Radius
	c.SetColor(s.Color)
	var p vg.Path
	p.Move(vg.Point{X: at.X, Y: at.Y + r})
	p.Line(vg.Point{X: at.X + r, Y: at.Y})
	p.Line(vg.Point{X: at.X, Y: at.Y - r})
	p.Line(vg.Point{X: at.X - r, Y: at.Y})
	p.Close()
	c.Fill(p)
	c.SetLineStyle(draw.LineStyle{Color: paper, Width: 0.8})
	c.Stroke(p)
}

// A painter draws one layer of a panel.
type painter func(c draw.Canvas, p *plot.Plot)

// Plot implements [plot.Plotter].
func (f painter) Plot(c draw.Canvas, p *plot.Plot) { f(c, p) }

// newPanel returns a plot with axes in the style of this package. The ranges
// are set by the caller.
func newPanel(x, y string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Label.TextStyle.Font = plainText.Font
		a.Label.TextStyle.Color = ink
		a.Label.Padding = 3
		a.Tick.Label.Font = smallText.Font
		a.Tick.Label.Color = ink
		a.Tick.Length = 4
		a.Tick.LineStyle = draw.LineStyle{Color: quiet, Width: 0.6}
		a.LineStyle = draw.LineStyle{Color: quiet, Width: 0.6}
		a.Padding = 0
	}
	p.X.Label.Text, p.Y.Label.Text = x, y
	return p
}

// grid draws lines at the labelled ticks of both axes.
func grid(x, y bool) painter {
	return func(c draw.Canvas, p *plot.Plot) {
		toX, toY := p.Transforms(&c)
		if x {
			for _, t := range p.X.Tick.Marker.Ticks(p.X.Min, p.X.Max) {
				if at := toX(t.Value); !t.IsMinor() && c.ContainsX(at) {
					c.StrokeLine2(gridLine, at, c.Min.Y, at, c.Max.Y)
				}
			}
		}
		if y {
			for _, t := range p.Y.Tick.Marker.Ticks(p.Y.Min, p.Y.Max) {
				if at := toY(t.Value); !t.IsMinor() && c.ContainsY(at) {
					c.StrokeLine2(gridLine, c.Min.X, at, c.Max.X, at)
				}
			}
		}
	}
}
