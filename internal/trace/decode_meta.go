package trace

import "errors"

// decodeMeta decodes the first line of a trace.
func decodeMeta(line []byte) (m Meta, err error) {
	c := cursor{b: line}
	started := false
	c.want('{')
	for first := true; c.more(first, '}'); first = false {
		switch key := string(c.key()); {
		case c.null():
		case key == "started":
			m.Started, started = c.instant(), true
		case key == "target":
			m.Target = string(c.text())
		case key == "profile":
			m.Profile = string(c.text())
		case key == "limited_status":
			m.LimitedStatus = c.statuses()
		case key == "tool":
			m.Tool = string(c.text())
		case key == "headers":
			m.Headers = c.described()
		default:
			c.skip(maxDepth)
		}
	}
	c.end()
	if c.err == nil && !started {
		c.err = errors.New(`no "started"`)
	}
	return m, c.err
}

func (c *cursor) described() []DescribedHeader {
	var list []DescribedHeader
	c.want('[')
	for first := true; c.more(first, ']'); first = false {
		var h DescribedHeader
		c.want('{')
		for first := true; c.more(first, '}'); first = false {
			to := h.field(c.key())
			switch {
			case c.null():
			case to != nil:
				*to = string(c.text())
			default:
				c.skip(maxDepth)
			}
		}
		list = append(list, h)
	}
	return list
}

// field is the one of a key, nil if there is none.
func (h *DescribedHeader) field(key []byte) *string {
	switch string(key) {
	case "name":
		return &h.Name
	case "declares":
		return &h.Declares
	case "class":
		return &h.Class
	case "unit":
		return &h.Unit
	case "policy":
		return &h.Policy
	case "in":
		return &h.In
	}
	return nil
}

func (c *cursor) statuses() []int {
	var list []int
	c.want('[')
	for first := true; c.more(first, ']'); first = false {
		list = append(list, int(c.uint(maxStatus)))
	}
	return list
}

// firstKeys looks at the first line of a file that may be a trace: at its
// "format", if it has one, and at which of Vegeta's keys it has.
func firstKeys(line []byte) (format string, vegeta bool, err error) {
	c := cursor{b: line}
	var timestamp, latency bool
	c.want('{')
	for first := true; c.more(first, '}'); first = false {
		switch key := string(c.key()); {
		case key == "format" && c.peek() == '"':
			format = string(c.text())
			continue
		case key == "timestamp":
			timestamp = true
		case key == "latency":
			latency = true
		}
		c.skip(maxDepth)
	}
	c.end()
	return format, timestamp && latency, c.err
}
