package trace

import (
	"bytes"
	"hash/maphash"
	"net/http"
)

// Bounds on what a reader remembers.
const (
	maxInterned    = 4096
	maxInternedLen = 1 << 10
	headerSlots    = 512 // a power of two
	maxHeaderSlot  = 4 << 10
)

// An interner gives equal strings one place in memory. It forgets everything
// when it is full.
type interner map[string]string

func (t *interner) get(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if s, ok := (*t)[string(b)]; ok {
		return s
	}
	s := string(b)
	if len(b) > maxInternedLen {
		return s
	}
	if *t == nil {
		*t = make(interner)
	}
	if len(*t) >= maxInterned {
		clear(*t)
	}
	(*t)[s] = s
	return s
}

// headerCache remembers what header sets were decoded to, by their spelling.
type headerCache struct {
	seed  maphash.Seed
	slots []headerSlot
}

type headerSlot struct {
	raw    []byte
	header http.Header
}

// slot returns the place for this spelling, and whether it is there already.
func (c *headerCache) slot(raw []byte) (s *headerSlot, hit bool) {
	if c.slots == nil {
		c.slots, c.seed = make([]headerSlot, headerSlots), maphash.MakeSeed()
	}
	s = &c.slots[maphash.Bytes(c.seed, raw)%headerSlots]
	return s, s.raw != nil && bytes.Equal(s.raw, raw)
}

func (s *headerSlot) put(raw []byte, h http.Header) {
	if len(raw) <= maxHeaderSlot {
		s.raw, s.header = append(s.raw[:0], raw...), h
	}
}
