package declared

import (
	"strings"

	"github.com/dunglas/httpsfv"
)

// parsed remembers how a structured field was read, so that the next one that
// differs only in its numbers need not be parsed: RateLimit counts down with
// every response.
type parsed struct {
	lines     []template // none: nothing is remembered
	members   []member
	malformed bool

	counted bool     // quotas holds
	quotas  []Policy // what the members declare, as a list of policies
}

// A template is a line with the places of the integers that may change.
type template struct {
	line    string
	numbers []numberAt // ascending
}

// numberAt is an integer parameter in a line: where it stands, and whose it is.
type numberAt struct {
	from, to int
	member   int
	param    int // index among the member's numbers
}

// set parses the lines and remembers the result.
func (p *parsed) set(lines []string) {
	*p = parsed{}
	for _, line := range lines {
		// A list may be cut into lines only between its members.
		l, err := httpsfv.UnmarshalList([]string{line})
		if err != nil || strings.TrimSpace(line) == "" {
			*p = parsed{malformed: true}
			break
		}
		t := template{line: line}
		first := len(p.members)
		p.members = append(p.members, strict(l)...)
		t.findNumbers(p.members, first)
		p.lines = append(p.lines, t)
	}
	if p.malformed {
		p.members, p.malformed = parseMembers(lines)
		for _, line := range lines {
			p.lines = append(p.lines, template{line: line})
		}
	}
	p.members = p.members[:min(len(p.members), maxPolicies)]
}

// fits reports whether the lines differ from those remembered at most in the
// digits of integer parameters, and sets these. If not, what is remembered is
// spoiled.
func (p *parsed) fits(lines []string) bool {
	if len(lines) != len(p.lines) {
		return false
	}
	for i := range lines {
		t := &p.lines[i]
		if lines[i] == t.line {
			continue
		}
		p.counted = false
		if !t.fits(lines[i], p.members) {
			return false
		}
	}
	return true
}

func (t *template) fits(line string, members []member) bool {
	from := 0 // in the line remembered; the new one is as far behind at+from
	at := 0
	for i := range t.numbers {
		n := &t.numbers[i]
		same := t.line[from:n.from]
		if len(line)-at < len(same) || line[at:at+len(same)] != same {
			return false
		}
		at += len(same)
		begin := at
		v := 0
		for at < len(line) && '0' <= line[at] && line[at] <= '9' && at-begin < 16 {
			v = 10*v + int(line[at]-'0')
			at++
		}
		if at == begin || at-begin > 15 {
			return false
		}
		members[n.member].numbers[n.param].value = float64(v)
		from = n.to
		n.from, n.to = begin, at
	}
	if line[at:] != t.line[from:] {
		return false
	}
	t.line = line
	return true
}

// findNumbers finds the integer parameters of a well-formed line. A line in
// which they cannot be told for sure has none: it is then parsed each time.
func (t *template) findNumbers(members []member, first int) {
	member, line := first, t.line
	type memberKey struct {
		member int
		key    string
	}
	seen := map[memberKey]bool{}
	for i := 0; i < len(line); i++ {
		closing := byte(0)
		switch line[i] {
		case '\\', '(', '?', '@', '%': // escapes, and what numbers are not among
			t.numbers = nil
			return
		case '"':
			closing = '"'
		case ':':
			closing = ':'
			if i == 0 || line[i-1] != '=' { // part of a token
				t.numbers = nil
				return
			}
		case ',':
			member++
		case '=':
			key := keyBefore(line[:i])
			if at := (memberKey{member, key}); seen[at] || !t.addNumber(i+1, member, key, members) {
				t.numbers = nil
				return
			} else {
				seen[at] = true
			}
		}
		if closing != 0 {
			end := strings.IndexByte(line[i+1:], closing)
			if end < 0 || strings.IndexByte(line[i+1:i+1+end], '\\') >= 0 {
				t.numbers = nil
				return
			}
			i += end + 1
		}
	}
}

// keyBefore returns the key that a line ends with.
func keyBefore(line string) string {
	return strings.TrimLeft(line[strings.LastIndexByte(line, ';')+1:], " ")
}

// addNumber adds the integer that begins there, if it is one; false if the
// parser did not find the same.
func (t *template) addNumber(from, member int, key string, members []member) bool {
	to := from
	for to < len(t.line) && '0' <= t.line[to] && t.line[to] <= '9' {
		to++
	}
	if to == from || to < len(t.line) && strings.IndexByte("; \t,", t.line[to]) < 0 {
		return true
	}
	if member >= len(members) {
		return false
	}
	v, ok := short(t.line[from:to])
	for i, param := range members[member].numbers {
		if ok && param.key == key && param.value == v {
			t.numbers = append(t.numbers, numberAt{from, to, member, i})
			return true
		}
	}
	return false
}
