// Package attack sends planned traffic and records what became of each hit.
// It is the only user of the network in this program.
//
// [Run] drives one Vegeta attacker for each class, source and phase of a
// profile. All classes and sources start together, or staggered as the profile
// says; each phase starts at its planned instant, whatever became of the phase
// before it.
//
// # What a recorded hit promises
//
// Whatever decides about a hit does so after [trace.Hit.Sent] and before
// [trace.Hit.FirstByte]. Both are offsets on one monotonic clock:
//
//   - over HTTP/1, Sent is read just before the first system call that hands
//     a byte of the request to the operating system;
//   - over HTTP/2, where requests share a connection, it is read when the
//     request's headers are about to be encoded;
//   - FirstByte is read after the first byte of the final reply has arrived.
//     Interim replies (1xx) can come from something in front of the limiter
//     and never count. After one, FirstByte is the instant at which the final
//     reply's header had been read.
//
// A request is sent at most once. net/http silently repeats some requests when
// a kept-alive connection turns out to be dead; a limiter may count both. Here
// the second copy is stopped before it is written and the hit is recorded as
// [trace.ErrReset]: it may have been counted, once.
//
// # What is asked for, and what is sent
//
// The pace is the plan's, or less, but never a burst that nobody planned. A
// hit whose turn comes late, because the machine stalled or because all
// workers wait for slow replies, is not sent later: it is recorded as
// [trace.ErrUnsent]. Hits planned for the same instant are meant as a burst
// and stay together. See [pacer] in the source for the exact rule.
//
// # What is never done
//
// Redirects are not followed, proxies are not used (the limiter would see the
// proxy's address), replies are not decompressed, and no header is added other
// than User-Agent and those of HTTP itself.
package attack
