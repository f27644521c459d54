package analyze

import (
	"math"

	"ratefit/analyze/declared"
	"ratefit/internal/trace"
)

// A saying is what the headers of one response claim of the moment. NaN =
// nothing.
type saying struct {
	seq       uint32
	remaining float32 // hits left
	wait      float32 // s, until a hit is admitted again: of a limited response alone
	reset     float32 // s, until the limit is reset
}

// mostSayings bounds what is kept of each group's headers: more would not make the
// findings any better.
const mostSayings = 20_000

func (s saying) silent() bool {
	return s.remaining != s.remaining && s.wait != s.wait && s.reset != s.reset
}

// say keeps what a response claims of the class's limit at that moment.
func (c *claims) say(h *trace.Hit, o trace.Outcome, said declared.Claims) {
	if len(said.Policies) == 0 && said.RetryAfter == nil {
		return
	}
	nothing := float32(math.NaN())
	s := saying{uint32(h.Seq), nothing, nothing, nothing}
	if said.RetryAfter != nil {
		s.wait = float32(*said.RetryAfter)
	}
	if p, ok := said.ForClass(h.Class); ok {
		if p.Remaining != nil {
			s.remaining = float32(*p.Remaining)
		}
		if p.Reset != nil {
			s.reset = float32(*p.Reset)
		}
	}
	if o == trace.Limited && (s.wait == s.wait || s.reset == s.reset) {
		c.waits++
	}
	if o == trace.Limited && s.remaining == s.remaining {
		c.refusedWith(s, int64(h.Sent))
	}
	if !s.silent() && c.said.len() < mostSayings {
		c.said.add(s)
	}
}

// refusedWith counts a limited response that claims how many hits remain.
func (c *claims) refusedWith(s saying, at int64) {
	if s.remaining == 0 {
		c.none++
		return
	}
	if c.left++; c.left == 1 || s.remaining > c.most.remaining {
		c.most, c.mostAt = s, at
	}
}
