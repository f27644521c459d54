package trace

import (
	"bytes"
	"math"
	"sync"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// usualGob decodes results in gob from a stream whose types are defined just
// as this version of Vegeta does. Like [usualResults] it leaves bodies out and
// shares header sets. For the encoding see the package comment of encoding/gob.
type usualGob struct {
	dec decoder
	b   []byte // what is left of the message
	bad bool
}

// ownTypes is how Vegeta's encoder defines its types, and the message that
// follows: an empty result.
var ownTypes = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	if err := vegeta.NewEncoder(&b).Encode(&vegeta.Result{}); err != nil {
		return nil
	}
	return b.Bytes()
})

// typeOf is the number of the type of a message's value, negative where it
// defines that type.
func typeOf(message []byte) int64 {
	g := usualGob{b: message}
	g.uint() // length
	return g.int()
}

// decode reports false where a message is not a usual one; r then holds
// anything.
func (g *usualGob) decode(message []byte, r *vegeta.Result) bool {
	*r = vegeta.Result{}
	g.b, g.bad = message, false
	g.uint() // length
	g.int()  // type
	for field := uint64(0); !g.bad; {
		step := g.uint()
		if step == 0 {
			return !g.bad && len(g.b) == 0
		}
		if field += step; !g.field(field, r) {
			return false
		}
	}
	return false
}

// field decodes one field: they are numbered from 1 as in [vegeta.Result].
func (g *usualGob) field(n uint64, r *vegeta.Result) bool {
	switch n {
	case 1:
		r.Attack = g.text()
	case 2:
		r.Seq = g.uint()
	case 3:
		code := g.uint()
		r.Code = uint16(code)
		return code <= math.MaxUint16
	case 4:
		return r.Timestamp.UnmarshalBinary(g.bytes()) == nil
	case 5:
		r.Latency = time.Duration(g.int())
	case 6:
		r.BytesOut = g.uint()
	case 7:
		r.BytesIn = g.uint()
	case 8:
		r.Error = g.text()
	case 9:
		g.bytes()
	case 10:
		r.Method = g.text()
	case 11:
		r.URL = g.text()
	case 12:
		return g.header(r)
	default:
		return false
	}
	return true
}

// header decodes the last field, or finds the set that was spelled the same.
func (g *usualGob) header(r *vegeta.Result) bool {
	if len(g.b) == 0 {
		return false
	}
	raw := g.b[:len(g.b)-1]
	slot, hit := g.dec.headers.slot(raw)
	if hit {
		r.Headers, g.b = slot.header, g.b[len(raw):]
		return true
	}
	n := g.uint()
	if n > uint64(len(g.b)) {
		return false
	}
	r.Headers = make(map[string][]string, n)
	for range n {
		name := g.text()
		lines := g.uint()
		if lines > uint64(len(g.b)) {
			return false
		}
		values := make([]string, 0, lines)
		for range lines {
			values = append(values, g.text())
		}
		r.Headers[name] = values
	}
	if g.bad || len(g.b) != 1 {
		return false
	}
	slot.put(raw, r.Headers)
	return true
}

func (g *usualGob) text() string { return g.dec.strings.get(g.bytes()) }

func (g *usualGob) bytes() []byte {
	n := g.uint()
	if n > uint64(len(g.b)) {
		g.bad = true
		return nil
	}
	out := g.b[:n]
	g.b = g.b[n:]
	return out
}

func (g *usualGob) int() int64 {
	u := g.uint()
	if u&1 != 0 {
		return ^int64(u >> 1)
	}
	return int64(u >> 1)
}

// uint reads a number: below 128 one byte, else its negated length and that
// many bytes.
func (g *usualGob) uint() (v uint64) {
	if len(g.b) == 0 {
		g.bad = true
		return 0
	}
	first := g.b[0]
	g.b = g.b[1:]
	if first < 0x80 {
		return uint64(first)
	}
	n := -int(int8(first))
	if n > 8 || n > len(g.b) {
		g.bad = true
		return 0
	}
	for _, c := range g.b[:n] {
		v = v<<8 | uint64(c)
	}
	g.b = g.b[n:]
	return v
}
