package command

import (
	"context"
	"strings"

	"github.com/spf13/pflag"

	"ratefit/reports"
)

func modelsCommand() command {
	return command{
		name:     "models",
		synopsis: "[FLAGS] [NAME]",
		about:    "list the models of limiters, and what tells them apart",
		args:     strings.Join(reports.FamilyNames(), " "),
		help: `
Lists the limiters that ratefit can name: what each does, and how it shows from
outside. With a name, as in analysis.json, it also explains the parameters.

examples:
  ratefit models
  ratefit models fixed-window
  ratefit models --format markdown
`,
		setup: func(f *pflag.FlagSet) action {
			var format string
			choiceVar(f, &format, "format", "form of the list", "text", "markdown")
			return func(_ context.Context, s *streams, args []string) error { return listModels(s, args, format) }
		},
	}
}

func listModels(s *streams, args []string, format string) error {
	switch {
	case len(args) > 1:
		return usageFault("try: ratefit models "+args[0], "models takes one name")
	case len(args) == 1 && format != "text":
		return usageFault("leave out the name, or --format", "--format %s: only for the whole list", format)
	case len(args) == 1:
		known, err := reports.ModelPage(s.out, args[0], textOptions(s))
		if !known {
			return unknownModel(args[0])
		}
		return outputFault(err)
	case format == "markdown":
		return outputFault(reports.ModelTable(s.out))
	}
	return outputFault(reports.ModelList(s.out, textOptions(s)))
}

func unknownModel(name string) error {
	hint := "try: ratefit models"
	if near, ok := closest(name, reports.FamilyNames()); ok {
		hint = "did you mean " + near + "? else try: ratefit models"
	}
	return usageFault(hint, "no model %q", name)
}
