package attack

import "fmt"

// fewest is how many hits under way per class and source are needed to send
// anything of use.
const fewest = 16

// maxInFlight returns how many hits may be under way in each of the streams.
// asked is the configured number, 0 = none; largest the largest planned burst.
// Each hit under way can need a connection, and each connection a file
// descriptor. Half of those that the system allows are left to the rest of the
// program, which may serve the target itself.
//
// The default is lowered to what the system allows; a number that was asked
// for is not.
func maxInFlight(asked, largest, streams int, fileLimit func() (int, bool)) (int, error) {
	want := asked
	if asked == 0 {
		want = max(DefaultMaxInFlight, largest)
	}
	files, ok := fileLimit()
	if !ok {
		return want, nil
	}
	most := files / 2 / streams
	switch {
	case want <= most:
		return want, nil
	case asked == 0 && most >= fewest:
		return most, nil
	}
	return 0, fmt.Errorf("%d hits under way in each of %d streams (classes × sources) need more than half of the %d files that this process may open: raise the limit (ulimit -n %d), or use fewer sources",
		max(asked, fewest), streams, files, 2*streams*want)
}
