package profiles

import "fmt"

// A Problem is one mistake in a profile and the place where it is. It is an
// error whose message is one line.
type Problem struct {
	File  string // as given to [Load]; "" for a profile made in code
	Line  int    // from 1; 0 = the file as a whole
	Field string // path such as "classes.read.phases[2].rate"; "" = the file as a whole
	Text  string // what is wrong and what to write instead
}

// Error is "file:line: field: text", without the parts that are unknown.
func (p *Problem) Error() string {
	s := p.Text
	if p.Field != "" {
		s = p.Field + ": " + s
	}
	switch {
	case p.File != "" && p.Line > 0:
		s = fmt.Sprintf("%s:%d: %s", p.File, p.Line, s)
	case p.File != "":
		s = p.File + ": " + s
	}
	return s
}
