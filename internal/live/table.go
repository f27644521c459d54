package live

import (
	"fmt"
	"strings"

	"ratefit/internal/cells"
)

// A column of the table of sources.
type column struct {
	left  bool // aligned to the left
	paint func(*Source) paint
	text  func(*Source) string
}

// layouts are the columns for ever narrower terminals: their heads.
var layouts = [][]string{
	{"", "address", "sent", "admitted", "limited", "failed", "level"},
	{"", "address", "admitted", "limited", "failed", "level"},
	{"", "address", "admitted", "limited", "left"},
	{"", "address", "adm+lim", "left"},
	{"", "adm+lim", "left"},
	{"", "adm+lim"},
}

var columns = map[string]column{
	"":         {left: true, paint: func(*Source) paint { return bold }, text: func(s *Source) string { return cells.Fit(cells.Printable(s.Class), 12, "…") }},
	"address":  {left: true, text: func(s *Source) string { return cells.Printable(s.Address) }},
	"sent":     {text: func(s *Source) string { return fmt.Sprint(s.sent()) }},
	"admitted": {text: func(s *Source) string { return fmt.Sprint(s.Admitted) }},
	"limited":  {paint: where(yellow, func(s *Source) bool { return s.Limited > 0 }), text: func(s *Source) string { return fmt.Sprint(s.Limited) }},
	"failed":   {paint: where(red, func(s *Source) bool { return s.Failed > 0 }), text: func(s *Source) string { return fmt.Sprint(s.Failed) }},
	"adm+lim":  {text: func(s *Source) string { return fmt.Sprintf("%d+%d", s.Admitted, s.Limited) }},
	"level":    {left: true, paint: where(cyan, func(s *Source) bool { return s.Level != nil }), text: func(s *Source) string { return s.Level.bar(10) }},
	"left":     {left: true, paint: where(cyan, func(s *Source) bool { return s.Level != nil }), text: func(s *Source) string { return s.Level.bar(0) }},
}

func where(p paint, cond func(*Source) bool) func(*Source) paint {
	return func(s *Source) paint {
		if cond(s) {
			return p
		}
		return plain
	}
}

// bar draws a level: what is certainly left, what may be, and what is used up.
func (l *Level) bar(width int) string {
	if l == nil {
		return "?"
	}
	text := fmt.Sprintf("%d of %d", l.Low, l.Of)
	if l.High > l.Low {
		text = fmt.Sprintf("%d–%d of %d", l.Low, l.High, l.Of)
	}
	if width == 0 || l.Of == 0 {
		return text
	}
	cell := func(n int) int { return (n*width + l.Of/2) / l.Of }
	sure := cell(l.Low)
	maybe := cell(l.High) - sure
	return strings.Repeat("█", sure) + strings.Repeat("▒", maybe) + strings.Repeat("░", width-sure-maybe) + " " + text
}

// tableHeight is how many lines the whole table takes.
func (s *State) tableHeight() int {
	if len(s.Sources) == 0 {
		return 0
	}
	return len(s.Sources) + 1
}

// table counts for each source, in at most so many lines.
func (s *State) table(width, height int) []line {
	shown := s.Sources
	if len(shown) == 0 || height < 1 {
		return nil
	}
	headed := height > 2
	room := height
	if headed {
		room--
	}
	folded := 0
	if len(shown) > room {
		folded = len(shown) - room + 1
		shown = shown[:room-1]
	}
	out := s.laidOut(shown, width)
	if !headed {
		out = out[1:]
	}
	if folded > 0 {
		out = append(out, s.fold(folded))
	}
	return out
}

// fold sums up the sources that there is no room for.
func (s *State) fold(n int) line {
	rest := s.Sources[len(s.Sources)-n:]
	admitted, limited := 0, 0
	for i := range rest {
		admitted, limited = admitted+rest[i].Admitted, limited+rest[i].Limited
	}
	word := "more sources"
	switch {
	case n == len(s.Sources):
		word = "sources"
	case n == 1:
		word = "more source"
	}
	return line{{fmt.Sprintf("… %d %s: %d admitted, %d limited", n, word, admitted, limited), plain}}
}

// laidOut is the head and a line for each source, in the widest layout that
// fits.
func (s *State) laidOut(shown []Source, width int) []line {
	for i, names := range layouts {
		lines, used := s.inColumns(shown, names)
		if used <= width || i == len(layouts)-1 {
			return lines
		}
	}
	return nil
}

func (s *State) inColumns(shown []Source, names []string) (lines []line, used int) {
	lines = make([]line, len(shown)+1)
	for i, name := range names {
		if (name == "level" || name == "left") && len(s.Limits) == 0 {
			continue
		}
		c := columns[name]
		width := cells.Width(name)
		for k := range shown {
			width = max(width, cells.Width(c.text(&shown[k])))
		}
		gap := ""
		if i > 0 {
			gap = "  "
		}
		used += len(gap) + width
		lines[0] = append(lines[0], part{gap + cells.Pad(name, width, !c.left), faint})
		for k := range shown {
			p := plain
			if c.paint != nil {
				p = c.paint(&shown[k])
			}
			lines[k+1] = append(lines[k+1], part{gap + cells.Pad(c.text(&shown[k]), width, !c.left), p})
		}
	}
	// A class is named once, where addresses tell its lines apart.
	for k := range shown {
		if first := &lines[k+1][0]; names[1] == "address" && k > 0 && shown[k].Class == shown[k-1].Class {
			first.text = strings.Repeat(" ", cells.Width(first.text))
		}
	}
	return lines, used
}
