//go:build !linux

package attack

import "time"

// A fineTimer is only needed where the runtime's timers are coarse.
type fineTimer struct{}

func newFineTimer() *fineTimer { return nil }

func (*fineTimer) sleep(time.Duration) {}

func (*fineTimer) close() {}
