package analyze

import (
	"fmt"
	"math"
	"time"
)

// Blocked is a limiter that, once it has limited a hit, limits all for block_s:
// counted from that hit, or renewed by every further one. Afterwards it is at
// rest.
type Blocked struct {
	Base    Model
	Renewed bool
}

// Name implements [Model].
func (m Blocked) Name() string { return m.Base.Name() }

// Doc implements [Model].
func (m Blocked) Doc() Doc {
	d := m.Base.Doc()
	if m.Renewed {
		return Doc{
			Title:     d.Title + " that blocks until silence",
			About:     d.About + "; a hit that exceeds this is limited, and so are all later ones until none has been sent for block_s",
			Signature: "who goes on after the first limited hit is never admitted again",
		}
	}
	return Doc{
		Title:     d.Title + " that blocks",
		About:     d.About + "; a hit that exceeds this is limited, and so are all later ones for block_s",
		Signature: "the first limited hit is followed by the same time without any admitted, whenever it came",
	}
}

// fewBlocks is the number of blocks seen below which their length is a guess.
const fewBlocks = 3

// shortestBlock (ns) is below any penalty: so short a time without an admitted
// hit is how any limiter looks whose hits are closer than their instants are
// known.
const shortestBlock = 20e6

// Fit implements [Model]. Hits during a block say nothing about what the
// limiter counts; between blocks it is the base model, at rest after each.
func (m Blocked) Fit(streams []*Stream, o Options) Fit {
	block := rateSet{0, math.Inf(1)} // ns
	var parts []*Stream
	blocks := 0
	const grain = int64(time.Millisecond)
	streams = answered(streams)
	for _, s := range streams {
		m.narrow(s, grain, &block)
	}
	for _, s := range streams {
		between, n := s.betweenBlocks(int64(block.low), grain)
		parts, blocks = append(parts, between...), blocks+n
	}
	if block.low >= block.high || block.low < shortestBlock || len(parts) == 0 {
		return Fit{}
	}
	o.AtRest, o.longest = true, time.Duration(block.high)
	f := m.Base.Fit(parts, o)
	if !f.Consistent {
		return f
	}
	if blocks < fewBlocks {
		f.Doubt = fmt.Sprintf("only %d blocks were seen to end; go on for longer", blocks)
	}
	f.Region = nil
	f.Params["block_s"] = Parameter{Interval: bounded((block.low+block.high)/2e9, block.low*1e-9, block.high*1e-9)}
	f.Modifiers = append(f.Modifiers, "block")
	f.Params["block"] = Parameter{Text: "fixed"}
	if m.Renewed {
		f.Params["block"] = Parameter{Text: "renewed"}
	}
	wrap := func(inner func(int) Limiter, length float64) func(int) Limiter {
		return func(int) Limiter {
			return &blocked{fresh: inner(0), inner: inner(0), length: time.Duration(length), renewed: m.Renewed}
		}
	}
	corners := make([]func(int) Limiter, 0, 2*len(f.corners))
	for _, c := range f.corners {
		corners = append(corners, wrap(c, block.low), wrap(c, block.high))
	}
	f.corners = atMost(corners, 8)
	middle := wrap(f.limiter, (block.low+block.high)/2)
	f.news = []func() Limiter{func() Limiter { return middle(0) }}
	return f
}

// Nearest implements [Model].
func (m Blocked) Nearest(streams []*Stream, o Options) Fit {
	f := m.Base.Nearest(streams, o)
	longest := longestRun(streams, 0)
	f.Contradictions, f.First = 0, nil
	f.Modifiers = append(f.Modifiers, "block")
	for _, s := range streams {
		inner := func() Limiter {
			return &firstHit{window: time.Duration(f.Params["window_s"].Value * 1e9), quota: f.Burst.Value}
		}
		switch m.Base {
		case TokenBucket{}:
			inner = func() Limiter { return &bucket{rate: f.Rate.Value, burst: f.Burst.Value} }
		case SlidingWindowLog{}:
			inner = func() Limiter { return newLog(f.Params["window_s"].Value*1e9, f.Burst.Value, false) }
		}
		n, w := s.unexplained(&blocked{fresh: inner(), inner: inner(), length: time.Duration(longest), renewed: m.Renewed})
		f.Contradictions, f.First = f.Contradictions+n, earlier(f.First, w)
	}
	return f
}

// blocked refuses everything for a while after its inner limiter has refused.
type blocked struct {
	fresh, inner Limiter
	length       time.Duration
	renewed      bool
	blocking     bool
	until        time.Duration
}

// Admits implements [Limiter].
func (b *blocked) Admits(t time.Duration) bool {
	if b.blocking {
		return t >= b.until
	}
	return b.inner.Admits(t)
}

// Observe implements [Limiter].
func (b *blocked) Observe(t time.Duration, admitted bool) {
	if b.blocking && (admitted || t >= b.until) {
		b.blocking, b.inner = false, b.fresh.Clone()
	}
	switch {
	case admitted:
		b.inner.Observe(t, true)
	case !b.blocking:
		b.blocking, b.until = true, t+b.length
	case b.renewed:
		b.until = t + b.length
	}
}

// Clone implements [Limiter].
func (b *blocked) Clone() Limiter {
	c := *b
	c.inner = b.inner.Clone()
	return &c
}
