package declared

// strava declares limits for 15 minutes and for a day, one behind the other,
// and again for reads, which count against both.
var strava = Convention{
	Name:  "strava",
	About: "limit and use per 15 minutes and per day, of all requests and of reads",
	match: func(m *message) bool {
		return m.has("x-ratelimit-limit") && m.has("x-ratelimit-usage") || m.has("x-readratelimit-limit") && m.has("x-readratelimit-usage")
	},
	read: func(m *message) bool {
		read := m.readStrava("all", "x-ratelimit")
		return m.readStrava("read", "x-readratelimit") || read
	},
}

func (m *message) readStrava(class, stem string) bool {
	i, j := m.at(stem+"-limit"), m.at(stem+"-usage")
	if i < 0 || j < 0 || len(m.fields[i].values) != 1 || len(m.fields[j].values) != 1 {
		return false
	}
	limit, used := list(m.fields[i].values[0]), list(m.fields[j].values[0])
	if len(limit) != 2 || len(used) != 2 {
		return false
	}
	m.values(i)
	m.values(j)
	for k, w := range []struct {
		name   string
		window float64
	}{{"15min", 900}, {"daily", 86400}} {
		p := Policy{Class: class, Name: &w.name, Window: m.num(w.window)}
		p.Limit = m.limit(stem+"-limit", at(limit, k, 2))
		p.Used = m.usedOf(&p, stem+"-usage", at(used, k, 2))
		p.Decided.Window, p.Decided.Class = ByPosition, ByName
		m.add(p)
	}
	return true
}
