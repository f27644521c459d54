package sandbox

import (
	"math"
	"time"
)

// A past is a decided request.
type past struct {
	at       time.Time
	admitted bool
}

// A definition says from everything that happened, and nothing else, whether a
// request at now is admitted: what the limiter of the same name is supposed to
// do, told as plainly as possible.
type definition func(q quota, history []past, now time.Time) bool

// definitions are those of all limiters that decide by time alone.
func definitions() map[string]definition {
	return map[string]definition{
		"none":                       func(quota, []past, time.Time) bool { return true },
		"token-bucket":               bucketSays,
		"token-bucket-single":        stepsSay(func(quota) int { return 1 }),
		"token-bucket-stepped":       stepsSay(func(q quota) int { return int(math.Ceil(float64(q.burst) / 3)) }),
		"token-bucket-block":         blockSays(bucketSays, false),
		"token-bucket-silence":       blockSays(bucketSays, true),
		"fixed-window":               windowSays,
		"fixed-window-clock":         clockSays,
		"fixed-window-block":         blockSays(windowSays, false),
		"fixed-window-silence":       blockSays(windowSays, true),
		"sliding-window-log":         logSays,
		"sliding-window-log-all":     func(q quota, h []past, now time.Time) bool { return logSays(q, everyone(h), now) },
		"sliding-window-log-block":   blockSays(logSays, false),
		"sliding-window-log-silence": blockSays(logSays, true),
		"sliding-window-counter": func(q quota, h []past, now time.Time) bool {
			return math.Round(weighted(q, h, now))+1 <= float64(q.burst)
		},
		"sliding-window-counter-all": func(q quota, h []past, now time.Time) bool {
			return weighted(q, everyone(h), now)+1 <= float64(q.burst)
		},
		"tiers": func(q quota, h []past, now time.Time) bool {
			return bucketSays(quota{4 * q.rate, q.burst}, h, now) && bucketSays(quota{q.rate, 4 * q.burst}, h, now)
		},
		"tiers-log": func(q quota, h []past, now time.Time) bool {
			return logSays(quota{4 * q.rate, q.burst}, h, now) && logSays(quota{q.rate, 4 * q.burst}, h, now)
		},
		"tiers-reserve": reserveSays,
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * 1e9) }

func spanOf(q quota) time.Duration { return seconds(float64(q.burst) / q.rate) }

// everyone counts limited requests as if they had been admitted.
func everyone(history []past) []past {
	var all []past
	for _, p := range history {
		all = append(all, past{p.at, true})
	}
	return all
}

// bucketSays is a meter, the same bucket told another way: admitted requests
// add to its level, which drains at the rate.
func bucketSays(q quota, history []past, now time.Time) bool {
	level, last := 0.0, time.Time{}
	drain := func(to time.Time) {
		if !last.IsZero() {
			level = max(0, level-q.rate*to.Sub(last).Seconds())
		}
		last = to
	}
	for _, p := range history {
		if p.admitted {
			drain(p.at)
			level++
		}
	}
	drain(now)
	return level+1 <= float64(q.burst)
}

// stepsSay adds lump tokens at all multiples of lump/rate since 1970.
func stepsSay(lump func(quota) int) definition {
	return func(q quota, history []past, now time.Time) bool {
		every := seconds(float64(lump(q)) / q.rate)
		tick := func(t time.Time) int { return int(t.UnixNano() / int64(every)) }
		tokens, last := q.burst, 0
		fill := func(to time.Time) {
			tokens = min(q.burst, tokens+lump(q)*(tick(to)-last))
			last = tick(to)
		}
		for _, p := range history {
			if p.admitted {
				fill(p.at)
				tokens--
			}
		}
		fill(now)
		return tokens > 0
	}
}

// windowSays has windows that begin with an admitted request; the instant at
// which one ends still belongs to it.
func windowSays(q quota, history []past, now time.Time) bool {
	return window(q.burst, spanOf(q), history, now)
}

func window(quota int, length time.Duration, history []past, now time.Time) bool {
	var began time.Time
	count := 0
	for _, p := range history {
		if !p.admitted {
			continue
		}
		if began.IsZero() || p.at.Sub(began) > length {
			began, count = p.at, 0
		}
		count++
	}
	return count < quota || now.Sub(began) > length
}

// number counts the windows of a length since the year 1.
func number(length time.Duration, t time.Time) int64 {
	const from1To1970 = 62135596800
	perSecond := float64(time.Second) / float64(length)
	return int64(math.Floor((float64(t.Unix()+from1To1970) + float64(t.Nanosecond())/1e9) * perSecond))
}

func clockSays(q quota, history []past, now time.Time) bool {
	count := 0
	for _, p := range history {
		if p.admitted && number(spanOf(q), p.at) == number(spanOf(q), now) {
			count++
		}
	}
	return count < q.burst
}

func logSays(q quota, history []past, now time.Time) bool {
	count := 0
	for _, p := range history {
		if p.admitted && now.Sub(p.at) < spanOf(q) {
			count++
		}
	}
	return count < q.burst
}

// weighted is the count of this window, and of the last one by how much of it
// still overlaps.
func weighted(q quota, history []past, now time.Time) float64 {
	span := spanOf(q)
	elapsed := float64(now.Sub(now.Truncate(span))) / float64(span)
	sum := 0.0
	for _, p := range history {
		switch {
		case !p.admitted:
		case number(span, p.at) == number(span, now):
			sum++
		case number(span, p.at) == number(span, now)-1:
			sum += 1 - elapsed
		}
	}
	return sum
}

// blockSays closes for a span after a limited request, and forgets what was
// before.
func blockSays(base definition, renewed bool) definition {
	return func(q quota, history []past, now time.Time) bool {
		var since []past
		var until time.Time
		for _, p := range history {
			switch {
			case p.at.Before(until):
				if renewed {
					until = p.at.Add(spanOf(q))
				}
			case p.admitted:
				since = append(since, p)
			default:
				since, until = nil, p.at.Add(spanOf(q))
			}
		}
		return !now.Before(until) && base(q, since, now)
	}
}

// reserveSays hands what exceeds the usual window to the spare one.
func reserveSays(q quota, history []past, now time.Time) bool {
	usual, spare := (q.burst+1)/2, q.burst/2
	long := seconds(float64(4*usual+spare) / q.rate)
	var first, second []past
	for _, p := range history {
		switch {
		case window(usual, long/4, first, p.at):
			first = append(first, past{p.at, true})
		case p.admitted:
			second = append(second, p)
		}
	}
	return window(usual, long/4, first, now) || window(spare, long, second, now) && spare > 0
}
