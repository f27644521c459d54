package declared

// merge folds the policies from index n on into those before it that declare
// the same limit in another spelling, so that each limit stands there once.
func merge(policies []Policy, n int) []Policy {
	kept := policies[:n]
	for _, p := range policies[n:] {
		same := -1
		for i := range n {
			if sameDeclared(&policies[i], &p) {
				same = i
				break
			}
		}
		if same < 0 {
			kept = append(kept, p)
			continue
		}
		fill(&policies[same], &p)
	}
	return kept
}

// sameDeclared reports whether two policies can be one limit: its quota or
// capacity is the same, and nothing that both declare differs.
func sameDeclared(a, b *Policy) bool {
	if a.Unit != b.Unit || a.Class != b.Class && a.Class != "all" && b.Class != "all" {
		return false
	}
	if a.Name != nil && b.Name != nil && *a.Name != *b.Name {
		return false
	}
	size, other := a.Limit, b.Limit
	if size == nil {
		size = a.Burst
	}
	if other == nil {
		other = b.Burst
	}
	return size != nil && other != nil && *size == *other &&
		compatible(a.Window, b.Window) && compatible(a.Remaining, b.Remaining) && compatible(a.Used, b.Used)
}

func compatible(a, b *float64) bool { return a == nil || b == nil || *a == *b }

// fill adds to a what only b declares. A capacity is not also a quota.
func fill(a, b *Policy) {
	if a.Burst == nil && a.Limit == nil {
		a.Limit, a.Burst = b.Limit, b.Burst
	}
	for _, f := range []struct{ to, from **float64 }{
		{&a.Window, &b.Window},
		{&a.Rate, &b.Rate},
		{&a.Used, &b.Used},
		{&a.Remaining, &b.Remaining},
		{&a.Reset, &b.Reset},
		{&a.Cost, &b.Cost},
	} {
		if *f.to == nil {
			*f.to = *f.from
		}
	}
	if a.Name == nil {
		a.Name = b.Name
	}
	if a.Class == "all" {
		a.Class = b.Class
	}
}
