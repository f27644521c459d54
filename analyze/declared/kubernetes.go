package declared

// kubernetes is the API server's priority and fairness: each priority level has
// a number of requests that may run at a time, which it does not declare.
var kubernetes = Convention{
	Name:  "kubernetes-apf",
	About: "which priority level limits the requests in flight",
	match: func(m *message) bool { return m.has(priorityLevel) },
	read: func(m *message) bool {
		name := m.takeText(priorityLevel)
		if name == nil {
			return false
		}
		m.add(Policy{Name: name, Unit: concurrency, Decided: Decided{Unit: ByConvention}})
		return true
	},
}

const priorityLevel = "x-kubernetes-pf-prioritylevel-uid"
