// Package declared reads what rate-limit response headers claim. It is pure:
// headers in, policies out; absolute instants are compared with the Date of the
// same response and never with a clock. A convention is one file and one line
// in the table [Conventions].
//
// Nothing is invented: what a response does not declare stays nil. A value that
// can be read in more than one way stays nil too where no rule decides, and a
// note in [Claims] says so. No number that comes out is negative, infinite or
// not a number, whatever the headers hold.
package declared

// A Policy is one limit that a response declares. A nil field was not
// declared: nothing is invented.
type Policy struct {
	Class     string   `json:"class"`  // "all", "read", "write", or a resource, unit or scope name
	Name      *string  `json:"policy"` // the policy's own name
	Unit      string   `json:"unit"`   // what is counted, usually "requests"
	Limit     *float64 `json:"limit"`  // quota per window
	Window    *float64 `json:"window_s"`
	Rate      *float64 `json:"rate_per_s"` // only when declared as a rate
	Burst     *float64 `json:"burst"`      // bucket capacity
	Used      *float64 `json:"used"`
	Remaining *float64 `json:"remaining"`
	Reset     *float64 `json:"reset_in_s"`     // seconds after the response's Date
	Cost      *float64 `json:"cost,omitempty"` // units that this request took

	// Penalty is for how many seconds a client is shut out that goes on after
	// a refusal.
	Penalty    *float64 `json:"penalty_s,omitempty"`
	Deprecated bool     `json:"deprecated,omitempty"` // documented as declared, but not enforced

	Decided Decided `json:"decided,omitzero"`
}
