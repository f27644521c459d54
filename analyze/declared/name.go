package declared

import (
	"slices"
	"strconv"
	"strings"
)

// parts is what the name of a header says by rule, whoever sends it.
type parts struct {
	role   role
	word   string // the word for the role
	stem   bool   // it says "rate limit"
	quota  bool   // it says "quota" instead
	x      bool   // it begins with X- and names nobody
	prefix string // words before the stem: a vendor, or whom the limit is for
	infix  string // words between the stem and the field
	suffix string // words after the field
	class  string // read, write …
	unit   string // the word for it
	window windowName
	format float64 // seconds per unit of a time, 0 = not said
	delta  bool    // a time is a length, not an instant
	per    bool    // it says "per"
	sure   bool    // it means a limit even without companions
}

// A windowName is a window that stands in a header's name.
type windowName struct {
	word    string
	seconds float64 // 0 = no fixed length
}

// partsOf reads a normalised name; ok is false if it does not declare anything
// about a limit.
func partsOf(name string) (p parts, ok bool) {
	if name == "ratelimit" || name == "ratelimit-policy" { // the structured fields of the drafts
		return p, false
	}
	words := segment(name)
	if slices.ContainsFunc(words, func(w string) bool { return otherLimits[w] }) {
		return p, false
	}
	stem := slices.IndexFunc(words, func(w string) bool { return stemWords[w] })
	p.stem = stem >= 0
	p.quota = !p.stem && slices.Contains(words, "quota")
	at := p.fieldOf(words)
	if at < 0 && !p.stem {
		return p, false
	}
	var prefix, infix, suffix []string
	for i, w := range words {
		switch {
		case i == at || i == stem || p.quota && w == "quota" || p.take(w):
		case p.stem && i < stem, !p.stem && i < at:
			prefix = append(prefix, w)
		case i < at:
			infix = append(infix, w)
		default:
			suffix = append(suffix, w)
		}
	}
	if at < 0 {
		if p.role, ok = roleLimit, len(suffix) == 0; !ok {
			return p, false
		}
	}
	p.prefix, p.infix, p.suffix = strings.Join(prefix, "-"), strings.Join(infix, "-"), strings.Join(suffix, "-")
	p.x = strings.HasPrefix(name, "x-") && p.prefix == ""
	// Without the stem, "limit" and another field in one name, or a window
	// beside a field, leave no doubt.
	p.sure = p.stem || plainWords[p.word] && (p.window.seconds > 0 || p.unit == "concurrent" || p.unit == concurrency ||
		p.role != roleLimit && slices.Contains(words, "limit"))
	return p, p.stem || plainWords[p.word] || p.unit == "tpm" || p.unit == "rpm"
}

// fieldOf finds the word for the field. Of several the one that says most
// counts: what remains of a limit is no limit. Between a limit and a window the
// later one does: a window limit, the window of a limit.
func (p *parts) fieldOf(words []string) int {
	at, best := -1, 0
	for i, w := range words {
		r := fieldWords[w]
		rank := 0
		switch r {
		case roleRemaining, roleUsed, roleReset:
			rank = 4
		case roleCost, roleBurst:
			rank = 3
		case roleLimit, roleWindow:
			rank = 2
		case rolePolicy, roleClass:
			rank = 1
		}
		if rank > best || rank == 2 && best == 2 {
			at, best, p.role, p.word = i, rank, r, w
		}
	}
	return at
}

// take takes in a word that is not the field's; false if it is unknown.
func (p *parts) take(w string) bool {
	class, isClass := classWords[w]
	_, isUnit := unitWords[w]
	scale, isFormat := formats[w]
	window, isWindow := windowOf(w)
	switch {
	case w == "per":
		p.per = true
	case fillers[w]:
	case isClass && p.class == "" && (p.role != roleCost || class != "query"):
		p.class = class
	case isUnit && p.unit == "":
		p.unit = w
	case isWindow && p.window == windowName{}:
		p.window = window
	case isFormat && (p.role == roleReset || p.role == roleWindow):
		p.delta = p.delta || relative[w]
		if scale > 0 {
			p.format = scale
		}
	case w == "limit" || w == "limits":
	case p.role == roleCost && class != "", w == "size" && p.role == roleWindow:
	default:
		return false
	}
	return true
}

// windowOf reads a window word: minute, daily, 10s, 15min.
func windowOf(w string) (windowName, bool) {
	if s, ok := windowWords[w]; ok {
		if long, ok := windowNames[w]; ok {
			w = long
		}
		return windowName{w, s}, true
	}
	if w == "month" || w == "monthly" || w == "year" || w == "yearly" {
		return windowName{w, 0}, true
	}
	digits := strings.TrimRight(w, "abcdefghijklmnopqrstuvwxyz")
	n, err := strconv.Atoi(digits)
	if err != nil || n <= 0 || n > 1e6 {
		return windowName{}, false
	}
	unit, ok := windowLetters[w[len(digits):]]
	return windowName{w, float64(n) * unit}, ok
}

var windowLetters = map[string]float64{
	"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600, "hr": 3600, "hour": 3600, "d": 86400, "day": 86400,
}
