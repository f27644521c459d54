package profiles

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

//go:embed builtin/*.yaml
var files embed.FS

// Default is the name of the built-in profile that is sent when none is named.
const Default = "survey"

// builtinNames are the files in builtin, in the order in which people should
// read about them.
func builtinNames() []string {
	return []string{
		Default, "quick", "gentle", "burst", "recovery", "climb", "slow", "window", "random", "soak", "saturate",
	}
}

// Builtins returns the profiles that come with the program, the default first.
// Each call makes new ones, for the caller to change.
func Builtins() []*Profile {
	var all []*Profile
	for _, name := range builtinNames() {
		p, _ := Builtin(name)
		all = append(all, p)
	}
	return all
}

// Builtin returns the built-in profile of that name.
func Builtin(name string) (*Profile, bool) {
	if !slices.Contains(builtinNames(), name) {
		return nil, false
	}
	file := "builtin/" + name + ".yaml"
	text, err := files.ReadFile(file)
	if err != nil {
		panic(fmt.Sprintf("profiles: embedded file: %v", err)) // a test loads them all
	}
	p, err := Load(strings.NewReader(string(text)), file)
	if err != nil {
		panic(fmt.Sprintf("profiles: embedded file: %v", err))
	}
	return p, true
}
