package sandbox

import (
	"net/http"
	"sync"
	"time"
)

// A booking is an appointment.
type booking struct {
	ID        int64  `json:"id"`
	ServiceID int64  `json:"service_id"`
	Date      string `json:"service_date"` // UTC
	Created   string `json:"created_at"`   // UTC
	email     string
}

// A book keeps the latest bookings of all accounts, a bounded number.
type book struct {
	mu     sync.Mutex
	lastID int64
	ring   []booking
	next   int
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
		return n
	}
	b.ring[b.next] = n
	b.next = (b.next + 1) % len(b.ring)
	return n
}

// latest returns the last bookings of an account, the newest first, at most n.
func (b *book) latest(email string, n int) []booking {
	b.mu.Lock()
	defer b.mu.Unlock()
	list := []booking{}
	for i := range b.ring {
		at := (b.next - 1 - i + 2*len(b.ring)) % len(b.ring)
		if len(list) < n && b.ring[at].email == email {
			list = append(list, b.ring[at])
		}
	}
	return list
}

// listBookings answers GET /bookings: the account's last 50.
func listBookings(s *Sandbox, q request) answer {
	return object(http.StatusOK, s.book.latest(q.account.Email, 50))
}

// createBooking answers POST /bookings: {"service_id": 1, "service_date":
// "2015-01-31T14:30"}. A start outside the opening hours fails the
// precondition that there is a spot.
func createBooking(s *Sandbox, q request) answer {
	service, refusal := q.form.integer("service_id")
	if refusal != nil {
		return *refusal
	}
	if !offered(service) {
		return *invalid("service_id", "There is no such service")
	}
	text, refusal := q.form.text("service_date", 1)
	if refusal != nil {
		return *refusal
	}
	start, ok := parseInstant(text, s.zone)
	if !ok {
		return *invalid("service_date", "Does not match format 'date-time'")
	}
	if !open(start.In(s.zone)) {
		return notAcceptable("There is no spot at this time")
	}
	return object(http.StatusCreated, s.book.add(booking{
		ServiceID: service,
		Date:      start.UTC().Format(time.RFC3339),
		Created:   q.now.UTC().Format(time.RFC3339),
		email:     q.account.Email,
	}))
}

func notAcceptable(why string) answer { return text(http.StatusNotAcceptable, why) }
