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
			key := string(c.key())
			to, ok := map[string]*string{
				"name": &h.Name, "declares": &h.Declares, "class": &h.Class, "unit": &h.Unit, "policy": &h.Policy, "in": &h.In,
			}[key]
			switch {
			case c.null():
			case ok:
				*to = string(c.text())
			default:
				c.skip(maxDepth)
			}
		}
		list = append(list, h)
	}
	return list
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
