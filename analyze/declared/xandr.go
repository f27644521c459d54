package declared

import "strings"

// xandrLegacy is the older header set of Xandr's API: a limit for each class,
// and what user, member and address used of it.
var xandrLegacy = Convention{
	Name:  "xandr-appnexus-legacy",
	About: "limit and use, of reads and of writes",
	match: func(m *message) bool {
		return m.has("x-ratelimit-read") && m.has("x-count-read") || m.has("x-ratelimit-write") && m.has("x-count-write")
	},
	read: func(m *message) bool {
		for _, class := range []string{"read", "write"} {
			name := "x-ratelimit-" + class
			if !m.has(name) {
				continue
			}
			p := Policy{Class: class, Limit: m.limit(name, m.takeOne(name)), Decided: Decided{Class: ByName}}
			for pair := range strings.SplitSeq(m.takeOne("x-count-"+class), ",") {
				if used, ok := strings.CutPrefix(strings.TrimSpace(pair), "user:"); ok {
					p.Used = m.usedOf(&p, "x-count-"+class, used)
				}
			}
			m.add(p)
		}
		return true
	},
}

// xandr is the current header set: only refusals have one.
var xandr = Convention{
	Name:  "xandr-current",
	About: "how much was used, on refusals",
	match: func(m *message) bool { return m.has("x-ratelimit-code") && m.has("x-ratelimit-count") },
	slots: func(m *message, _ []slot) []slot {
		s := newSlot()
		s.at[roleUsed] = m.at("x-ratelimit-count")
		s.implied = true
		return []slot{s}
	},
}
