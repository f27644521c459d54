package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"ratefit/foreign/truth"
)

// A member is one limiter of limiters.json.
type member struct {
	ID           string   `json:"id"`
	URL          string   `json:"url"`
	Key          string   `json:"key"` // "ip" or "global"
	Shared       bool     `json:"read_write_shared"`
	RejectStatus int      `json:"reject_status"`
	Read         *class   `json:"read"`
	Write        *class   `json:"write"`
	Quirks       []string `json:"quirks"`
}

// A class is how reads or writes are limited.
type class struct {
	Model     string   `json:"model"`
	Modifiers []string `json:"modifiers"`
	Rate      float64  `json:"rate_per_s"`
	Burst     float64  `json:"burst"`
}

// truth is what ratefit has to find. A token bucket whose tokens land one at a
// time on a grid is as rightly called stepped.
func (m *member) truth(c *class) truth.Truth {
	t := truth.Truth{Model: c.Model, Modifiers: c.Modifiers, Rate: c.Rate, Burst: c.Burst}
	onGrid := func(quirk string) bool { return strings.Contains(quirk, "tick grid") }
	if c.Model == tokenBucket && slices.ContainsFunc(m.Quirks, onGrid) {
		t.Also = "token-bucket-stepped"
	}
	return t
}

// classes pairs each class of traffic with its truth.
func (m *member) classes() map[string]*class {
	return map[string]*class{"read": m.Read, "write": m.Write}
}

const tokenBucket = "token-bucket"

// load reads limiters.json and picks the members that were asked for by id, or
// all.
func load(folder string, ids []string) ([]member, error) {
	name := filepath.Join(folder, "limiters.json")
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	var file struct {
		Members []member `json:"members"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var picked []member
	for _, m := range file.Members {
		if slices.Contains(ids, m.ID) || len(ids) == 0 {
			picked = append(picked, m)
		}
	}
	for _, id := range ids {
		if !slices.ContainsFunc(picked, func(m member) bool { return m.ID == id }) {
			return nil, fmt.Errorf("%s has no member %q", name, id)
		}
	}
	return picked, nil
}

// up starts a member; the function that it returns stops it.
func (m *member) up(folder string) (down func() error, err error) {
	script := func(name string) error {
		out, err := exec.Command(filepath.Join(folder, name), m.ID).CombinedOutput()
		if err != nil {
			return fmt.Errorf("%s %s: %w: %s", name, m.ID, err, strings.TrimSpace(string(out)))
		}
		return nil
	}
	if err := script("up.sh"); err != nil {
		return nil, err
	}
	return func() error { return script("down.sh") }, nil
}
