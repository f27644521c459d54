package analyze

// split sorts groups into parts by a key, in the order in which keys occur.
func split(groups []*group, key func(*group) string) [][]*group {
	var parts [][]*group
	at := map[string]int{}
	for _, g := range groups {
		i, ok := at[key(g)]
		if !ok {
			i = len(parts)
			at[key(g)] = i
			parts = append(parts, nil)
		}
		parts[i] = append(parts[i], g)
	}
	return parts
}

func sourceOf(g *group) string     { return g.source }
func credentialOf(g *group) string { return g.credential }
func clientOf(g *group) string     { return g.source + " " + g.credential }

// confounded reports that nothing tells sources from credentials: each of several
// sources used one of its own.
func confounded(groups []*group) bool {
	sources := split(groups, sourceOf)
	return len(sources) > 1 && len(split(groups, credentialOf)) == len(sources) && len(split(groups, clientOf)) == len(sources)
}

// byCredential decides whether the credentials of one class have limiters of
// their own. Only a source that uses several tells.
func byCredential(groups []*group, o Options) ScopeVerdict {
	clients := split(groups, clientOf)
	bySource := split(groups, sourceOf)
	if len(clients) == len(bySource) {
		return Untested
	}
	// The second credential mostly sends little, of which any limiter may be
	// supposed: what explains it together with the first goes first.
	together := alike(bySource, o)
	apart := together.against(o, func(o Options) hypothesis { return alike(clients, o) })
	if apart.holds || together.holds || len(bySource) == 1 {
		return decide(apart, together)
	}
	// Sources may share.
	apart = alike(split(groups, credentialOf), o)
	return decide(apart, apart.against(o, func(o Options) hypothesis { return one(groups, o) }))
}

// bySource decides whether the sources of one class have limiters of their own.
func bySource(groups []*group, credential ScopeVerdict, o Options) (hypothesis, ScopeVerdict) {
	apart := each(clientsOf(groups, credential), o)
	if len(split(groups, sourceOf)) == 1 {
		return apart, Untested
	}
	return settle(apart, apart.against(o, func(o Options) hypothesis { return acrossSources(groups, credential, o) }))
}

// clientsOf returns the parts that have a limiter each if sources have.
func clientsOf(groups []*group, credential ScopeVerdict) [][]*group {
	if credential == Shared {
		return split(groups, sourceOf)
	}
	return split(groups, clientOf)
}

// acrossSources supposes that sources share.
func acrossSources(groups []*group, credential ScopeVerdict, o Options) hypothesis {
	if credential == Separate {
		return each(split(groups, credentialOf), o)
	}
	return one(groups, o)
}

// settle returns the hypothesis to go by, and what that says of the sources.
func settle(apart, together hypothesis) (hypothesis, ScopeVerdict) {
	source := decide(apart, together)
	if source == Shared {
		return together, source
	}
	return apart, source
}

// byClassTogether supposes that the classes share: per source, or all.
func byClassTogether(groups []*group, credential ScopeVerdict, o Options) (hypothesis, ScopeVerdict) {
	p := pooled(clientsOf(groups, credential), o)
	perSource := hypothesis{pools: []pool{p}, holds: explained(p.judged)}
	if len(split(groups, sourceOf)) == 1 {
		return perSource, Untested
	}
	return settle(perSource, perSource.against(o, func(o Options) hypothesis { return acrossSources(groups, credential, o) }))
}
