package declared

import "strings"

// parsed remembers how a structured field was read, so that the next one that
// differs only in its numbers need not be parsed: RateLimit counts down with
// every response.
type parsed struct {
	line      string // "" = nothing is remembered
	members   []member
	malformed bool
	numbers   []numberAt // where the line has integers that may change, ascending
}

// numberAt is an integer parameter in a line: where it stands, and whose it is.
type numberAt struct {
	from, to int
	member   int
	key      string
}

// set parses the lines and remembers the result.
func (p *parsed) set(lines []string) {
	*p = parsed{}
	p.members, p.malformed = parseMembers(lines)
	p.line = strings.Join(lines, ",")
	if !p.malformed && len(lines) == 1 {
		p.findNumbers()
	}
}

// fits reports whether the lines differ from those remembered at most in the
// digits of integer parameters, and sets these.
func (p *parsed) fits(lines []string) bool {
	if p.line == "" || len(lines) != 1 && strings.Join(lines, ",") != p.line {
		return false
	}
	if len(lines) != 1 || lines[0] == p.line {
		return true
	}
	line := lines[0]
	at, shift := 0, 0 // in the line remembered; how much further the new one is
	for i := range p.numbers {
		n := &p.numbers[i]
		if n.from+shift > len(line) || line[at+shift:n.from+shift] != p.line[at:n.from] {
			return false
		}
		end := n.from + shift
		for end < len(line) && '0' <= line[end] && line[end] <= '9' {
			end++
		}
		if _, ok := short(line[n.from+shift : end]); !ok || end == n.from+shift {
			return false
		}
		at, shift = n.to, end-n.to
	}
	if line[min(len(line), at+shift):] != p.line[at:] {
		return false
	}
	shift = 0
	for i := range p.numbers {
		n := &p.numbers[i]
		n.from += shift
		end := n.from
		for end < len(line) && '0' <= line[end] && line[end] <= '9' {
			end++
		}
		shift += end - (n.to + shift)
		n.to = end
		v, _ := short(line[n.from:end])
		p.members[n.member].numbers[n.key] = v
	}
	p.line = line
	return true
}

// findNumbers finds the integer parameters of a well-formed line. A line in
// which they cannot be told for sure has none: it is then parsed each time.
func (p *parsed) findNumbers() {
	member, line := 0, p.line
	seen := map[numberAt]bool{} // keys, by member
	for i := 0; i < len(line); i++ {
		closing := byte(0)
		switch line[i] {
		case '\\', '(', '?', '@', '%': // escapes, and what numbers are not among
			p.numbers = nil
			return
		case '"':
			closing = '"'
		case ':':
			closing = ':'
			if i == 0 || line[i-1] != '=' { // part of a token
				p.numbers = nil
				return
			}
		case ',':
			member++
		case '=':
			key := keyBefore(line[:i])
			if at := (numberAt{member: member, key: key}); seen[at] {
				p.numbers = nil
				return
			} else {
				seen[at] = true
			}
			p.addNumber(i+1, member, key)
		}
		if closing != 0 {
			end := strings.IndexByte(line[i+1:], closing)
			if end < 0 || strings.IndexByte(line[i+1:i+1+end], '\\') >= 0 {
				p.numbers = nil
				return
			}
			i += end + 1
		}
	}
	for i := range p.numbers {
		if n := &p.numbers[i]; !p.holds(n) {
			p.numbers = nil
			return
		}
	}
}

// holds reports whether the parser found the same number there.
func (p *parsed) holds(n *numberAt) bool {
	if n.member >= len(p.members) {
		return false
	}
	v, ok := short(p.line[n.from:n.to])
	parsed, found := p.members[n.member].numbers[n.key]
	return ok && found && parsed == v
}

// keyBefore returns the key that a line ends with.
func keyBefore(line string) string {
	return strings.TrimLeft(line[strings.LastIndexByte(line, ';')+1:], " ")
}

// addNumber adds the integer that begins there, if it is one.
func (p *parsed) addNumber(from, member int, key string) {
	to := from
	for to < len(p.line) && '0' <= p.line[to] && p.line[to] <= '9' {
		to++
	}
	if to > from && (to == len(p.line) || strings.IndexByte("; \t,", p.line[to]) >= 0) {
		p.numbers = append(p.numbers, numberAt{from, to, member, key})
	}
}
