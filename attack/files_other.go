//go:build !unix

package attack

// fileLimit returns how many files this process may have open. ok is false if
// there is no limit, or if it is not known.
func fileLimit() (limit int, ok bool) { return 0, false }
