package profiles

import "math/bits"

// A draw is a stream of pseudo-random numbers with random access: number n
// depends on the seed and n alone, so that a schedule needs no memory and
// every machine plans the same instants for ever.
type draw uint64

// newDraw scrambles the seed, so that neighbouring seeds have nothing in
// common.
func newDraw(seed uint64) draw { return draw(scramble(seed)) }

// number is the n-th number of the stream, uniform over all 64 bits.
func (d draw) number(n int) uint64 {
	// The increment is that of SplitMix64 (Steele, Lea, Flood: "Fast
	// splittable pseudorandom number generators", 2014): 2⁶⁴ divided by the
	// golden ratio, made odd.
	return scramble(uint64(d) + (uint64(n)+1)*0x9e3779b97f4a7c15)
}

// below is a whole number in [0, limit), or 0 when limit is 0. Its bias is
// below limit/2⁶⁴: nothing, for slots of at most a day.
func (d draw) below(n int, limit uint64) uint64 {
	high, _ := bits.Mul64(d.number(n), limit)
	return high
}

// fraction is a number in (0, 1], never 0, so that its logarithm is finite.
func (d draw) fraction(n int) float64 {
	return float64(d.number(n)>>11+1) / (1 << 53)
}

// scramble is the finaliser of SplitMix64 with Stafford's variant 13 of the
// constants: a bijection in which every input bit moves every output bit.
func scramble(z uint64) uint64 {
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// seedOf is the seed of a phase that was loaded without one: FNV-1a of its
// names, so that two classes do not ask at the same instants.
func seedOf(class, phase string) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range []byte(class + "/" + phase) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	// Seeds stay below 2³² because people type them.
	return h>>32 ^ h&0xffffffff
}
