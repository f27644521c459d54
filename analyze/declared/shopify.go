package declared

import "strings"

// shopify declares a bucket's level and capacity, "32/40". The rate at which it
// leaks is documented, but not sent.
var shopify = Convention{
	Name:  "shopify-rest",
	About: "level and capacity of a bucket",
	match: func(m *message) bool { return m.has(shopifyHeader) },
	read: func(m *message) bool {
		used, capacity, _ := strings.Cut(m.takeOne(shopifyHeader), "/")
		level, ok1 := number(used)
		size, ok2 := number(capacity)
		if !ok1 || !ok2 || level < 0 || size < 0 {
			return false
		}
		m.add(Policy{Burst: m.num(size), Used: m.num(level), Remaining: m.num(max(0, size-level))})
		return true
	},
}

const shopifyHeader = "x-shopify-shop-api-call-limit"
