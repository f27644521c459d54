package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/pflag"
)

func completionCommand() command {
	return command{
		name:     "completion",
		synopsis: "bash|zsh|fish|powershell",
		about:    "print a script that completes commands and flags in a shell",
		args:     "bash zsh fish powershell",
		help: `
Prints a script for the shell named. It knows the commands and flags of this
version of ratefit, so print it again after an update.

examples:
  source <(ratefit completion bash)                         this bash only
  ratefit completion zsh > "${fpath[1]}/_ratefit"           zsh, from the next start
  ratefit completion fish > ~/.config/fish/completions/ratefit.fish
  ratefit completion powershell | Out-String | Invoke-Expression
`,
		setup: func(*pflag.FlagSet) action { return complete },
	}
}

func complete(_ context.Context, s *streams, args []string) error {
	shells := map[string]func(*strings.Builder, []completed){
		"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion, "powershell": powershellCompletion,
	}
	const try = "try: ratefit completion bash"
	if len(args) != 1 {
		return usageFault(try, "completion takes the name of one shell: bash, zsh, fish or powershell")
	}
	write, ok := shells[args[0]]
	if !ok {
		return usageFault(try, "no completion for %q: only for bash, zsh, fish and powershell", args[0])
	}
	var b strings.Builder
	write(&b, completions())
	return s.print(b.String())
}

// A completed is what the shells are told of a command.
type completed struct {
	name, about string
	files       bool     // arguments are files or folders
	words       []string // arguments are one of these
	flags       []completedFlag
}

type completedFlag struct {
	name, short, about string
	takes              bool     // a value follows
	words              []string // values it takes; none = files
	orFile             bool     // a file will do as well as one of the words
}

// completions collects what can be completed from the table of commands.
func completions() []completed {
	all := []completed{{name: "help", about: "print the manual of a command"}}
	for _, c := range commands() {
		all[0].words = append(all[0].words, c.name)
		e := completed{name: c.name, about: c.about}
		switch c.args {
		case "":
		case "file", "folder":
			e.files = true
		default:
			e.words = strings.Fields(c.args)
		}
		c.flags().VisitAll(func(fl *pflag.Flag) {
			e.flags = append(e.flags, completeFlag(fl))
		})
		e.flags = append(e.flags, completedFlag{name: "help", short: "h", about: "print the manual of " + c.name})
		all = append(all, e)
	}
	return all
}

func completeFlag(fl *pflag.Flag) completedFlag {
	_, about := pflag.UnquoteUsage(fl)
	cf := completedFlag{name: fl.Name, short: fl.Shorthand, about: about, takes: fl.Value.Type() != "bool"}
	if c, ok := fl.Value.(*choice); ok {
		cf.words = c.words
	}
	if fl.Name == "profile" {
		cf.words, cf.orFile = builtinNames(), true
	}
	return cf
}

// spellings returns the flag as it can be typed.
func (f completedFlag) spellings() string {
	if f.short == "" {
		return "--" + f.name
	}
	return "-" + f.short + " --" + f.name
}

func bashCompletion(b *strings.Builder, all []completed) {
	b.WriteString("# bash completion of ratefit\n_ratefit() {\n")
	b.WriteString("\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} flags= words=\n\tCOMPREPLY=()\n")
	// bash takes --format=json for three words.
	b.WriteString("\tif [ \"$cur\" = = ]; then\n\t\tcur=\n\telif [ \"$prev\" = = ]; then\n\t\tprev=${COMP_WORDS[COMP_CWORD-2]}\n\tfi\n")
	b.WriteString("\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\tCOMPREPLY=($(compgen -W \"")
	for i, c := range all {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(c.name)
	}
	b.WriteString("\" -- \"$cur\"))\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]} in\n")
	for _, c := range all {
		var flags []string
		for _, f := range c.flags {
			flags = append(flags, f.spellings())
		}
		fmt.Fprintf(b, "\t%s)\n\t\tflags=\"%s\"\n\t\twords=\"%s\"\n\t\tcase $prev in\n",
			c.name, strings.Join(flags, " "), strings.Join(c.words, " "))
		for _, f := range c.flags {
			if f.takes {
				fmt.Fprintf(b, "\t\t%s) flags= words=\"%s\" ;;\n",
					strings.ReplaceAll(f.spellings(), " ", "|"), strings.Join(f.words, " "))
			}
		}
		b.WriteString("\t\tesac\n\t\t;;\n")
	}
	b.WriteString("\tesac\n\tcase $cur in\n\t-*) COMPREPLY=($(compgen -W \"$flags\" -- \"$cur\")) ;;\n")
	b.WriteString("\t*) COMPREPLY=($(compgen -W \"$words\" -- \"$cur\")) ;;\n\tesac\n}\n")
	b.WriteString("complete -o default -F _ratefit ratefit\n") // default: files where no word fits
}

func zshCompletion(b *strings.Builder, all []completed) {
	b.WriteString("#compdef ratefit\n# zsh completion of ratefit\n" +
		"_ratefit_word_or_file() { _alternative \"words:value:($*)\" files:file:_files }\n_ratefit() {\n\tlocal -a commands\n\tcommands=(\n")
	for _, c := range all {
		fmt.Fprintf(b, "\t\t%s\n", singleQuote(c.name+":"+strings.ReplaceAll(c.about, ":", `\:`)))
	}
	b.WriteString("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command commands\n\t\treturn\n\tfi\n")
	b.WriteString("\tlocal command=$words[2]\n\tshift words\n\t(( CURRENT-- ))\n\tcase $command in\n")
	for _, c := range all {
		fmt.Fprintf(b, "\t%s)\n\t\t_arguments -s", c.name)
		for _, f := range c.flags {
			for spelling := range strings.FieldsSeq(f.spellings()) {
				fmt.Fprintf(b, " \\\n\t\t\t%s", singleQuote(zshFlag(spelling, f)))
			}
		}
		switch {
		case len(c.words) > 0:
			fmt.Fprintf(b, " \\\n\t\t\t'1:word:(%s)' '*:file:_files'", strings.Join(c.words, " "))
		case c.files:
			b.WriteString(" \\\n\t\t\t'*:file:_files'")
		}
		b.WriteString("\n\t\t;;\n")
	}
	b.WriteString("\tesac\n}\nif [ \"$funcstack[1]\" = _ratefit ]; then\n\t_ratefit \"$@\"\nelse\n\tcompdef _ratefit ratefit\nfi\n")
}

// zshFlag is the specification of one flag for _arguments.
func zshFlag(spelling string, f completedFlag) string {
	about := strings.NewReplacer("[", `\[`, "]", `\]`, ":", `\:`).Replace(f.about)
	spec := "*" + spelling
	if f.takes && strings.HasPrefix(spelling, "--") {
		spec += "=" // the value stands in the next word, or behind =
	}
	spec += "[" + about + "]"
	switch words := strings.Join(f.words, " "); {
	case !f.takes:
	case f.orFile && len(f.words) > 0:
		spec += ":value: _ratefit_word_or_file " + words
	case len(f.words) > 0:
		spec += ":value:(" + words + ")"
	default:
		spec += ":value:_files"
	}
	return spec
}

// fishConditions tell which command stands there, and whether it is the last
// word before the one that is completed.
const fishConditions = `# fish completion of ratefit
function __ratefit_command
    set -l words (commandline -opc)
    test "$words[2]" = "$argv[1]"
end
function __ratefit_just_command
    __ratefit_command $argv[1]; and test (count (commandline -opc)) -eq 2
end
complete -c ratefit -f
`

func fishCompletion(b *strings.Builder, all []completed) {
	b.WriteString(fishConditions)
	for _, c := range all {
		fmt.Fprintf(b, "complete -c ratefit -n '__ratefit_command \"\"' -a %s -d %s\n", c.name, singleQuote(c.about))
	}
	for _, c := range all {
		on := "complete -c ratefit -n '__ratefit_command " + c.name + "'"
		switch {
		case len(c.words) > 0:
			just := "__ratefit_just_command " + c.name
			fmt.Fprintf(b, "complete -c ratefit -n '%s' -a %s\n", just, singleQuote(strings.Join(c.words, " ")))
			fmt.Fprintf(b, "complete -c ratefit -n '__ratefit_command %s; and not %s' -F\n", c.name, just)
		case c.files:
			b.WriteString(on + " -F\n")
		}
		for _, f := range c.flags {
			b.WriteString(on + " " + fishFlag(f) + "\n")
		}
	}
}

// fishFlag is a flag in the words of fish's complete.
func fishFlag(f completedFlag) string {
	spec := "-l " + f.name
	if f.short != "" {
		spec += " -s " + f.short
	}
	switch {
	case !f.takes:
	case len(f.words) > 0 && !f.orFile:
		spec += " -x"
	default:
		spec += " -r -F"
	}
	if len(f.words) > 0 {
		spec += " -a " + singleQuote(strings.Join(f.words, " "))
	}
	return spec + " -d " + singleQuote(f.about)
}

func powershellCompletion(b *strings.Builder, all []completed) {
	quote := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	b.WriteString("# PowerShell completion of ratefit\n")
	b.WriteString("Register-ArgumentCompleter -Native -CommandName ratefit -ScriptBlock {\n")
	b.WriteString("    param($wordToComplete, $commandAst, $cursorPosition)\n    $offers = [ordered]@{\n")
	for _, c := range all {
		fmt.Fprintf(b, "        %s = @(", quote(c.name))
		offers := c.words
		for _, f := range c.flags {
			offers = append(offers, strings.Fields(f.spellings())...)
		}
		for i, o := range offers {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(quote(o))
		}
		b.WriteString(")\n")
	}
	b.WriteString("    }\n    $words = @($commandAst.CommandElements | ForEach-Object { $_.ToString() })\n")
	b.WriteString("    $first = $words.Count -lt 2 -or ($words.Count -eq 2 -and $wordToComplete -ne '')\n")
	b.WriteString("    $from = if ($first) { $offers.Keys } else { $offers[$words[1]] }\n")
	b.WriteString("    $from | Where-Object { $_ -like \"$wordToComplete*\" } |\n")
	b.WriteString("        ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }\n}\n")
}

// singleQuote quotes for zsh and fish. Texts of the table hold no backslash
// before a quote, so one rule does for both.
func singleQuote(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
