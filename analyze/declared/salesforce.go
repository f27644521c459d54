package declared

import "strings"

// salesforce declares used/limit of the calls of a day, and of those of the
// connected app as per-app-api-usage=17/250(appName=x).
var salesforce = Convention{
	Name:  "salesforce",
	About: "calls used and allowed",
	match: func(m *message) bool { return m.has("sforce-limit-info") },
	read: func(m *message) bool {
		read := false
		for item := range strings.SplitSeq(strings.Join(m.take("sforce-limit-info"), ";"), ";") {
			name, value, _ := strings.Cut(strings.TrimSpace(item), "=")
			value, _, _ = strings.Cut(value, "(")
			used, limit, _ := strings.Cut(value, "/")
			p := Policy{Name: label(name)}
			if p.Limit = m.limit("sforce-limit-info", strings.TrimSpace(limit)); p.Name == nil || p.Limit == nil {
				continue
			}
			p.Used = m.usedOf(&p, "sforce-limit-info", used)
			m.add(p)
			read = true
		}
		return read
	},
}
