package reports

import (
	"bytes"
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
		// vgpdf registers a bold font as a plain one, and then looks for a bold one.
		f.Font.Weight, f.Font.Variant = xfont.WeightNormal, f.Font.Variant+" Bold"
	}
	c.Canvas.FillString(f, at, b.String())
}
