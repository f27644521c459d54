package command

import "testing"

func TestWhatATerminalCan(t *testing.T) {
	for _, c := range []struct {
		name                  string
		env                   map[string]string
		moves, reflows, signs bool
	}{
		{"usual", map[string]string{"TERM": "xterm-256color", "LANG": "en_GB.UTF-8"}, true, true, true},
		{"nothing is known", nil, true, true, true},
		{"dumb", map[string]string{"TERM": "dumb"}, false, true, true},
		{"xterm", map[string]string{"TERM": "xterm", "XTERM_VERSION": "XTerm(379)"}, true, false, true},
		{"tmux in xterm", map[string]string{"TERM": "screen-256color", "XTERM_VERSION": "XTerm(379)", "TMUX": "/tmp/x,1,0"}, true, true, true},
		{"screen", map[string]string{"TERM": "screen"}, true, false, true},
		{"rxvt", map[string]string{"TERM": "rxvt-unicode-256color"}, true, false, true},
		{"console", map[string]string{"TERM": "linux", "LANG": "C.UTF-8"}, true, false, false},
		{"C", map[string]string{"LC_ALL": "C", "LANG": "en_GB.UTF-8"}, true, true, false},
		{"Latin 1", map[string]string{"LC_CTYPE": "de_DE.ISO-8859-1"}, true, true, false},
		{"utf8", map[string]string{"LANG": "de_DE.utf8"}, true, true, true},
	} {
		env := func(name string) string { return c.env[name] }
		if got := canMove(env); got != c.moves {
			t.Errorf("%s: has a cursor that moves: %t", c.name, got)
		}
		if got := reflows(env); got != c.reflows {
			t.Errorf("%s: reflows: %t", c.name, got)
		}
		if got := showsUnicode(env); got != c.signs {
			t.Errorf("%s: shows more than ASCII: %t", c.name, got)
		}
	}
}
