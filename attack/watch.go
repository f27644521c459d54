package attack

import (
	"net/http"
	"slices"
	"sync"

	"ratefit/internal/trace"
)

// A watch tells when it is hopeless to go on: when all hits of a class, from
// its first on, have failed or been refused in the same way; or when credentials
// that were good are good no more.
type watch struct {
	after       int   // hits; negative = never gives up
	limited     []int // statuses that mean "limited"
	evenRefused bool  // the API's own refusals are no failures
	giveUp      func(error)

	mu      sync.Mutex
	classes map[string]*streak
}

// A streak counts the hits of a class that failed alike.
type streak struct {
	cause   *GaveUpError
	hits    int
	hopeful bool // a hit got a reply that is neither, or failed differently
	limited bool // a hit was limited
	served  bool // a hit got what it asked for
	expired int  // hits since then that were answered 401, and none otherwise but limited
}

// observe takes a finished hit into account. err is what ended it, location
// where its reply redirects to.
func (w *watch) observe(h *trace.Hit, err error, location string) {
	if h.Error == trace.ErrUnsent || h.Error == trace.ErrCanceled {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.classes[h.Class]
	if s == nil {
		s = &streak{}
		w.classes[h.Class] = s
	}
	if s.hopeful {
		w.expire(s, h)
		return
	}
	redirect := w.isRedirect(h.Status, location)
	kind := h.Error
	if redirect {
		kind = ""
	}
	refused := w.isRefused(h.Status)
	if h.Status != 0 && h.Outcome(w.limited) == trace.Limited && !redirect && (s.hits == 0 || s.cause.Status != 0) {
		s.limited = true // a limiter in front of the check says nothing of it
		return
	}
	status := 0
	if refused {
		status = h.Status
	}
	if h.Status != 0 && !redirect && !refused || s.limited && !refused || s.hits > 0 && (s.cause.Kind != kind || s.cause.Status != status) {
		s.hopeful = true
		w.expire(s, h)
		return
	}
	s.hits++
	s.cause = &GaveUpError{Class: h.Class, Kind: kind, Status: status, Hits: s.hits, Err: err, target: h.URL, source: h.Source, location: location}
	if w.after > 0 && s.hits == w.after {
		w.giveUp(s.cause)
	}
}

// manyExpired is how many times GiveUpAfter a class must be answered 401, after
// it was served, to tell a credential that is good no more from a server that
// refuses now and then.
const manyExpired = 3

// expire notices that a class is not let in any more.
func (w *watch) expire(s *streak, h *trace.Hit) {
	switch {
	case h.Status == 0 || h.Outcome(w.limited) == trace.Limited:
	case h.Status < 400:
		s.served, s.expired = true, 0
	case h.Status != http.StatusUnauthorized || w.evenRefused:
		s.expired = 0
	case s.served:
		if s.expired++; w.after > 0 && s.expired == manyExpired*w.after {
			w.giveUp(&GaveUpError{Class: h.Class, Status: h.Status, Hits: s.expired, Later: true, target: h.URL, source: h.Source})
		}
	}
}

// hopeless returns the reason to give up for a class that is over: all of its
// hits failed, however few.
func (w *watch) hopeless() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.after < 0 {
		return nil
	}
	for _, s := range w.classes {
		if !s.hopeful && !s.limited && s.cause != nil {
			return s.cause
		}
	}
	return nil
}

func (w *watch) isRedirect(status int, location string) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return location != "" && !slices.Contains(w.limited, status)
	}
	return false
}

// isRefused reports whether the API refused the hit for what it is.
func (w *watch) isRefused(status int) bool {
	return trace.Refused(status) && !w.evenRefused && !slices.Contains(w.limited, status)
}
