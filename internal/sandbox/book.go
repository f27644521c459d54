package sandbox

import (
	"net/http"
	"sync"
)

// A booking is an appointment.
type booking struct {
	ID        int64  `json:"id"`
	ServiceID int64  `json:"service_id"`
	Date      string `json:"service_date"` // UTC
	Created   string `json:"created_at"`   // UTC
	Cancelled bool   `json:"cancelled"`
	email     string
}

// A book keeps the latest bookings of all accounts, a bounded number. They are
// numbered from 1 without gaps.
type book struct {
	mu     sync.Mutex
	lastID int64
	ring   []booking // booking n is at (n-1) modulo its capacity
}

func newBook(size int) *book { return &book{ring: make([]booking, 0, size)} }

// add stores a booking under the next number and returns it.
func (b *book) add(n booking) booking {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lastID++
	n.ID = b.lastID
	if len(b.ring) < cap(b.ring) {
		b.ring = append(b.ring, n)
	} else {
		*b.at(n.ID) = n
	}
	return n
}

// at returns the place of a booking's number.
func (b *book) at(id int64) *booking { return &b.ring[(id-1)%int64(cap(b.ring))] }

// latest returns the last bookings of an account, the newest first, at most n.
func (b *book) latest(email string, n int) []booking {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := []booking{}
	for id := b.lastID; id > b.lastID-int64(len(b.ring)) && len(list) < n; id-- {
		if one := b.at(id); one.email == email {
			list = append(list, *one)
		}
	}
	return list
}

// with answers with what do makes of the account's booking that a request
// names, while nobody else can change it; 404 if there is none.
func (b *book) with(q request, do func(*booking) answer) answer {
	b.mu.Lock()
	defer b.mu.Unlock()
	if q.id < 1 || q.id > b.lastID || q.id <= b.lastID-int64(len(b.ring)) {
		return plain(http.StatusNotFound)
	}
	one := b.at(q.id)
	if one.email != q.account.Email {
		return plain(http.StatusNotFound) // nothing is said about other people's
	}
	return do(one)
}
