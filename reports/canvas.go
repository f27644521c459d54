package reports

import (
	"fmt"
	"html"
	"image"
	"image/color"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// A themed canvas writes SVG to be put into a page. Colours have names, which
// the style sheet of the page gives values to: the same picture is readable on
// light and on dark paper. Nothing in it needs style attributes, which a strict
// content security policy forbids.
type themed struct {
	b      strings.Builder
	height vg.Length
	now    brush
	stack  []brush
}

// A brush is the state of a canvas.
type brush struct {
	color  color.Color
	width  vg.Length
	dashes []vg.Length
	m      [6]float64 // what maps a point to the canvas: x' = m0 x + m2 y + m4, y' = m1 x + m3 y + m5
}

func newThemed(height vg.Length) *themed {
	c := &themed{height: height, now: brush{m: [6]float64{1, 0, 0, 1, 0, 0}}}
	vg.Initialize(c)
	return c
}

// colourNames are the names of the colours in the style sheet.
var colourNames = map[color.Color]string{
	admittedBlue: "admitted", limitedRed: "limited", levelGreen: "level", levelFill: "level-fill", regionFill: "region",
	declaredPink: "declared", ink: "ink", quiet: "quiet", faint: "faint", paper: "paper",
}

// paint returns the attribute that fills or strokes in the current colour.
func (c *themed) paint(how string) string {
	if name, ok := colourNames[c.now.color]; ok {
		return ` class="` + how + "-" + name + `"`
	}
	r, g, b, a := c.now.color.RGBA()
	text := fmt.Sprintf(` %s="#%02x%02x%02x" %s-opacity="%.2g"`, how, r>>8, g>>8, b>>8, how, float64(a)/0xffff)
	if how == "stroke" {
		text += ` fill="none"`
	}
	return text
}

// SetLineWidth implements [vg.Canvas], as all that follow.
func (c *themed) SetLineWidth(w vg.Length) { c.now.width = w }

func (c *themed) SetLineDash(d []vg.Length, _ vg.Length) { c.now.dashes = d }

func (c *themed) SetColor(clr color.Color) {
	if clr == nil {
		clr = ink
	}
	c.now.color = clr
}

func (c *themed) Push() { c.stack = append(c.stack, c.now) }

func (c *themed) Pop() {
	last := len(c.stack) - 1
	c.now, c.stack = c.stack[last], c.stack[:last]
}

func (c *themed) Rotate(rad float64) {
	sin, cos := math.Sincos(rad)
	c.transform([6]float64{cos, sin, -sin, cos, 0, 0})
}

func (c *themed) Translate(pt vg.Point) {
	c.transform([6]float64{1, 0, 0, 1, float64(pt.X), float64(pt.Y)})
}

func (c *themed) Scale(x, y float64) { c.transform([6]float64{x, 0, 0, y, 0, 0}) }

func (c *themed) transform(t [6]float64) {
	m := c.now.m
	c.now.m = [6]float64{
		m[0]*t[0] + m[2]*t[1], m[1]*t[0] + m[3]*t[1],
		m[0]*t[2] + m[2]*t[3], m[1]*t[2] + m[3]*t[3],
		m[0]*t[4] + m[2]*t[5] + m[4], m[1]*t[4] + m[3]*t[5] + m[5],
	}
}

// at maps a point to SVG, whose y axis points down.
func (c *themed) at(pt vg.Point) (x, y float64) {
	m := c.now.m
	return m[0]*float64(pt.X) + m[2]*float64(pt.Y) + m[4], float64(c.height) - (m[1]*float64(pt.X) + m[3]*float64(pt.Y) + m[5])
}

func (c *themed) Stroke(p vg.Path) {
	if c.now.width <= 0 {
		return
	}
	c.b.WriteString(`<path` + c.paint("stroke") + ` stroke-width="` + short2(float64(c.now.width)) + `"`)
	if len(c.now.dashes) > 0 {
		var d []string
		for _, l := range c.now.dashes {
			d = append(d, short2(float64(l)))
		}
		c.b.WriteString(` stroke-dasharray="` + strings.Join(d, " ") + `"`)
	}
	c.path(p)
}

func (c *themed) Fill(p vg.Path) {
	c.b.WriteString(`<path` + c.paint("fill"))
	c.path(p)
}

// path ends an element with its outline. The pictures of this package have
// lines and whole circles. Points are written as the way from the one before,
// in tenths, which takes half of the room.
func (c *themed) path(p vg.Path) {
	c.b.WriteString(` d="`)
	var pen [2]int
	for _, s := range p {
		switch s.Type {
		case vg.MoveComp:
			pen = c.tenths(s.Pos)
			c.b.WriteString("M" + tenth(pen[0]) + " " + tenth(pen[1]))
		case vg.LineComp:
			to := c.tenths(s.Pos)
			c.line(to[0]-pen[0], to[1]-pen[1])
			pen = to
		case vg.ArcComp:
			pen = c.tenths(vg.Point{X: s.Pos.X + s.Radius, Y: s.Pos.Y})
			r := short2(float64(s.Radius))
			half := "a" + r + " " + r + " 0 0 1 "
			c.b.WriteString("M" + tenth(pen[0]) + " " + tenth(pen[1]) +
				half + short2(-2*float64(s.Radius)) + " 0" + half + short2(2*float64(s.Radius)) + " 0")
		case vg.CloseComp:
			c.b.WriteByte('z')
		}
	}
	c.b.WriteString("\"/>\n")
}

// line goes so many tenths to the right and down.
func (c *themed) line(dx, dy int) {
	switch {
	case dy == 0:
		c.b.WriteString("h" + tenth(dx))
	case dx == 0:
		c.b.WriteString("v" + tenth(dy))
	default:
		c.b.WriteString("l" + tenth(dx))
		if dy > 0 { // a minus sign parts numbers too
			c.b.WriteByte(' ')
		}
		c.b.WriteString(tenth(dy))
	}
}

func (c *themed) tenths(pt vg.Point) [2]int {
	x, y := c.at(pt)
	return [2]int{int(math.Round(10 * x)), int(math.Round(10 * y))}
}

// tenth writes a number of tenths: 12.3, .4, -5.
func tenth(n int) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	whole, part := strconv.Itoa(n/10), ""
	if n%10 != 0 {
		part = "." + strconv.Itoa(n%10)
		whole = strings.TrimPrefix(whole, "0")
	}
	if whole == "0" {
		return "0"
	}
	return sign + whole + part
}

func (c *themed) FillString(f font.Face, pt vg.Point, text string) {
	x, y := c.at(pt)
	turn := ""
	if a := math.Atan2(c.now.m[1], c.now.m[0]); math.Abs(a) > 1e-9 {
		turn = fmt.Sprintf(` transform="rotate(%s %s %s)"`, short2(-a*180/math.Pi), short2(x), short2(y))
	}
	fmt.Fprintf(&c.b, `<text%s x="%s" y="%s" font-size="%s"%s>%s</text>`+"\n",
		c.paint("fill"), short2(x), short2(y), short2(f.Font.Size.Points()), turn, html.EscapeString(text))
}

// DrawImage implements [vg.Canvas]; no picture of this package holds one.
func (c *themed) DrawImage(vg.Rectangle, image.Image) {}

// short2 formats a length with at most two decimals.
func short2(x float64) string { return trim(strconv.FormatFloat(x, 'f', 2, 64)) }
