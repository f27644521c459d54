package attack

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// A fineTimer sleeps more precisely than the runtime's timers do, and without
// keeping a thread busy: the goroutine is parked until the kernel's timer,
// which is a file, becomes readable.
type fineTimer struct {
	fd   int
	file *os.File
}

// newFineTimer returns nil if the system has no such timer to give.
func newFineTimer() *fineTimer {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil
	}
	return &fineTimer{fd: fd, file: os.NewFile(uintptr(fd), "timerfd")}
}

// sleep waits for d, or not at all if the timer fails.
func (t *fineTimer) sleep(d time.Duration) {
	if d <= 0 {
		return // zero would disarm the timer, and the read would never end
	}
	spec := unix.ItimerSpec{Value: unix.NsecToTimespec(int64(d))}
	if unix.TimerfdSettime(t.fd, 0, &spec, nil) != nil {
		return
	}
	var expirations [8]byte
	_, _ = t.file.Read(expirations[:])
}

func (t *fineTimer) close() { _ = t.file.Close() }
