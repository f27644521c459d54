package sandbox

import "time"

// blocked is another limiter that, once it has limited a request, limits all
// for a while and is at rest afterwards. No library in the field does that to
// any limiter.
type blocked struct {
	fresh   func() limiter
	base    limiter
	penalty time.Duration
	renewed bool // each request during the block begins it anew
	until   time.Time
}

// blocking returns a constructor of a limiter that blocks for as long as its
// burst takes to come back.
func blocking(base func(quota) limiter, renewed bool) func(quota) limiter {
	return func(q quota) limiter {
		fresh := func() limiter { return base(q) }
		return &blocked{fresh: fresh, base: fresh(), penalty: q.span(), renewed: renewed}
	}
}

func (b *blocked) decide(now time.Time) decision {
	if now.Before(b.until) {
		if b.renewed {
			b.until = now.Add(b.penalty)
		}
		return decision{}
	}
	d := b.base.decide(now)
	if !d.admitted {
		b.until = now.Add(b.penalty)
		b.base = b.fresh()
	}
	return d
}
