package analyze

import "math"

// exactly is the interval of one value.
func exactly(v float64) Interval { return Interval{Value: v, Low: &v, High: &v} }

// bounded leaves out the sides that are not finite.
func bounded(value, low, high float64) Interval {
	iv := Interval{Value: value}
	if !math.IsInf(low, 0) {
		iv.Low = &low
	}
	if !math.IsInf(high, 0) {
		iv.High = &high
	}
	return iv
}

// meet intersects with another interval; false if nothing is left.
func (iv *Interval) meet(other Interval) bool {
	if other.Low != nil && (iv.Low == nil || *other.Low > *iv.Low) {
		iv.Low = other.Low
	}
	if other.High != nil && (iv.High == nil || *other.High < *iv.High) {
		iv.High = other.High
	}
	if iv.Low != nil && iv.High != nil && *iv.Low > *iv.High {
		return false
	}
	if iv.Low != nil {
		iv.Value = max(iv.Value, *iv.Low)
	}
	if iv.High != nil {
		iv.Value = min(iv.Value, *iv.High)
	}
	return true
}

// hull is the least interval that holds both.
func hull(a, b Interval) Interval {
	out := Interval{Value: a.Value}
	if a.Low != nil && b.Low != nil {
		low := min(*a.Low, *b.Low)
		out.Low = &low
	}
	if a.High != nil && b.High != nil {
		high := max(*a.High, *b.High)
		out.High = &high
	}
	return out
}
