package trace

import (
	"math"
	"net/http"
)

// A lineKind says what a line of a trace holds.
type lineKind uint8

const (
	hitLine lineKind = iota
	metaLine
	endLine
)

// A decoder turns lines into hits. It remembers what repeats, so that a hit
// costs no allocation unless its header set is new.
type decoder struct {
	cursor
	strings interner
	headers headerCache
	last    [len(hitKeys)][2]string // the last two strings of each key that were spelled as they are
	given   keys                    // those of the last hit
	end     End                     // of the last endLine
}

// keys is the set of keys that a line has.
type keys uint32

func (k keys) has(key int) bool { return k&(1<<key) != 0 }

// The keys of a hit, in the order in which they are written.
const (
	seqKey = iota
	classKey
	sourceKey
	credentialKey
	phaseKey
	methodKey
	urlKey
	askedKey
	sentKey
	writtenKey
	firstByteKey
	doneKey
	statusKey
	inKey
	outKey
	errorKey
	headerKey
)

var hitKeys = [...]string{
	`"seq":`, `"class":`, `"source":`, `"credential":`, `"phase":`, `"method":`, `"url":`, `"asked":`, `"sent":`, `"written":`,
	`"first_byte":`, `"done":`, `"status":`, `"in":`, `"out":`, `"error":`, `"header":`,
}

// hit decodes a line into h, whatever h held before.
func (d *decoder) hit(line []byte, h *Hit) (kind lineKind, err error) {
	if d.usual(line, h) {
		return hitLine, nil
	}
	*h = Hit{}
	d.given = 0
	d.reset(line)
	d.want('{')
	next := 0
	for first := true; d.more(first, '}'); first = false {
		key := d.hitKey(next)
		switch {
		case key >= 0:
			next = key + 1
			d.given |= 1 << key
			if !d.null() {
				d.field(key, h)
			}
		case key == isFormat:
			kind = metaLine
			d.skip(maxDepth)
		case key == isEnd:
			kind = endLine
			d.decodeEnd()
		default:
			d.skip(maxDepth)
		}
	}
	d.cursor.end()
	return kind, d.err
}

// What hitKey returns for a key that is not one of a hit.
const (
	unknownKey = -1 - iota
	isFormat
	isEnd
)

// hitKey reads the name of a member and its colon. The one that is expected to
// come next, or one soon after it, for zero fields are left out, is found
// without looking at each byte.
func (d *decoder) hitKey(next int) int {
	for key := next; key < len(hitKeys); key++ {
		if k := hitKeys[key]; len(d.b)-d.i >= len(k) && string(d.b[d.i:d.i+len(k)]) == k {
			d.i += len(k)
			return key
		}
	}
	name := d.key()
	for key, k := range hitKeys {
		if string(name) == k[1:len(k)-2] {
			return key
		}
	}
	switch string(name) {
	case "format":
		return isFormat
	case "end":
		return isEnd
	}
	return unknownKey
}

// field decodes the value of one key.
func (d *decoder) field(key int, h *Hit) {
	switch key {
	case seqKey:
		h.Seq = d.uint(math.MaxUint64)
	case classKey:
		h.Class = d.like(key)
	case sourceKey:
		h.Source = d.like(key)
	case credentialKey:
		h.Credential = d.like(key)
	case phaseKey:
		h.Phase = d.like(key)
	case methodKey:
		h.Method = d.like(key)
	case urlKey:
		h.URL = d.like(key)
	case askedKey:
		h.Asked = d.offset()
	case sentKey:
		h.Sent = d.offset()
	case writtenKey:
		h.Written = d.offset()
	case firstByteKey:
		h.FirstByte = d.offset()
	case doneKey:
		h.End = d.offset()
	case statusKey:
		h.Status = int(d.uint(maxStatus))
	case inKey:
		h.BytesIn = int64(d.uint(math.MaxInt64))
	case outKey:
		h.BytesOut = int64(d.uint(math.MaxInt64))
	case errorKey:
		h.Error = kindOf(d.like(key))
	case headerKey:
		h.Header = d.header()
	}
}

// like reads a string that probably is one of the last two of its key.
func (d *decoder) like(key int) (s string) {
	if n := d.seen(key, d.b[d.i:], &s); n > 0 {
		d.i += n
		return s
	}
	b, plain := d.rawText()
	s = d.strings.get(b)
	if plain && d.err == nil {
		last := &d.last[key]
		last[0], last[1] = s, last[0]
	}
	return s
}

// header decodes a header set, or finds the one that was spelled the same.
func (d *decoder) header() http.Header {
	// The header mostly is the last value of its line. If the rest of the line
	// was decoded as a header before, it is one.
	if n := len(d.b) - 1; n > d.i {
		if slot, hit := d.headers.slot(d.b[d.i:n]); hit {
			d.i = n
			return slot.header
		}
	}
	start := d.i
	h := d.newHeader()
	if d.err == nil {
		raw := d.b[start:d.i]
		slot, _ := d.headers.slot(raw)
		slot.put(raw, h)
	}
	return h
}

func (d *decoder) newHeader() http.Header {
	var h http.Header
	d.want('{')
	for first := true; d.more(first, '}'); first = false {
		name := d.strings.get(d.key())
		var values []string
		d.want('[')
		for first := true; d.more(first, ']'); first = false {
			values = append(values, d.strings.get(d.text()))
		}
		if len(values) > 0 {
			if h == nil {
				h = make(http.Header)
			}
			h[name] = values
		}
	}
	return h
}

func (d *decoder) decodeEnd() {
	d.end = End{}
	d.want('{')
	for first := true; d.more(first, '}'); first = false {
		switch key := string(d.key()); {
		case d.null():
		case key == "at":
			d.end.At = d.offset()
		case key == "wall":
			d.end.Wall = d.instant()
		case key == "reason":
			d.end.Reason = string(d.text())
		default:
			d.skip(maxDepth)
		}
	}
}
