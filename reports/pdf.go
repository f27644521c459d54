package reports

import (
	"bytes"
	"image/color"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	xfont "golang.org/x/image/font"
	"golang.org/x/text/encoding/charmap"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgpdf"
)

// The same hits always give the same bytes: the dates in a PDF file are not
// those of its making, and its parts come in a fixed order.
func init() {
	fixed := time.Unix(0, 0).UTC()
	fpdf.SetDefaultCreationDate(fixed)
	fpdf.SetDefaultModificationDate(fixed)
	fpdf.SetDefaultCatalogSort(true)
}

func (s *sheet) pdf() ([]byte, error) {
	w, h := s.size()
	c := western{vgpdf.New(w, h)}
	s.draw(draw.New(c))
	var b bytes.Buffer
	_, err := c.WriteTo(&b)
	return b.Bytes(), err
}

// A western canvas writes texts in the encoding of the fonts in the file,
// Windows 1252, and escapes what that has no place for.
type western struct{ *vgpdf.Canvas }

// FillString implements [vg.Canvas].
func (c western) FillString(f font.Face, at vg.Point, text string) {
	var b strings.Builder
	for _, r := range text {
		if c, ok := charmap.Windows1252.EncodeRune(r); ok {
			b.WriteByte(c)
		} else {
			b.WriteString(escaped(r))
		}
	}
	if f.Font.Weight == xfont.WeightBold {
		// vgpdf takes all fonts of a file for one: titles are plain.
		f.Font.Weight = xfont.WeightNormal
		f = smallText.Handler.Cache().Lookup(f.Font, f.Font.Size)
	}
	c.Canvas.FillString(f, at, b.String())
}

// SetColor implements [vg.Canvas]. What shines through is given to vgpdf
// without the share of what lies below, which it does not expect.
func (c western) SetColor(clr color.Color) {
	if n, ok := clr.(color.NRGBA); ok {
		clr = unmixed(n)
	}
	c.Canvas.SetColor(clr)
}

// An unmixed colour is one whose parts are not multiplied by its opacity.
type unmixed color.NRGBA

// RGBA implements [color.Color].
func (c unmixed) RGBA() (r, g, b, a uint32) {
	return 0x101 * uint32(c.R), 0x101 * uint32(c.G), 0x101 * uint32(c.B), 0x101 * uint32(c.A)
}
