package sandbox

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// grace is how long requests under way may take when a server is stopped.
const grace = 2 * time.Second

// patience is how long a request may take to arrive, and as much its response.
const patience = 10 * time.Second

// Server returns an HTTP server for the sandbox that gives up on slow clients:
// ten seconds for a request and as much for the response, longer by what the
// limiter holds a request back; a minute of silence between requests, 16 kB of
// headers.
func (s *Sandbox) Server(addr string) *http.Server {
	return &http.Server{
		Addr:                         addr,
		Handler:                      s,
		ReadHeaderTimeout:            5 * time.Second,
		ReadTimeout:                  patience + s.hold,
		WriteTimeout:                 patience + s.hold,
		IdleTimeout:                  time.Minute,
		MaxHeaderBytes:               16 << 10,
		DisableGeneralOptionsHandler: true,                       // OPTIONS * is limited like everything else
		ErrorLog:                     log.New(io.Discard, "", 0), // would quote what clients sent
	}
}

// Serve answers on a listener until the context is done, then lets requests
// under way finish for two seconds, closes the listener and returns nil. It
// returns an error when the listener fails before that.
func (s *Sandbox) Serve(ctx context.Context, ln net.Listener) error {
	srv := s.Server("")
	// Requests that are held back do not outlive the server.
	held, release := context.WithCancel(context.WithoutCancel(ctx))
	defer release()
	srv.BaseContext = func(net.Listener) context.Context { return held }
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(ln) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if srv.Shutdown(stop) != nil {
		_ = srv.Close() // the rest had its chance
	}
	if err := <-failed; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// Running is a sandbox that serves in the background.
type Running struct {
	URL  string // e.g. "http://127.0.0.1:41234", without a slash at the end
	done chan struct{}
	err  error
}

// Start listens on a TCP address ("" means 127.0.0.1 and a free port) and
// serves in the background until the context is done. A listener on 127.0.0.1
// also hears clients that send from 127.0.0.2, .3 and so on.
func (s *Sandbox) Start(ctx context.Context, addr string) (*Running, error) {
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", addr)
	if err != nil {
		return nil, err
	}
	r := &Running{URL: "http://" + ln.Addr().String(), done: make(chan struct{})}
	go func() {
		r.err = s.Serve(ctx, ln)
		close(r.done)
	}()
	return r, nil
}

// Wait returns once the sandbox has stopped serving, with the reason if that
// was not the end of the context.
func (r *Running) Wait() error {
	<-r.done
	return r.err
}
