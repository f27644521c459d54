// Package declared reads what rate-limit response headers claim. It is pure:
// headers in, policies out. A convention is one file and one line in the table
// [Conventions].
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
	Reset     *float64 `json:"reset_in_s"` // seconds after the response's Date
}
