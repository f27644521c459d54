package reports

import "slices"

import "embed"

//go:embed schema/*.schema.json
var schemas embed.FS

// SchemaNames lists what [Schema] knows, in the order to show them.
func SchemaNames() []string { return []string{"analysis", "manifest", "comparison", "replay"} }

// Schema returns the JSON Schema (2020-12) of a document: "analysis" for
// analysis.json, "manifest" for manifest.json, "comparison" for what compare writes,
// "replay" for what replay writes. The schemas are strict about
// names, types and enumerated words; members that they do not name are allowed.
func Schema(name string) ([]byte, bool) {
	if slices.Contains(SchemaNames(), name) {
		b, err := schemas.ReadFile("schema/" + name + ".schema.json")
		return b, err == nil
	}
	return nil, false
}
