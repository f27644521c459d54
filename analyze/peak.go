package analyze

import "slices"

// peak returns the largest number of instants within one second.
func peak(at []int64) float64 { return peakOf([][]int64{at}) }

// peakOf is peak for instants in several lists. Those that are not in order
// are put in order.
func peakOf(lists [][]int64) float64 {
	for _, at := range lists {
		if !slices.IsSorted(at) {
			slices.Sort(at)
		}
	}
	last, first := make([]int, len(lists)), make([]int, len(lists))
	for most, now := 0, 0; ; {
		least := -1
		for i, at := range lists {
			if last[i] < len(at) && (least < 0 || at[last[i]] < lists[least][last[least]]) {
				least = i
			}
		}
		if least < 0 {
			return float64(most)
		}
		t := lists[least][last[least]]
		last[least]++
		now++
		for i, at := range lists {
			for first[i] < last[i] && t-at[first[i]] >= 1e9 {
				first[i]++
				now--
			}
		}
		most = max(most, now)
	}
}
