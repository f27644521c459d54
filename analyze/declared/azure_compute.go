package declared

import (
	"strconv"
	"strings"
)

// azureCompute is Azure's compute resource provider: a list of NAME;REMAINING.
// The name ends in the window in minutes.
var azureCompute = Convention{
	Name:  "azure-compute-rp",
	About: "what remains of each limit of a group of operations",
	match: func(m *message) bool { return m.has(azureResource) },
	read: func(m *message) bool {
		for _, line := range m.take(azureResource) {
			for item := range strings.SplitSeq(line, ",") {
				name, left, _ := strings.Cut(strings.TrimSpace(item), ";")
				p := Policy{Class: "resource", Name: label(name), Remaining: m.remaining(azureResource, left)}
				p.Decided.Class = ByName
				if p.Name == nil || p.Remaining == nil {
					continue
				}
				short, ok := strings.CutSuffix(name, "Min")
				digits := len(short) - len(strings.TrimRight(short, "0123456789"))
				if n, err := strconv.Atoi(short[len(short)-digits:]); ok && err == nil && n > 0 {
					p.Window, p.Decided.Window = m.num(60*float64(n)), ByValue
				}
				m.add(p)
			}
		}
		return true
	},
}

const azureResource = "x-ms-ratelimit-remaining-resource"
