//go:build !windows

package attack

import "syscall"

// What the system calls the errors that are told apart.
var (
	resets      = []error{syscall.ECONNRESET, syscall.EPIPE, syscall.ECONNABORTED}
	refused     = error(syscall.ECONNREFUSED)
	unreachable = []error{syscall.EHOSTUNREACH, syscall.ENETUNREACH}
	unbindable  = []error{syscall.EADDRNOTAVAIL}
	noFiles     = []error{syscall.EMFILE, syscall.ENFILE}
)
