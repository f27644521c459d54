package trace

import (
	"bytes"
	"math"
	"net/http"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// genHit makes valid hits, ordinary and strange ones.
func genHit(t *rapid.T) Hit {
	text := rapid.OneOf(
		rapid.SampledFrom([]string{"", "read", "write", "127.0.0.2", "::1", "fe80::1%eth0", "a b", "a\r\nb", "x@y", "GET", "é", "\"\\\n\r\x00\u2028", ",", " lead", "trail "}),
		rapid.String(),
	)
	instant := rapid.OneOf(rapid.Int64Range(0, 1e12), rapid.Int64Range(0, math.MaxInt64), rapid.Just(int64(0)))
	at := func(name string) time.Duration { return time.Duration(instant.Draw(t, name)) }
	size := rapid.OneOf(rapid.Int64Range(0, 1000), rapid.Int64Range(0, math.MaxInt64))
	h := Hit{
		Seq:   rapid.OneOf(rapid.Uint64Range(0, 100), rapid.Uint64()).Draw(t, "seq"),
		Class: text.Draw(t, "class"), Source: text.Draw(t, "source"), Credential: text.Draw(t, "credential"), Phase: text.Draw(t, "phase"),
		Method: text.Draw(t, "method"),
		URL:    RedactURL(rapid.OneOf(rapid.SampledFrom([]string{"", "http://h/", "https://h:1/a;b=c/é?d=e&f", "http://\"<>,/'"}), rapid.String()).Draw(t, "url")),
		Asked:  at("asked"), Sent: at("sent"), Written: at("written"), FirstByte: at("first"), End: at("end"),
		Status:  rapid.OneOf(rapid.SampledFrom([]int{0, 200, 404, 429, 503}), rapid.IntRange(0, maxStatus)).Draw(t, "status"),
		BytesIn: size.Draw(t, "in"), BytesOut: size.Draw(t, "out"),
		Error: rapid.SampledFrom([]ErrorKind{"", "", "", ErrUnsent, ErrDNS, ErrDial, ErrTLS, ErrTimeout, ErrReset, ErrProtocol, ErrCanceled, ErrOther}).Draw(t, "error"),
	}
	n := rapid.IntRange(0, 4).Draw(t, "headers")
	for range n {
		name := rapid.SampledFrom([]string{"Date", "Retry-After", "X-Ratelimit-Limit", "x-rate-limit-remaining", "RateLimit-Policy", "X-Quota"}).Draw(t, "name")
		values := rapid.SliceOfN(text, 1, 3).Draw(t, "values")
		if h.Header == nil {
			h.Header = http.Header{}
		}
		h.Header[name] = values
	}
	return h
}

func genMeta(t *rapid.T) Meta {
	return Meta{
		Started:       time.Unix(rapid.Int64Range(-5e9, 5e9).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC(),
		Target:        RedactURL(rapid.SampledFrom([]string{"", "http://h/", "http://h?x"}).Draw(t, "target")),
		Profile:       rapid.String().Draw(t, "profile"),
		LimitedStatus: append([]int(nil), rapid.SliceOfN(rapid.IntRange(0, maxStatus), 0, 3).Draw(t, "limited")...),
		Tool:          rapid.String().Draw(t, "tool"),
		Headers: append([]DescribedHeader(nil), rapid.SliceOfN(rapid.Custom(func(t *rapid.T) DescribedHeader {
			return DescribedHeader{rapid.String().Draw(t, "name"), rapid.String().Draw(t, "declares"), "read", "", rapid.String().Draw(t, "policy"), "ms"}
		}), 0, 2).Draw(t, "headers")...),
	}
}

func TestRoundTripProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := genMeta(t)
		hits := rapid.SliceOfN(rapid.Custom(genHit), 0, 5).Draw(t, "hits")
		e := End{At: time.Duration(rapid.Int64Range(0, math.MaxInt64).Draw(t, "at")), Wall: m.Started, Reason: rapid.StringN(-1, -1, maxReason).Draw(t, "reason")}
		var buf bytes.Buffer
		w, err := NewWriter(&buf, m)
		if err != nil {
			t.Fatal(err)
		}
		for i := range hits {
			if err := w.Write(&hits[i]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(e); err != nil {
			t.Fatal(err)
		}
		got := read(buf.Bytes())
		if got.err != nil || !got.whole || got.end != e {
			t.Fatalf("err %v, end %+v, want %+v", got.err, got.end, e)
		}
		if !reflect.DeepEqual(got.meta, m) {
			t.Fatalf("meta %+v, want %+v", got.meta, m)
		}
		sameHits(t, got.hits, hits)
	})
}

type fataler interface{ Fatalf(string, ...any) }

func sameHits(t fataler, got, want []Hit) {
	if len(got) != len(want) {
		t.Fatalf("%d hits, want %d", len(got), len(want))
	}
	for i := range want {
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("hit %d\n got %#v\nwant %#v", i, got[i], want[i])
		}
	}
}
