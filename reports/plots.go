package reports

import (
	"bytes"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"ratefit/analyze"
)

// pngDPI is the resolution of PNG files.
const pngDPI = 144

// Plots draws every figure that has something to show, for each limit, as SVG,
// PNG and PDF into the folder dir, which it creates. Files of the same names are
// replaced. It returns the names written, without the folder, in the order of
// limits and figures. The hits are read once; without a source (nil) the
// figures that need them are left out. The memory used does not depend on the
// number of hits.
func Plots(dir string, a *analyze.Analysis, hits HitSource) ([]string, error) {
	if err := finite(a); err != nil {
		return nil, err
	}
	scenes := scenesOf(a)
	if err := collect(scenes, hits); err != nil {
		return nil, fmt.Errorf("read hits for the plots: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	var files []string
	for _, sc := range scenes {
		sc.end = max(a.Duration, sc.lastHit())
		for _, f := range Figures {
			s := f.draw(sc)
			if s == nil {
				continue
			}
			written, err := s.save(dir, sc.file+"-"+f.Name)
			files = append(files, written...)
			if err != nil {
				return files, err
			}
		}
	}
	return files, nil
}

// save writes a sheet as NAME.svg, NAME.png and NAME.pdf.
func (s *sheet) save(dir, name string) (written []string, err error) {
	for _, f := range []struct {
		ext    string
		render func() ([]byte, error)
	}{{".svg", s.svg}, {".png", s.png}, {".pdf", s.pdf}} {
		b, err := f.render()
		if err != nil {
			return written, fmt.Errorf("draw %s: %w", name+f.ext, err)
		}
		if err := os.WriteFile(filepath.Join(dir, name+f.ext), b, 0o644); err != nil {
			return written, err
		}
		written = append(written, name+f.ext)
	}
	return written, nil
}

func (s *sheet) svg() ([]byte, error) {
	w, h := s.size()
	c := vgsvg.New(w, h)
	s.draw(draw.New(c))
	var b bytes.Buffer
	if _, err := c.WriteTo(&b); err != nil {
		return nil, err
	}
	// Where Liberation Sans is missing, Arial has the same widths. The title
	// is what screen readers read.
	out := bytes.ReplaceAll(b.Bytes(), []byte("font-family:Liberation Sans;font-variant:normal"),
		[]byte("font-family:'Liberation Sans',Arial,Helvetica,sans-serif"))
	head, rest, ok := bytes.Cut(out, []byte("xlink\">\n"))
	if !ok {
		return out, nil
	}
	title := "xlink\">\n<title>" + html.EscapeString(s.title+". "+s.subtitle) + "</title>\n"
	return slices.Concat(head, []byte(title), rest), nil
}

func (s *sheet) png() ([]byte, error) {
	w, h := s.size()
	c := vgimg.PngCanvas{Canvas: vgimg.NewWith(vgimg.UseWH(w, h), vgimg.UseDPI(pngDPI))}
	s.draw(draw.New(c))
	var b bytes.Buffer
	_, err := c.WriteTo(&b)
	return b.Bytes(), err
}

// A scene is what the figures of one limit are drawn from.
type scene struct {
	limit   *analyze.Limit
	target  string
	label   string // of the limit
	file    string // start of its file names
	series  []*series
	note    string
	limited []int   // statuses that mean "limited"
	end     float64 // of the time axis, in seconds
}

func scenesOf(a *analyze.Analysis) []*scene {
	labels, files := labelsOf(a.Limits), fileNames(a.Limits)
	var scenes []*scene
	for i := range a.Limits {
		l := &a.Limits[i]
		sc := &scene{limit: l, target: drawable(a.Target), label: drawable(labels[i]), file: files[i], limited: limitedStatuses(l)}
		sc.series, sc.note = seriesOf(l, a.Scope)
		for _, s := range sc.series {
			s.delayed = queues(l)
		}
		scenes = append(scenes, sc)
	}
	return scenes
}

// drawn returns the series that hold any hit.
func (sc *scene) drawn() []*series {
	return slices.DeleteFunc(slices.Clone(sc.series), func(s *series) bool { return s.interval == 0 })
}

// lastHit returns when the last hit drawn was decided, in seconds.
func (sc *scene) lastHit() float64 {
	last := 0.0
	for _, s := range sc.series {
		last = max(last, s.last.Seconds())
	}
	return last
}

// sheet starts a figure: the limiter in words, then the target and what is drawn.
func (sc *scene) sheet(about string) *sheet {
	s := &sheet{title: sc.label, subtitle: sc.target + " · " + about}
	switch l := sc.limit; {
	case l.SustainedRate != nil && l.Burst != nil:
		s.title += ": " + modelTitle(l.Model) + ", " + shortRate(l) + ", burst " + value(l.Burst)
	case l.Model == "concurrency" && l.Burst != nil:
		s.title += ": " + modelTitle(l.Model) + ", " + value(l.Burst) + " in flight"
	}
	if block := duration(sc.limit.Params, "block_s"); block != "" {
		s.title += ", blocks for " + block
	}
	if v := sc.limit.Verdict; v != analyze.Identified {
		s.title += " (" + printable(string(v)) + ")"
	}
	if sc.note != "" {
		s.notes = []string{sc.note}
	}
	return s
}

func shortRate(l *analyze.Limit) string {
	v := value(l.SustainedRate)
	text := v + " " + requests(v) + "/s"
	if s := slow(l.SustainedRate.Value); s != "" {
		text += " (" + s + ")"
	}
	return text
}

// fileNames gives each limit a start of file names that any file system takes:
// its class, and where limits share one, the first source; then a number.
func fileNames(limits []analyze.Limit) []string {
	slugs := make([]string, len(limits))
	uses := map[string]int{}
	for i := range limits {
		slugs[i] = slug(limits[i].Class)
		uses[slugs[i]]++
	}
	taken := map[string]bool{}
	for i, s := range slugs {
		if uses[s] > 1 && len(limits[i].Sources) > 0 {
			s += "-" + slug(limits[i].Sources[0])
		}
		free := s
		for n := 2; taken[free]; n++ {
			free = s + "-" + strconv.Itoa(n)
		}
		taken[free] = true
		slugs[i] = free
	}
	return slugs
}

// slug keeps ASCII letters in lower case, digits, dots and underscores, and
// puts one hyphen in place of anything else. It never starts with a dot and is
// never empty.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '.', r == '_':
			b.WriteRune(r)
		case !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
	}
	out := strings.Trim(b.String(), "-.")
	if len(out) > 60 {
		out = strings.TrimRight(out[:60], "-.")
	}
	if out == "" {
		return "class"
	}
	return out
}
