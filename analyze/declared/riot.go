package declared

import "strings"

// riot declares lists of quota:window in X-<Scope>-Rate-Limit and of
// count:window in X-<Scope>-Rate-Limit-Count, each in an order of its own.
var riot = Convention{
	Name:  "riot-games",
	About: "pairs of quota and window, and of use and window, for each scope",
	match: func(m *message) bool { return len(riotScopes(m)) > 0 },
	read: func(m *message) bool {
		read := false
		for _, scope := range riotScopes(m) {
			name := "x-" + scope + "-ratelimit"
			quotas, ok := pairs(m.fields[m.index(name)].values)
			if !ok {
				continue
			}
			m.take(name)
			used, _ := pairs(m.take(name + "-count"))
			for _, q := range quotas {
				p := Policy{Class: scope, Limit: m.num(q.count), Window: m.num(q.window)}
				p.Decided.Class, p.Decided.Window = ByName, ByValue
				for _, u := range used {
					if u.window == q.window && p.Used == nil {
						p.Used = m.num(u.count)
						m.deriveRemaining(&p, u.count)
					}
				}
				m.add(p)
				read = true
			}
		}
		return read
	},
}

// riotScopes lists the scopes in the message.
func riotScopes(m *message) []string {
	var scopes []string
	for i := range m.fields {
		if scope, ok := between(m.fields[i].name, "x-", "-ratelimit"); ok && m.has("x-"+scope+"-ratelimit-count") {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}

// A pair is a count per window.
type pair struct{ count, window float64 }

// pairs reads "100:120,20:1".
func pairs(lines []string) (all []pair, ok bool) {
	for item := range strings.SplitSeq(strings.Join(lines, ","), ",") {
		c, w, _ := strings.Cut(item, ":")
		count, ok1 := number(c)
		window, ok2 := number(w)
		if !ok1 || !ok2 || count < 0 || window <= 0 || len(all) == maxPolicies {
			return nil, false
		}
		all = append(all, pair{count, window})
	}
	return all, true
}
