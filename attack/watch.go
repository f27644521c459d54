package attack

import (
	"net/http"
	"slices"
	"sync"

	"ratefit/internal/trace"
)

// A watch tells when it is hopeless to go on: when all hits of a class, from
// its first on, have failed in the same way.
type watch struct {
	after   int   // hits; negative = never gives up
	limited []int // statuses that mean "limited"
	giveUp  func(error)

	mu      sync.Mutex
	classes map[string]*streak
}

// A streak counts the hits of a class that failed alike.
type streak struct {
	cause   *GaveUpError
	hits    int
	hopeful bool // a hit got a reply, or failed differently
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
		return
	}
	redirect := w.isRedirect(h.Status, location)
	kind := h.Error
	if redirect {
		kind = ""
	}
	if h.Status != 0 && !redirect || s.hits > 0 && s.cause.Kind != kind {
		s.hopeful = true
		return
	}
	s.hits++
	s.cause = &GaveUpError{Class: h.Class, Kind: kind, Hits: s.hits, Err: err, target: h.URL, source: h.Source, location: location}
	if w.after > 0 && s.hits == w.after {
		w.giveUp(s.cause)
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
		if !s.hopeful {
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
