//go:build unix

package command

import (
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// resumed tells when the process goes on after Ctrl-Z: meanwhile the shell has
// written to the terminal. stop ends the telling.
func resumed() (c <-chan os.Signal, stop func()) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, unix.SIGCONT)
	return signals, func() { signal.Stop(signals) }
}
