package bench

import "slices"

// quick names one or two cases of each family.
var quick = []string{
	"token bucket 20/s burst 31",
	"token bucket 200/s burst 100",
	"gcra 15/s burst 21",
	"token bucket 20/s burst 31, answers 503",
	"token bucket 50/s burst 30, limited hits run up a debt",
	"stepped bucket 5 every 500ms burst 30",
	"fixed window 25 in 2s, clock",
	"fixed window 30 in 3s, first-hit",
	"fixed window 12 in 3s, timer",
	"sliding log 30 in 3s",
	"sliding log 15 in 1s",
	"sliding counter 20 in 2s, unrounded",
	"queue 10/s, 1 free, 5 waiting",
	"pacer 50/s, 1 free",
	"at most 5 in flight, served in 50ms",
	"both windows 5 in 1s and 20 in 8s",
	"token bucket 20/s burst 10, block for 3s",
	"token buckets of reads and of writes",
	"token bucket of all addresses",
	"token bucket 20/s burst 31, two replicas",
	"fixed window 60 in 5s, first-hit, 1 % of 503",
	"none",
}

// quick reports whether a case is one of the few.
func (c *Case) quick() bool { return slices.Contains(quick, c.Name) }

// quickNoises are the networks of a quick run.
var quickNoises = []string{"loopback", "wan"}
