package reports

import (
	"math"
	"strconv"

	"gonum.org/v1/plot"
)

// evenTicks places about n ticks at round numbers (1, 2 or 5 times a power of
// ten), all labelled with the decimals that the step needs.
type evenTicks struct {
	n     int
	unit  float64 // labels show the value divided by this; 0 = 1
	whole bool    // no step below one: a count is shown
}

// Ticks implements [plot.Ticker].
func (e evenTicks) Ticks(low, high float64) []plot.Tick {
	unit := e.unit
	if unit == 0 {
		unit = 1
	}
	low, high = low/unit, high/unit
	step := roundStep((high - low) / float64(e.n))
	if e.whole {
		step = max(step, 1)
	}
	if step <= 0 || math.IsInf(step, 0) {
		return nil
	}
	d := clamp(int(math.Ceil(-math.Log10(step)-1e-9)), 0, 12)
	var ticks []plot.Tick
	for k := math.Ceil(low/step - 1e-6); k*step <= high+1e-6*step; k++ {
		ticks = append(ticks, plot.Tick{Value: k * step * unit, Label: rounded(k*step, d, 0)})
	}
	return ticks
}

// roundStep returns the next 1, 2 or 5 times a power of ten from x on.
func roundStep(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= x*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// logTicks labels powers of ten, and 2 and 5 times them when they are few.
type logTicks struct{}

// Ticks implements [plot.Ticker].
func (logTicks) Ticks(low, high float64) []plot.Tick {
	decades := math.Log10(high / low)
	every := max(1, int(math.Ceil(decades/8)))
	var ticks []plot.Tick
	first := int(math.Floor(math.Log10(low)))
	for k := first; math.Pow10(k) <= high*(1+1e-9); k++ {
		for m := 1; m < 10; m++ {
			v := float64(m) * math.Pow10(k)
			if v < low*(1-1e-9) || v > high*(1+1e-9) {
				continue
			}
			label := ""
			if m == 1 && (k-first)%every == 0 || (m == 2 || m == 5) && decades < 3 {
				label = power(v)
			}
			ticks = append(ticks, plot.Tick{Value: v, Label: label})
		}
	}
	return ticks
}

func power(v float64) string {
	if v >= 1e-4 && v < 1e7 {
		return number(v)
	}
	return strconv.FormatFloat(v, 'g', 1, 64)
}

// timeUnit returns the unit in which to label a time axis of so many seconds.
func timeUnit(span float64) (name string, in float64) {
	switch {
	case span <= 0.5:
		return "ms", 1e-3
	case span <= 300:
		return "s", 1
	case span <= 4*3600:
		return "min", 60
	case span <= 4*86400:
		return "h", 3600
	}
	return "days", 86400
}
