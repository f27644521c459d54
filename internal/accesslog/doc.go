// Package accesslog reads what servers and browsers record about requests: who
// sent one, when, and what was answered. It knows
//
//   - the Common Log Format and the combined one of Apache and nginx, with a
//     virtual host in front, and with nginx's $request_time or $msec behind;
//   - JSON, one object a line, by the names that nginx, Caddy, Traefik, Envoy and
//     others give the fields, see [Names];
//   - HAR 1.2, the archive of a browser;
//   - the traces that [ratefit/internal/trace] reads, Vegeta's results included,
//
// each plain or in gzip, told apart by content. Files are streamed: what is held
// does not depend on their length. A line has at most 1 MiB, an entry of a HAR at
// most 64 MiB. What cannot be read is counted, and the first is named.
//
// A path is kept without its query, and never with credentials. A user's name is
// handed over, so that users can be told apart; it is not for showing.
package accesslog
