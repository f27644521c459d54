package reports

import (
	"encoding/base64"
	"encoding/binary"
	"time"
)

// decodeCells reads what [cells.encode] writes, as the script of a page does.
func decodeCells(text string, fitted bool) ([]cell, error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	var all []cell
	unsigned := func() int64 {
		v, n := binary.Uvarint(b)
		b = b[max(n, 0):]
		return int64(v)
	}
	signed := func() int64 {
		v, n := binary.Varint(b)
		b = b[max(n, 0):]
		return v
	}
	var end, hit, left int64
	for len(b) > 0 {
		var one cell
		at := end + unsigned()
		k := unsigned()
		hit += signed()
		one.kind, one.hit, end = uint16(k/2), uint64(hit), at
		if k%2 == 1 {
			end += unsigned()
			for o := range one.n {
				one.n[o] = uint32(unsigned())
			}
		}
		if fitted {
			high := left + signed()
			low := high - unsigned()
			left = low
			if k%2 == 1 {
				left += unsigned()
			}
			one.high, one.low, one.left = float32(high)/100, float32(low)/100, float32(left)/100
		}
		one.at, one.last = time.Duration(at)*time.Microsecond, time.Duration(end)*time.Microsecond
		all = append(all, one)
	}
	return all, nil
}
