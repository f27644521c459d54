package sandbox

import "net/http"

// listBookings answers GET /bookings: the account's last 50.
func listBookings(s *Sandbox, q request) (action, *answer) {
	return func() answer { return object(http.StatusOK, s.book.latest(q.account.Email, 50)) }, nil
}

// createBooking answers POST /bookings: {"service_id": 1, "service_date":
// "2015-01-31T14:30"}.
func createBooking(s *Sandbox, q request) (action, *answer) {
	wanted, no := s.appointment(q)
	if no != nil {
		return nil, no
	}
	return func() answer {
		if !wanted.spot {
			return noSpot()
		}
		return object(http.StatusCreated, s.book.add(booking{
			ServiceID: wanted.service,
			Date:      wanted.date,
			Created:   utc(q.now),
			email:     q.account.Email,
		}))
	}, nil
}

// showBooking answers GET /bookings/{id}.
func showBooking(s *Sandbox, q request) (action, *answer) {
	return func() answer {
		return s.book.with(q, func(b *booking) answer { return object(http.StatusOK, b) })
	}, nil
}

// changeBooking answers PUT /bookings/{id}: the same as for a new one. What was
// cancelled cannot be changed.
func changeBooking(s *Sandbox, q request) (action, *answer) {
	wanted, no := s.appointment(q)
	if no != nil {
		return nil, no
	}
	return func() answer {
		return s.book.with(q, func(b *booking) answer {
			switch {
			case b.Cancelled:
				return cancelledAlready()
			case !wanted.spot:
				return noSpot()
			}
			b.ServiceID, b.Date = wanted.service, wanted.date
			return object(http.StatusOK, b)
		})
	}, nil
}

// cancelBooking answers DELETE /bookings/{id}: the booking stays, cancelled.
func cancelBooking(s *Sandbox, q request) (action, *answer) {
	return func() answer {
		return s.book.with(q, func(b *booking) answer {
			if b.Cancelled {
				return cancelledAlready()
			}
			b.Cancelled = true
			return object(http.StatusOK, b)
		})
	}, nil
}

// An appointment is what a booking asks for.
type appointment struct {
	service int64
	date    string // UTC
	spot    bool   // there is one at that time
}

// appointment reads what a form asks for, or says which field is not valid.
func (s *Sandbox) appointment(q request) (appointment, *answer) {
	service := q.form.integer("service_id")
	if !offered(service) {
		return appointment{}, invalid("service_id", "There is no such service")
	}
	start, well, exists := parseInstant(q.form.text("service_date"), s.zone)
	switch {
	case !well:
		return appointment{}, invalid("service_date", "Does not match format 'iso8601'")
	case !exists:
		return appointment{}, invalid("service_date", "There is no such time in the tenant's zone")
	}
	return appointment{service, utc(start), isSpot(start, s.zone)}, nil
}

func noSpot() answer { return notAcceptable("There is no spot at this time") }

func cancelledAlready() answer { return notAcceptable("The booking is cancelled") }
