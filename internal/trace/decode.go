package trace

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/mailru/easyjson/jlexer"
)

// A lineKind says what a line of a trace holds.
type lineKind uint8

const (
	hitLine lineKind = iota
	metaLine
	endLine
)

// A decoder turns lines into hits. It remembers what repeats, so that a hit
// costs no allocation unless its header set is new.
type decoder struct {
	strings interner
	headers headerCache
	last    Hit // for its strings
	end     End // of the last endLine
	lex     jlexer.Lexer
	given   keys
}

// keys is the set of keys that were present in the last hit's line.
type keys uint32

const (
	seqKey keys = 1 << iota
	classKey
	sourceKey
	methodKey
	doneKey
	sentKey
	headerKey
)

// hit decodes a line into h, whatever h held before.
func (d *decoder) hit(line []byte, h *Hit) (lineKind, error) {
	if !utf8.Valid(line) {
		return hitLine, errors.New("not valid UTF-8")
	}
	*h = Hit{}
	d.given = 0
	d.lex = jlexer.Lexer{Data: line}
	in := &d.lex
	kind := hitLine
	in.Delim('{')
	for in.Ok() && !in.IsDelim('}') {
		key := in.UnsafeFieldName(false)
		in.WantColon()
		switch {
		case in.IsNull():
			in.Skip()
		case key == "format":
			kind = metaLine
			in.SkipRecursive()
		case key == "end":
			kind = endLine
			d.decodeEnd(in)
		default:
			d.field(in, key, h)
		}
		in.WantComma()
	}
	in.Delim('}')
	in.Consumed()
	if err := syntax(in.Error()); err != nil {
		return kind, err
	}
	if kind == hitLine {
		return kind, check(h)
	}
	return kind, nil
}

// field decodes the value of one key of a hit; unknown ones are skipped.
func (d *decoder) field(in *jlexer.Lexer, key string, h *Hit) {
	switch key {
	case "seq":
		h.Seq = in.Uint64()
		d.given |= seqKey
	case "class":
		h.Class = d.text(in, &d.last.Class)
		d.given |= classKey
	case "source":
		h.Source = d.text(in, &d.last.Source)
		d.given |= sourceKey
	case "phase":
		h.Phase = d.text(in, &d.last.Phase)
	case "method":
		h.Method = d.text(in, &d.last.Method)
		d.given |= methodKey
	case "url":
		h.URL = d.text(in, &d.last.URL)
	case "asked":
		h.Asked = time.Duration(in.Int64())
	case "sent":
		h.Sent = time.Duration(in.Int64())
		d.given |= sentKey
	case "written":
		h.Written = time.Duration(in.Int64())
	case "first_byte":
		h.FirstByte = time.Duration(in.Int64())
	case "done":
		h.End = time.Duration(in.Int64())
		d.given |= doneKey
	case "status":
		h.Status = in.Int()
	case "in":
		h.BytesIn = in.Int64()
	case "out":
		h.BytesOut = in.Int64()
	case "error":
		h.Error = kindOf(d.strings.get(in.UnsafeBytes()))
	case "header":
		h.Header = d.header(in)
		d.given |= headerKey
	default:
		in.SkipRecursive()
	}
}

func (d *decoder) text(in *jlexer.Lexer, last *string) string {
	*last = d.strings.like(in.UnsafeBytes(), *last)
	return *last
}

// header decodes a header set, or finds the one that was spelled the same.
func (d *decoder) header(in *jlexer.Lexer) http.Header {
	raw := in.Raw()
	if !in.Ok() {
		return nil
	}
	slot, hit := d.headers.slot(raw)
	if hit {
		return slot.header
	}
	h, err := d.newHeader(raw)
	if err != nil {
		in.AddError(err)
		return nil
	}
	slot.put(raw, h)
	return h
}

func (d *decoder) newHeader(raw []byte) (http.Header, error) {
	var h http.Header
	in := &jlexer.Lexer{Data: raw}
	in.Delim('{')
	for in.Ok() && !in.IsDelim('}') {
		name := d.strings.get(in.UnsafeBytes())
		in.WantColon()
		var values []string
		in.Delim('[')
		for in.Ok() && !in.IsDelim(']') {
			values = append(values, d.strings.get(in.UnsafeBytes()))
			in.WantComma()
		}
		in.Delim(']')
		in.WantComma()
		if len(values) > 0 {
			if h == nil {
				h = make(http.Header)
			}
			h[name] = values
		}
	}
	in.Delim('}')
	in.Consumed()
	return h, in.Error()
}

func (d *decoder) decodeEnd(in *jlexer.Lexer) {
	d.end = End{}
	in.Delim('{')
	for in.Ok() && !in.IsDelim('}') {
		key := in.UnsafeFieldName(false)
		in.WantColon()
		switch {
		case in.IsNull():
			in.Skip()
		case key == "at":
			if d.end.At = time.Duration(in.Int64()); d.end.At < 0 {
				in.AddError(errors.New("negative end"))
			}
		case key == "wall":
			d.end.Wall = instant(in)
		case key == "reason":
			d.end.Reason = in.String()
		default:
			in.SkipRecursive()
		}
		in.WantComma()
	}
	in.Delim('}')
}

// meta decodes the first line of a trace.
func (d *decoder) meta(line []byte) (format string, m Meta, err error) {
	if !utf8.Valid(line) {
		return "", m, errors.New("not valid UTF-8")
	}
	in := &jlexer.Lexer{Data: line}
	started := false
	in.Delim('{')
	for in.Ok() && !in.IsDelim('}') {
		key := in.UnsafeFieldName(false)
		in.WantColon()
		switch {
		case in.IsNull():
			in.Skip()
		case key == "format":
			format = in.String()
		case format != "" && format != Format:
			in.SkipRecursive() // of another version: its keys may mean anything
		case key == "started":
			m.Started = instant(in)
			started = true
		case key == "target":
			m.Target = in.String()
		case key == "profile":
			m.Profile = in.String()
		case key == "limited_status":
			m.LimitedStatus = statuses(in)
		case key == "tool":
			m.Tool = in.String()
		default:
			in.SkipRecursive()
		}
		in.WantComma()
	}
	in.Delim('}')
	in.Consumed()
	if err := syntax(in.Error()); err != nil {
		return format, m, err
	}
	if format == Format && !started {
		return format, m, errors.New(`no "started"`)
	}
	return format, m, nil
}

func statuses(in *jlexer.Lexer) []int {
	var list []int
	in.Delim('[')
	for in.Ok() && !in.IsDelim(']') {
		s := in.Int()
		if s < 0 || s > maxStatus {
			in.AddError(fmt.Errorf("status outside 0 to %d", maxStatus))
		}
		list = append(list, s)
		in.WantComma()
	}
	in.Delim(']')
	return list
}

// instant decodes a wall-clock time.
func instant(in *jlexer.Lexer) time.Time {
	t, err := time.Parse(time.RFC3339Nano, in.UnsafeString())
	if err != nil && in.Ok() {
		in.AddError(errors.New("not a time like 2026-01-02T03:04:05Z"))
	}
	return t.UTC()
}

// syntax makes a decoding error short and free of the data it came from.
func syntax(err error) error {
	if err == nil {
		return nil
	}
	var le *jlexer.LexerError
	if errors.As(err, &le) && le.Offset < math.MaxInt {
		return fmt.Errorf("not the JSON of a record (byte %d)", le.Offset+1)
	}
	return err
}
