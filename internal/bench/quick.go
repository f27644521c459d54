package bench

import "slices"

// quick names one or two cases of each family that take little work.
var quick = []string{
	"token bucket 20/s burst 31",
	"gcra 15/s burst 21",
	"stepped bucket 4 every 1s burst 12",
	"fixed window 10 in 1s, clock",
	"fixed window 30 in 3s, first-hit",
	"sliding log 30 in 3s",
	"sliding log 9 in 3s, limited hits count",
	"sliding counter 12 in 3s, rounded",
	"queue 10/s, 1 free, 5 waiting",
	"pacer 50/s, 1 free",
	"at most 3 in flight, served in 40ms",
	"both windows 5 in 1s and 20 in 8s",
	"token bucket 20/s burst 10, block for 3s",
	"token buckets of reads and of writes",
	"token bucket of all addresses",
	"queue 10/s, 1 free, 5 waiting, answers 503",
	"fixed window 60 in 5s, first-hit, 1 % of 503",
	"none",
}

// quick reports whether a case is one of the few.
func (c *Case) quick() bool { return slices.Contains(quick, c.Name) }

// quickNoises are the networks of a quick run.
var quickNoises = []string{"loopback", "wan"}
