package trace

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"math"
	"net/http"
	"net/textproto"
	"strconv"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// usualCSV decodes records in CSV that are spelled as Vegeta does and have nothing
// to quote. Like [usualResults] it shares header sets and leaves bodies out.
type usualCSV struct {
	strings interner
	headers headerCache
	decoded []byte
	bytes   bytes.Reader
	lines   *bufio.Reader
}

// csvColumns is what Vegeta 12 writes.
const csvColumns = 12

// decode reports false where a record is not a usual one; r then holds anything,
// and nothing is said about the record.
func (u *usualCSV) decode(line []byte, r *vegeta.Result) bool {
	if bytes.IndexByte(line, '"') >= 0 || bytes.IndexByte(line, '\r') >= 0 {
		return false
	}
	var columns [csvColumns][]byte
	for i := range columns {
		at := bytes.IndexByte(line, ',')
		if last := i == csvColumns-1; last != (at < 0) {
			return false
		} else if last {
			at = len(line)
		}
		columns[i] = line[:at]
		if at > 0 && (line[0] <= ' ' || line[0] >= 0x80) { // spaces are trimmed
			return false
		}
		line = line[min(at+1, len(line)):]
	}
	*r = vegeta.Result{
		Error: u.strings.get(columns[5]), Attack: u.strings.get(columns[7]),
		Method: u.strings.get(columns[9]), URL: u.strings.get(columns[10]),
	}
	at, ok := whole(columns[0], math.MaxInt64)
	r.Timestamp = time.Unix(0, int64(at))
	numbers := ok
	code, ok := whole(columns[1], math.MaxUint16)
	r.Code, numbers = uint16(code), numbers && ok
	latency, ok := whole(columns[2], math.MaxInt64)
	r.Latency, numbers = time.Duration(latency), numbers && ok
	r.BytesOut, ok = whole(columns[3], math.MaxUint64)
	numbers = numbers && ok
	r.BytesIn, ok = whole(columns[4], math.MaxUint64)
	numbers = numbers && ok
	r.Seq, ok = whole(columns[8], math.MaxUint64)
	if !numbers || !ok || !isBase64(columns[6]) {
		return false
	}
	if len(columns[11]) == 0 {
		return true
	}
	r.Headers, ok = u.header(columns[11])
	return ok
}

// header decodes lines of headers in base64.
func (u *usualCSV) header(text []byte) (http.Header, bool) {
	slot, known := u.headers.slot(text)
	if known {
		return slot.header, true
	}
	if !isBase64(text) {
		return nil, false
	}
	var err error
	if u.decoded, err = base64.StdEncoding.AppendDecode(u.decoded[:0], text); err != nil {
		return nil, false
	}
	u.bytes.Reset(u.decoded)
	if u.lines == nil {
		u.lines = bufio.NewReader(&u.bytes)
	}
	u.lines.Reset(&u.bytes)
	h, err := textproto.NewReader(u.lines).ReadMIMEHeader()
	if err != nil {
		return nil, false
	}
	slot.put(text, http.Header(h))
	return http.Header(h), true
}

// whole reads a number of digits alone.
func whole(text []byte, most uint64) (uint64, bool) {
	v := uint64(0)
	if len(text) == 0 || len(text) > 20 {
		return 0, false
	}
	if len(text) > 19 { // may overflow
		v, err := strconv.ParseUint(string(text), 10, 64)
		return v, err == nil && v <= most
	}
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, false
		}
		v = 10*v + uint64(c-'0')
	}
	return v, v <= most
}
