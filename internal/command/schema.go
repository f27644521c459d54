package command

import (
	"context"
	"strings"

	"github.com/spf13/pflag"

	"ratefit/reports"
)

func schemaCommand() command {
	names := reports.SchemaNames()
	return command{
		name:     "schema",
		synopsis: "[" + strings.Join(names, "|") + "]",
		about:    "print the JSON Schema of a document that ratefit writes",
		args:     strings.Join(names, " "),
		help: `
Prints the JSON Schema (2020-12) of analysis.json, or of the document named.

examples:
  ratefit schema > analysis.schema.json
  ratefit schema manifest
  ratefit schema replay
`,
		setup: func(*pflag.FlagSet) action {
			return func(_ context.Context, s *streams, args []string) error {
				name := names[0]
				if len(args) > 0 {
					name = args[0]
				}
				text, ok := reports.Schema(name)
				if !ok || len(args) > 1 {
					return usageFault("try: ratefit schema "+names[0], "schema takes one of %s", strings.Join(names, ", "))
				}
				return s.print(strings.TrimRight(string(text), "\n") + "\n")
			}
		},
	}
}
