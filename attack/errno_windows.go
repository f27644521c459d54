package attack

import "golang.org/x/sys/windows"

// What the system calls the errors that are told apart.
var (
	resets      = []error{windows.WSAECONNRESET, windows.WSAECONNABORTED, windows.WSAESHUTDOWN}
	refused     = error(windows.WSAECONNREFUSED)
	unreachable = []error{windows.WSAEHOSTUNREACH, windows.WSAENETUNREACH}
	unbindable  = []error{windows.WSAEADDRNOTAVAIL}
	noFiles     = []error{windows.WSAEMFILE}
)
