package declared

import "strings"

// sentryIngest is Sentry's event ingestion: SECONDS:CATEGORIES:SCOPE…, several
// separated by commas. No categories are all categories.
var sentryIngest = Convention{
	Name:  "sentry-ingest",
	About: "for how many seconds each category of events is refused",
	match: func(m *message) bool { return m.has("x-sentry-ratelimits") },
	read: func(m *message) bool {
		for item := range strings.SplitSeq(strings.Join(m.take("x-sentry-ratelimits"), ","), ",") {
			parts := strings.Split(item, ":")
			v, ok := number(parts[0])
			if !ok || v < 0 {
				m.note("x-sentry-ratelimits", "does not begin with seconds")
				continue
			}
			categories := ""
			if len(parts) > 1 {
				categories = parts[1]
			}
			for category := range strings.SplitSeq(categories, ";") {
				class := label(strings.TrimSpace(category))
				p := Policy{}
				if class != nil {
					p.Class, p.Decided.Class = *class, ByValue
				}
				p.setReset(m.encoded(instant{m.num(v), Seconds, ByConvention}))
				m.add(p)
			}
		}
		return true
	},
}
