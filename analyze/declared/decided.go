package declared

import (
	"errors"
	"slices"
)

// A Basis says how something that a policy declares was decided. The zero Basis
// means that nothing is declared, or nothing had to be decided.
type Basis uint8

// The bases.
const (
	ByName       Basis = 1 + iota // a word in the header's name
	ByValue                       // the value itself: its unit, its form, a parameter
	ByConvention                  // the specification or documentation of the convention
	ByPosition                    // the place in a list
	ByDate                        // the value is an instant close to the response's Date
	BySize                        // the number is too small for anything else
	BySlope                       // how it changed over two or more responses
	ByRefusal                     // the response, or one before it, refused a request
	Derived                       // calculated from other declared values
	ByUser                        // the user said what the header means
)

var bases = [...]string{"", "name", "value", "convention", "position", "date", "size", "slope", "refusal", "derived", "user"}

// String returns the basis in one word, "" for none.
func (b Basis) String() string { return bases[b] }

// MarshalText implements [encoding.TextMarshaler].
func (b Basis) MarshalText() ([]byte, error) { return []byte(bases[b]), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (b *Basis) UnmarshalText(text []byte) error {
	i := slices.Index(bases[:], string(text))
	if i < 0 {
		return errors.New("not a basis of a decision")
	}
	*b = Basis(i)
	return nil
}

// An Encoding is a way to write the instant at which a limit resets. The zero
// Encoding means that none is known.
type Encoding uint8

// The encodings.
const (
	EpochSeconds Encoding = 1 + iota
	EpochMilliseconds
	Seconds
	Milliseconds
	Nanoseconds
	Duration // with its unit, as in 1m30s
	HTTPDate
	RFC3339
	Constant // the same whenever it is asked: no countdown
)

var encodings = [...]string{"", "epoch_s", "epoch_ms", "delta_s", "delta_ms", "delta_ns", "go_duration", "http_date", "rfc3339", "constant"}

// String returns the encoding in one word, "" for none.
func (e Encoding) String() string { return encodings[e] }

// MarshalText implements [encoding.TextMarshaler].
func (e Encoding) MarshalText() ([]byte, error) { return []byte(encodings[e]), nil }

// UnmarshalText implements [encoding.TextUnmarshaler].
func (e *Encoding) UnmarshalText(text []byte) error {
	i := slices.Index(encodings[:], string(text))
	if i < 0 {
		return errors.New("not an encoding of a reset")
	}
	*e = Encoding(i)
	return nil
}

// Decided says how the parts of a policy were decided that can be decided in
// more than one way.
type Decided struct {
	Class     Basis    `json:"class,omitempty"`
	Unit      Basis    `json:"unit,omitempty"`
	Window    Basis    `json:"window,omitempty"`
	Burst     Basis    `json:"burst,omitempty"`
	Remaining Basis    `json:"remaining,omitempty"`
	Reset     Basis    `json:"reset,omitempty"`
	Encoding  Encoding `json:"reset_encoding,omitempty"`
}
