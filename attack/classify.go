package attack

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/textproto"
	"strings"

	"ratefit/internal/trace"
)

// Why a request was ended from here.
var (
	errTimeout  = errors.New("no complete reply in time")
	errStopped  = errors.New("the run was stopped")
	errRepeated = errors.New("not repeated on another connection")
	errRefused  = errors.New("not written")
)

// classify says what kind of error ended a hit. cause is why its context
// ended, nil if it did not. net/http and its HTTP/2 do not export all of their
// errors; those are told by the fixed words that they begin with.
func classify(err, cause error, t instants) trace.ErrorKind {
	stopped := errors.Is(cause, errStopped)
	switch {
	case err == nil:
		return ""
	case errors.Is(cause, errRepeated):
		return trace.ErrReset
	case stopped && t.reach == untouched:
		return trace.ErrUnsent
	case isDNS(err):
		return trace.ErrDNS
	case isDial(err):
		return trace.ErrDial
	case t.reach != touched && isTLS(err):
		return trace.ErrTLS
	case t.reach == untouched:
		return trace.ErrDial
	case stopped:
		return trace.ErrCanceled
	case errors.Is(cause, errTimeout):
		return trace.ErrTimeout
	case t.fresh && isCertificateAlert(err):
		return trace.ErrTLS
	case isProtocol(err):
		return trace.ErrProtocol
	case isReset(err):
		return trace.ErrReset
	case isTimeout(err):
		return trace.ErrTimeout
	}
	return trace.ErrOther
}

func isDNS(err error) bool {
	var e *net.DNSError
	return errors.As(err, &e)
}

func isDial(err error) bool {
	var e *net.OpError
	return errors.As(err, &e) && e.Op == "dial"
}

func isTimeout(err error) bool {
	var e net.Error
	return errors.As(err, &e) && e.Timeout()
}

// isTLS reports whether err ended a handshake.
func isTLS(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		record       tls.RecordHeaderError
		authority    x509.UnknownAuthorityError
		host         x509.HostnameError
		invalid      x509.CertificateInvalidError
	)
	return errors.As(err, &verification) || errors.As(err, &record) ||
		errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) ||
		says(err, "tls: ", "TLS handshake timeout", "server gave HTTP response to HTTPS client")
}

// isCertificateAlert reports whether the server refused the client in the
// handshake. With TLS 1.3 this is only heard of after the request has gone out.
func isCertificateAlert(err error) bool {
	return says(err, "remote error: tls: ") && says(err, "certificate", "access denied", "handshake failure")
}

func isProtocol(err error) bool {
	var header textproto.ProtocolError
	return errors.Is(err, errInterim) || errors.As(err, &header) ||
		says(err, "malformed", "server response headers exceeded", "invalid byte in chunk", "chunk length too large", "suspiciously long trailer", "line too long",
			"PROTOCOL_ERROR", "FRAME_SIZE_ERROR", "COMPRESSION_ERROR", "response missing", "bad Content-Length", "multiple Content-Length")
}

func isReset(err error) bool {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
		return true
	}
	for _, e := range resets {
		if errors.Is(err, e) {
			return true
		}
	}
	return says(err, "server closed idle connection", "stream error: ", "http2: ", "remote error: tls: ")
}

// says reports whether the error's text holds one of the phrases.
func says(err error, phrases ...string) bool {
	text := err.Error()
	for _, p := range phrases {
		if strings.Contains(text, p) {
			return true
		}
	}
	return false
}
