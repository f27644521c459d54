package analyze

// A column collects values in chunks: what grows by copying needs twice the
// memory, and the time to copy.
type column[T any] struct{ chunks [][]T }

const chunk = 1 << 13 // values

func (c *column[T]) add(v T) {
	n := len(c.chunks)
	switch {
	case n == 0: // most columns of many are short
		c.chunks = [][]T{make([]T, 0, 8)}
		n++
	case len(c.chunks[n-1]) == chunk:
		c.chunks = append(c.chunks, make([]T, 0, chunk))
		n++
	}
	c.chunks[n-1] = append(c.chunks[n-1], v)
}

func (c *column[T]) len() int {
	n := len(c.chunks)
	if n == 0 {
		return 0
	}
	return (n-1)*chunk + len(c.chunks[n-1])
}

// take hands out all values, chunk by chunk, and forgets them meanwhile.
func (c *column[T]) take(yield func(T)) {
	for i, part := range c.chunks {
		c.chunks[i] = nil
		for _, v := range part {
			yield(v)
		}
	}
	c.chunks = nil
}

// all takes all values as one slice.
func (c *column[T]) all() []T {
	out := make([]T, 0, c.len())
	c.take(func(v T) { out = append(out, v) })
	return out
}
