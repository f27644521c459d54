package declared

// A Basis says how something that a policy declares was decided.
type Basis string

// The bases, "" where nothing is declared or nothing had to be decided.
const (
	ByName       Basis = "name"       // a word in the header's name
	ByValue      Basis = "value"      // the value itself: its unit, its form, a parameter
	ByConvention Basis = "convention" // the specification or documentation of the convention
	ByPosition   Basis = "position"   // the place in a list
	ByDate       Basis = "date"       // the value is an instant close to the response's Date
	BySize       Basis = "size"       // the number is too small for anything else
	BySlope      Basis = "slope"      // how it changed over two or more responses
	ByRefusal    Basis = "refusal"    // the response, or one before it, refused a request
	Derived      Basis = "derived"    // calculated from other declared values
	ByUser       Basis = "user"       // the user said what the header means
)

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
