//go:build unix

package attack

import "golang.org/x/sys/unix"

// fileLimit returns how many files this process may have open. ok is false if
// there is no limit, or if it is not known.
func fileLimit() (limit int, ok bool) {
	var l unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &l) != nil || l.Cur >= 1<<31-1 {
		return 0, false
	}
	return int(l.Cur), true
}
