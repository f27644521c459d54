package reports

import (
	"encoding/json"
	"fmt"

	"ratefit/analyze"
)

// A webScope is the answer for each dimension as a table.
type webScope struct {
	Columns []string
	Rows    []webScopeRow
}

type webScopeRow struct {
	Name  string
	Marks []bool
	Text  string
}

func scopeMatrix(a *analyze.Analysis) webScope {
	s := webScope{Columns: []string{"separate", "shared", "not clear", "not tested"}}
	for _, d := range dimensions(a) {
		r := webScopeRow{Name: d.many, Marks: make([]bool, 4)}
		switch d.verdict {
		case analyze.Separate:
			r.Marks[0], r.Text = true, d.each
		case analyze.Shared:
			r.Marks[1], r.Text = true, d.all
		case analyze.UndeterminedScope:
			r.Marks[2], r.Text = true, "the hits do not tell"
		default:
			r.Marks[3] = true
		}
		s.Rows = append(s.Rows, r)
	}
	return s
}

// A capacityDoc is what a limiter lets through, as the document has it.
type capacityDoc struct {
	Fits []struct {
		Duration  float64  `json:"duration_s"`
		FromRest  *float64 `json:"from_rest"`
		Sustained *float64 `json:"sustained"`
	} `json:"fits"`
	Takes []struct {
		Requests float64  `json:"requests"`
		Duration *float64 `json:"duration_s"`
	} `json:"takes"`
	Client *struct {
		Rate        *float64 `json:"rate"`
		Burst       *float64 `json:"burst"`
		Concurrency *float64 `json:"concurrency"`
	} `json:"client"`
}

// capacities reads the capacity of each limit from the document; nil where there
// is none.
func capacities(doc []byte) ([]*capacityDoc, error) {
	var d struct {
		Limits []struct {
			Capacity *capacityDoc `json:"capacity"`
		} `json:"limits"`
	}
	if err := json.Unmarshal(doc, &d); err != nil {
		return nil, err
	}
	var all []*capacityDoc
	for _, l := range d.Limits {
		all = append(all, l.Capacity)
	}
	return all, nil
}

// A webCapacity is the capacity as tables.
type webCapacity struct {
	Fits, Takes []webCells
	Client      []webFigure
}

func (c *capacityDoc) tables(path string) *webCapacity {
	if c == nil {
		return nil
	}
	cell := func(path string, v *float64, say func(float64) string) datum {
		if v == nil {
			return datum{Text: "–"}
		}
		return datumOf(path, *v, say(*v))
	}
	whole := func(v float64) string { return count(int(v)) }
	w := &webCapacity{}
	for i, f := range c.Fits {
		at := fmt.Sprintf("%sfits.%d.", path, i)
		w.Fits = append(w.Fits, webCells{span2(f.Duration), []datum{cell(at+"from_rest", f.FromRest, whole), cell(at+"sustained", f.Sustained, whole)}})
	}
	for i, t := range c.Takes {
		w.Takes = append(w.Takes, webCells{whole(t.Requests), []datum{cell(fmt.Sprintf("%stakes.%d.duration_s", path, i), t.Duration, seconds)}})
	}
	if c.Client != nil {
		for _, d := range []struct {
			name, key string
			v         *float64
		}{{"rate", "rate", c.Client.Rate}, {"burst", "burst", c.Client.Burst}, {"requests in flight", "concurrency", c.Client.Concurrency}} {
			if d.v != nil {
				w.Client = append(w.Client, webFigure{Name: d.name, Value: datumOf(path+"client."+d.key, *d.v, number(*d.v))})
			}
		}
	}
	return w
}

// span2 names a round time span.
func span2(s float64) string {
	switch s {
	case 60:
		return "1 min"
	case 3600:
		return "1 h"
	case 86400:
		return "1 day"
	}
	return seconds(s)
}
