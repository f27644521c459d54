package simulate

import "time"

// A Queue lets hits through at one every Every and holds the others back; what
// finds Waiting hits before it is refused. Free hits from rest are not held
// back, the first included.
type Queue struct {
	Every   time.Duration
	Free    int // at least 1
	Waiting int // below 0: never refuses, a pure pacer

	next time.Duration // when the next hit would be let through if none were free
	used bool
}

// Decide finds the hit's place in the queue.
func (q *Queue) Decide(at time.Duration, _ int) (bool, time.Duration) {
	if !q.used || q.next < at {
		q.next, q.used = at, true
	}
	delay := q.next - at - time.Duration(q.Free-1)*q.Every
	if q.Waiting >= 0 && delay > time.Duration(q.Waiting)*q.Every {
		return false, 0
	}
	q.next += q.Every
	return true, max(0, delay)
}
