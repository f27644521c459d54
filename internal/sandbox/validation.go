package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
)

// isInstant is the format "iso8601": a date and time, with or without a zone.
func isInstant(v any) error {
	text, ok := v.(string)
	if !ok {
		return nil // the type is another keyword's business
	}
	if _, well, _ := parseInstant(text, time.UTC); !well {
		return errors.New("not a date and time")
	}
	return nil
}

// body validates a decoded request body. It returns a refusal (422) that names
// the first field that is wrong, in the alphabet, those that are missing last.
func (b bodySchemas) body(method, path string, v any) *answer {
	err := b[method+" "+path].Validate(v)
	var wrong *jsonschema.ValidationError
	if !errors.As(err, &wrong) {
		return nil
	}
	first := slices.MinFunc(flaws(wrong), func(x, y flaw) int {
		if x.missing != y.missing {
			if y.missing {
				return -1
			}
			return 1
		}
		return cmp.Or(cmp.Compare(x.field, y.field), cmp.Compare(x.description, y.description))
	})
	return invalid(first.field, first.description)
}

// A flaw is what is wrong with one field.
type flaw struct {
	field       string // "" = the whole body
	description string
	missing     bool
}

// flaws lists what is wrong, at least one.
func flaws(e *jsonschema.ValidationError) []flaw {
	if len(e.Causes) > 0 {
		var all []flaw
		for _, cause := range e.Causes {
			all = append(all, flaws(cause)...)
		}
		return all
	}
	field := strings.Join(e.InstanceLocation, ".")
	if k, ok := e.ErrorKind.(*kind.Required); ok {
		var all []flaw
		for _, name := range k.Missing {
			all = append(all, flaw{name, name + " is required", true})
		}
		return all
	}
	return []flaw{{field: field, description: describeFlaw(e.ErrorKind)}}
}

// describeFlaw words a violation as the documented API does.
func describeFlaw(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		return fmt.Sprintf("Invalid type. Expected: %s, given: %s", strings.Join(k.Want, "/"), k.Got)
	case *kind.MinLength:
		return fmt.Sprintf("String length must be greater than or equal to %d", k.Want)
	case *kind.MaxLength:
		return fmt.Sprintf("String length must be less than or equal to %d", k.Want)
	case *kind.Format:
		return fmt.Sprintf("Does not match format '%s'", k.Want)
	case *kind.Minimum:
		return fmt.Sprintf("Must be greater than or equal to %s", k.Want.RatString())
	case *kind.Maximum:
		return fmt.Sprintf("Must be less than or equal to %s", k.Want.RatString())
	}
	return unworded
}

// unworded describes what no keyword of the description can lead to.
const unworded = "Is not valid"
