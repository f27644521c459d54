package foreign

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// TestShots takes pictures of a page, to look at: of the file RATEFIT_PAGE into
// the folder RATEFIT_SHOTS.
func TestShots(t *testing.T) {
	file, dir := os.Getenv("RATEFIT_PAGE"), os.Getenv("RATEFIT_SHOTS")
	if file == "" || dir == "" {
		t.Skip("set RATEFIT_PAGE to a page and RATEFIT_SHOTS to a folder")
	}
	browser := browse(t)
	for _, c := range []struct {
		name  string
		width int64
		theme string
	}{{"light", 1000, "light"}, {"dark", 1000, "dark"}, {"phone", 360, "light"}, {"phone-dark", 360, "dark"}} {
		p := newTab(t, browser)
		p.show(t, c.width, c.theme)
		p.open(t, file)
		height := eval[float64](t, p, `document.scrollingElement.scrollHeight`)
		for i := 0; float64(i)*1300 < height && i < 8; i++ {
			shot, err := chromedp.Call(p, page.CaptureScreenshot, page.CaptureScreenshotParams{
				CaptureBeyondViewport: new(true),
				Clip:                  &page.Viewport{Y: float64(i) * 1300, Width: float64(c.width), Height: min(1300, height-float64(i)*1300), Scale: 1},
			})
			if err != nil {
				t.Fatal(err)
			}
			keep(t, fmt.Sprintf("%s-%d.png", c.name, i), shot.Data)
		}
		if c.name == "light" {
			keep(t, "print.pdf", run(t, p, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize())))
		}
		p.quiet(t)
	}
}
