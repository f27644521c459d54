// Package trace holds what a client saw of every request it sent, and the file
// that keeps it: the seam between the attack, which writes traces, and the
// analysis, which reads them. It also converts traces from and to the results
// of Vegeta.
//
// # The format ratefit-trace/v1
//
// A trace is a text in JSON Lines: one JSON object (RFC 8259, UTF-8) on each
// line, lines end with LF. The text is compressed with gzip (RFC 1952). The
// file name ends in .jsonl.gz; "zcat trace.jsonl.gz | jq" shows it. A reader
// also takes the text uncompressed, and a gzip file of several members.
//
//	{"format":"ratefit-trace/v1","started":"2026-01-02T03:04:05.000000006Z","target":"http://127.0.0.1:8080/","profile":"default","limited_status":[429],"tool":"ratefit v1.0.0"}
//	{"class":"read","source":"127.0.0.2","phase":"burst","method":"GET","url":"http://127.0.0.1:8080/spots?date=REDACTED","asked":5000000,"sent":5012345,"written":5040000,"first_byte":5300000,"done":5310000,"status":200,"in":512,"header":{"Date":["Fri, 02 Jan 2026 03:04:05 GMT"],"X-Rate-Limit-Read-Limit":["30"]}}
//	{"seq":1,"class":"write","source":"127.0.0.2","phase":"burst","method":"POST","url":"http://127.0.0.1:8080/bookings","asked":6000000,"sent":6001000,"done":36001000,"out":120,"error":"timeout"}
//	{"end":{"at":40000000000,"wall":"2026-01-02T03:04:45.000000123Z","reason":"done"}}
//
// The first record is the Meta record, the last one the End record; all
// between them are hits, in the order in which they were completed or given up.
//
// A writer writes keys in the order given here and leaves out every field that
// is zero, an empty string or an empty list, except those marked "always". A
// reader accepts any order of the keys, spaces between the tokens and blank
// lines; it skips keys that it does not know, takes null and a missing key as
// zero, and of a repeated key the last. Numbers are whole, in decimal digits
// without sign, fraction or exponent. A line has at most 1,048,576 bytes, its
// end included.
//
// Instants are nanoseconds since "started", from 0 to 2^63-1, all on one
// monotonic clock. (Tools that read numbers as 64-bit floats, as jq before 1.7
// does, are exact up to 2^53 ns, 104 days.)
//
// Keys of the Meta record:
//
//	format          string  "ratefit-trace/v1"; always, and first when writing. Another value is another format.
//	started         string  wall clock at offset 0, RFC 3339 with nanoseconds, UTC; always
//	target          string  redacted URL of what was attacked
//	profile         string  name of the profile that was sent
//	limited_status  array   statuses that mean "limited", each from 0 to 999; missing means 429
//	tool            string  program and version that wrote the trace
//	headers         array   response headers that the user described and that are kept: objects of "name" (always),
//	                        "declares", "class", "unit", "policy" and "in", see [DescribedHeader]
//
// Keys of a hit; see [Hit] for the full meaning:
//
//	seq         number  position in the trace, from 0; below 2^64
//	class       string  class of traffic, such as "read" or "write"
//	source      string  client address that it was sent from
//	credential  string  label of what it authenticated with, such as "c1"; never the secret. Missing: nothing with a label
//	phase       string  phase of the profile
//	method      string  request method
//	url         string  redacted, see [RedactURL]
//	asked       number  instant at which the profile wanted it sent
//	sent        number  instant just before its first byte was written
//	written     number  instant at which its last byte had been written; missing: unknown
//	first_byte  number  instant of the reply's first byte; missing: no reply
//	done        number  instant at which the reply was complete or given up
//	status      number  reply status, 0 to 999; missing: no reply
//	in          number  bytes of the reply's body, below 2^63
//	out         number  bytes of the request's body, below 2^63
//	error       string  an [ErrorKind]; one that the reader does not know reads as "other"
//	header      object  kept response header lines: field name to an array of its values, in the order of the lines
//
// A hit whose class and phase are both "login" asked for a credential (see
// [Hit.Login]): its credential is the one that it was to bring.
//
// A writer orders the names in header by their bytes, and drops names that
// [KeepHeader] refuses. Bytes of a string that are not UTF-8 become U+FFFD when
// writing and are an error when reading.
//
// The End record has one key, "end", an object:
//
//	at      number  instant of the end; always
//	wall    string  wall clock at the end, as started; always
//	reason  string  "done", "interrupted", "budget", or why the attack was given up
//
// # Killed writers
//
// A trace is only ever appended to. The Meta record is flushed (a sync flush of
// the deflate stream) when the trace is created; after that the writer flushes
// at least every 512 hits, and whenever its caller says so. Flushes fall between
// records. So a file can end at any byte, and holds everything up to the last
// flush and usually more.
//
// A reader yields each record whose bytes can be decompressed completely and
// that ends with LF, or that is a complete JSON object at the end of the data.
// It then reports the end of the trace and, if it saw no End record, that the
// trace is truncated. The gzip trailer may be missing after the End record:
// nothing is lost then. A file that is cut before the end of the Meta record is
// an error, for there is nothing to read. Everything else that is not as
// described here (damaged compression, a wrong checksum, a line that is not a
// record, a second Meta record, anything behind the End record) is an error that
// names the line.
//
// # Vegeta
//
// [Open] and [NewReader] also read what "vegeta attack" and "vegeta encode"
// write: gob, JSON and CSV (12 columns), plain or in gzip, told apart by content.
// Records are bounded at 16 MiB, for Vegeta keeps bodies. Each result is a hit:
//
//	Class, Source      from an attack name of the form CLASS@SOURCE, such as read@127.0.0.2,
//	                   neither part with a space or another "@"; else the class comes from the
//	                   method (GET, HEAD, OPTIONS: read; else write), and Source is empty
//	Phase              the attack's name, if it is not of that form
//	Seq                position in the file: Vegeta counts each attack from 0
//	Asked, Sent        Timestamp
//	FirstByte          Timestamp + Latency, if there is a status
//	End                Timestamp + Latency
//	Status             Code
//	BytesIn, BytesOut  the same
//	Error              from the error's text, for code 0 and for texts that are not that of the status
//	Header             the lines that [KeptHeaders] keeps
//	Written            unknown
//
// Bodies and error texts are dropped: they can hold secrets. Offset 0 is the
// earliest Timestamp in the file, which need not be the first: results stand in
// the order of their completion. A file with more than 16,384 results is read
// twice to find it. Where that cannot be done, on a pipe, offset 0 is ten
// minutes before the earliest of the first 16,384; a result from before that is
// an error. Meta has the scheme and host of the first URL as its target and
// "vegeta" as its tool. Vegeta's files have no end mark: a cut is only seen if
// it is inside a record.
//
// [VegetaWriter] and [WriteVegeta] write such files, for "vegeta report" and
// "vegeta plot": the attack's name is CLASS@SOURCE, Timestamp is Sent, Latency is
// End − Sent, Seq counts the hits of each attack in the order in which they were
// sent, and Error is empty for a status from 200 to 399, the status line's text
// for any other, as Vegeta has it, and "ratefit: KIND" for a failure. Hits that
// were never sent (kind "unsent") are left out and counted: Vegeta would report
// them as requests.
//
// What Vegeta has no field for is in the values of one pseudo response header,
// Ratefit-Hit, each of which is a line of the format above. The first result
// has the Meta record in it, the last one the End record, and each a hit with
// the keys
//
//	seq, credential, phase, asked, sent, written, first_byte, error   always from there
//	class, source   if the attack's name does not tell them: if one is there, both are taken
//	method, header  if they would not survive the encoding: then they replace Vegeta's
//	done            if it is before sent
//
// Its instants are offsets from the start of the trace that it was made from;
// with "sent" they can be told from Timestamp even after files were merged. So a
// trace comes back from Vegeta's encodings as it was, unsent hits and a trace
// without any hit excepted. [KeepHeader] refuses the name, so a server cannot put
// the header into a trace of ratefit's; in a file of vegeta attack it is taken
// only if the attack's name has an "@", and never changes status, sizes or the
// time of sending.
package trace
