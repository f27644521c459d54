package analyze

import (
	"math"
	"sort"

	"ratefit/internal/trace"
)

// narrow bounds the length of a block (ns) by the hits of one stream.
//
// From below: limited hits with no other between are of one block, that no
// longer silence ended. From above: when a hit was admitted, the block of every
// limited hit that was surely decided before had ended. A block that is not
// renewed began after the last hit that was admitted before it.
func (m Blocked) narrow(s *Stream, grain int64, block *rateSet) {
	latest := s.limitedBefore()
	s.runs(func(run []int32) {
		if !m.Renewed {
			block.low = max(block.low, float64(s.from[run[len(run)-1]]-grain-s.to[run[0]]))
			return
		}
		for _, hit := range run[1:] {
			block.low = max(block.low, float64(s.from[hit]-grain-latest[hit]))
		}
	})
	if m.Renewed {
		s.afterLimited(grain, func(_ int, hit, limited int32) bool {
			block.high = min(block.high, float64(s.to[hit]-s.from[limited]+grain))
			return true
		})
		return
	}
	begun := s.blocksBegun(grain)
	s.afterLimited(grain, func(_ int, hit, limited int32) bool {
		if since, ok := begun[limited]; ok {
			block.high = min(block.high, float64(s.to[hit]-since))
		}
		return true
	})
}

// limitedBefore is, for each hit, when the last of the limited hits that were sent
// before it was answered.
func (s *Stream) limitedBefore() []int64 {
	before, latest := make([]int64, s.Len()), int64(math.MinInt64)
	for _, hit := range s.byFrom {
		before[hit] = latest
		if s.outcome[hit] == trace.Limited {
			latest = max(latest, s.to[hit])
		}
	}
	return before
}

// blocksBegun is, for limited hits, the earliest instant (ns) at which the block
// that they belong to can have begun: after the last hit that was surely admitted
// before them, with the first that may have been limited since.
func (s *Stream) blocksBegun(grain int64) map[int32]int64 {
	begun := map[int32]int64{}
	var sent, answered []int64 // those that may be limited; the latest answer so far
	j, admitted := 0, int64(math.MinInt64)
	for _, hit := range s.byFrom {
		from := s.from[hit] - grain
		for ; j < s.Len() && s.to[s.byTo[j]] < from; j++ {
			if a := s.byTo[j]; s.outcome[a] == trace.Admitted {
				admitted = max(admitted, s.from[a]-grain)
			}
		}
		if s.outcome[hit] == trace.Admitted {
			continue
		}
		latest := s.to[hit]
		if n := len(answered); n > 0 {
			latest = max(latest, answered[n-1])
		}
		sent, answered = append(sent, from), append(answered, latest)
		if s.outcome[hit] == trace.Unknown || admitted == math.MinInt64 {
			continue
		}
		begun[hit] = admitted
		k := sort.Search(len(sent), func(i int) bool { return sent[i] >= admitted })
		if k == 0 || answered[k-1] < admitted {
			begun[hit] = sent[k]
		}
	}
	return begun
}

// betweenBlocks cuts a stream into what lies between blocks of at least shortest
// (ns): each part has the hits that the limiter behind the block counted since it
// was at rest, and one limited hit, which brought on the next block. It returns
// the parts and the number of blocks that were seen to end. What was before the
// first of them is left out: nothing tells what had been used by then.
//
// A hit that may have been decided on either side of a block is unknown to both
// parts. One whose outcome is not known may have brought on a block as well: a
// part ends before the first of those.
func (s *Stream) betweenBlocks(shortest, grain int64) (parts []*Stream, blocks int) {
	at, limited := -1, int32(-1)
	s.afterLimited(grain, func(k int, _, l int32) bool {
		at, limited, blocks = k, l, 1
		return false
	})
	opened := int64(math.MinInt64)
	var early []int32 // sent earlier, perhaps decided after the block
	if at >= 0 {
		early = s.byFrom[:at]
	}
	for at >= 0 {
		p := blockPart{s: s, grain: grain, after: limited, earliest: never}
		p.opened = max(opened, s.from[limited]-grain)
		for _, hit := range early {
			p.add(hit)
		}
		at, limited = p.follow(at)
		ended := after(p.begun(), shortest)
		parts = append(parts, p.stream(ended))
		if early = p.hits; limited >= 0 && limited == p.trigger {
			blocks, opened = blocks+1, max(opened, ended)
		}
	}
	return parts, blocks
}

// A blockPart collects the hits from the end of one block to the beginning of
// the next.
type blockPart struct {
	s        *Stream
	grain    int64
	after    int32   // a limited hit of the block before
	opened   int64   // the earliest that the block can have ended
	hits     []int32 // that may have been decided since
	earliest int64   // of those that may have been counted
	trigger  int32   // of those surely of the next block the limited hit answered first; -1 = none
}

// add takes a hit if it may have been decided since the block ended.
func (p *blockPart) add(hit int32) {
	if p.s.to[hit] < p.opened {
		return
	}
	p.hits = append(p.hits, hit)
	if p.s.outcome[hit] != trace.Limited {
		p.earliest = min(p.earliest, p.s.from[hit]-p.grain)
	}
}

// surely reports that an admitted hit was decided after the block.
func (p *blockPart) surely(hit int32) bool {
	return p.s.outcome[hit] == trace.Admitted && p.s.from[hit]-p.grain > p.s.to[p.after]
}

// follow takes the hits from position at of byFrom to the first that was
// admitted surely after one limited that may be of the next block, and returns
// the position of that one, -1 if there is none, and the limited hit. If that
// was of the block before, what follows it is the same part once more.
func (p *blockPart) follow(at int) (next int, refused int32) {
	s := p.s
	counted, answered := int64(never), int64(never) // earliest answers
	refused, p.trigger = -1, -1
	for k := at; k < s.Len(); k++ {
		hit := s.byFrom[k]
		from := s.from[hit] - p.grain
		switch {
		case s.outcome[hit] == trace.Limited && s.to[hit] > p.earliest:
			if from > counted && (p.trigger < 0 || s.to[hit] < s.to[p.trigger]) {
				p.trigger = hit
			}
			if s.to[hit] < answered {
				refused, answered = hit, s.to[hit]
			}
		case s.outcome[hit] == trace.Admitted && from > answered:
			if p.trigger >= 0 && s.to[p.trigger] < from {
				return k, p.trigger
			}
			p.trigger = -1 // hits that are yet to come may have been before it
			return k, refused
		case p.surely(hit):
			counted = min(counted, s.to[hit])
		}
		p.add(hit)
	}
	return -1, -1
}

// begun is the earliest that the next block can have begun: with a hit that is
// not known to be admitted, after one that was counted.
func (p *blockPart) begun() int64 {
	begun := int64(never)
	for _, hit := range p.hits {
		if p.s.outcome[hit] != trace.Admitted && p.s.to[hit] >= p.earliest {
			begun = min(begun, p.s.from[hit]-p.grain)
		}
	}
	return max(begun, p.earliest)
}

// stream is the part as a trace of its own. Hits answered before decided were
// decided before the next block ended.
func (p *blockPart) stream(decided int64) *Stream {
	s, out := p.s, &Stream{}
	known := true
	for _, hit := range p.hits {
		if s.outcome[hit] == trace.Unknown {
			decided, known = min(decided, s.from[hit]-p.grain), false
		}
	}
	for _, hit := range p.hits {
		o := s.outcome[hit]
		if o == trace.Limited {
			continue
		}
		if !p.surely(hit) || s.to[hit] >= decided {
			o = trace.Unknown
		}
		out.add(s.seq[hit], s.from[hit], s.to[hit], o)
	}
	if p.trigger >= 0 && known {
		out.add(s.seq[p.trigger], p.begun()+p.grain, s.to[p.trigger], trace.Limited)
	}
	out.order()
	return out
}

// answered returns the streams with the hits that were never answered decided, if
// at all, within patience times the longest that a reply took: one that might
// bring on a block at any later time would leave nothing to be known of blocks.
func answered(streams []*Stream) []*Stream {
	const patience = 10
	longest := int64(0)
	for _, s := range streams {
		for hit, to := range s.to {
			if to != never {
				longest = max(longest, to-s.from[hit])
			}
		}
	}
	out := make([]*Stream, len(streams))
	for i, s := range streams {
		out[i] = s
		if s.Len() == 0 || s.to[s.byTo[s.Len()-1]] != never {
			continue
		}
		out[i] = &Stream{}
		for hit, to := range s.to {
			if to == never {
				to = after(s.from[hit], patience*longest)
			}
			out[i].add(s.seq[hit], s.from[hit], to, s.outcome[hit])
		}
		out[i].order()
	}
	return out
}
