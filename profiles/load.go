package profiles

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Limits on the text of a profile. The parser needs time that grows with the
// square of the number of fields and of the depth, so both are counted before
// it runs.
const (
	maxSize     = 1 << 20 // bytes
	maxFields   = 10_000
	maxDepth    = 64
	maxNodes    = 1_000_000 // values read, aliases followed, instants of replays
	maxProblems = 50        // problems told
)

// Load reads a profile from YAML. name stands in messages; without a field
// name in the text, the profile is called like the file. The error is the
// first [Problem] of the file.
func Load(r io.Reader, name string) (*Profile, error) {
	p, problems := Check(r, name)
	if len(problems) > 0 {
		return nil, problems[0]
	}
	return p, nil
}

// LoadFile reads a profile from a file.
func LoadFile(file string) (*Profile, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return Load(f, file)
}

// Check reads a profile like [Load], but lists all problems (at most 50), in
// the order of their lines. The profile is nil when there are any.
func Check(r io.Reader, name string) (*Profile, []*Problem) {
	text, problem := readText(r)
	if problem == "" {
		var body ast.Node
		var line int
		if body, line, problem = parse(text); problem == "" {
			return readProfile(name, text, body)
		}
		return nil, []*Problem{{File: name, Line: line, Text: problem}}
	}
	return nil, []*Problem{{File: name, Text: problem}}
}

func readText(r io.Reader) (text, problem string) {
	b, err := io.ReadAll(io.LimitReader(r, maxSize+1))
	switch {
	case err != nil:
		return "", "cannot be read: " + err.Error()
	case len(b) > maxSize:
		return "", "is larger than 1 MiB; a profile is a short text"
	case !utf8.Valid(b):
		return "", "is not UTF-8 text; save it as UTF-8"
	}
	return string(b), ""
}

// parse returns the root of the one document in the text.
func parse(text string) (root ast.Node, line int, problem string) {
	// The parser is a recursive one made by others; whatever it may still
	// stumble over is the text's fault, not a reason to crash.
	defer func() {
		if r := recover(); r != nil {
			root, line, problem = nil, 0, "is not YAML that can be read"
		}
	}()
	tokens := lexer.Tokenize(text)
	if line, problem = tooMuch(tokens); problem != "" {
		return nil, line, problem
	}
	// Fields that are there twice are told by us, in linear time.
	file, err := parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		line, problem = syntaxProblem(err)
		return nil, line, problem
	}
	for _, d := range file.Docs {
		if d.Body == nil || d.Body.Type() == ast.DirectiveType || d.Body.Type() == ast.CommentType {
			continue
		}
		if root != nil {
			return nil, lineOf(d.Body), "must be one document; remove what follows the second ---"
		}
		root = d.Body
	}
	if root == nil {
		return nil, 0, "is empty; a profile needs phases, as in: phases: [{kind: hold, rate: 5/s, duration: 10s}]"
	}
	return root, 0, ""
}

// tooMuch counts fields and nesting.
func tooMuch(tokens token.Tokens) (line int, problem string) {
	fields, brackets, prefixes := 0, 0, 0
	for _, t := range tokens {
		prefix := false
		switch t.Type {
		case token.MappingValueType:
			fields++
		case token.MappingStartType:
			fields++
			brackets++
		case token.SequenceStartType:
			brackets++
		case token.MappingEndType, token.SequenceEndType:
			brackets--
		case token.SequenceEntryType, token.MappingKeyType, token.AnchorType, token.TagType:
			prefix = true
			prefixes++
		}
		if !prefix {
			prefixes = 0
		}
		switch {
		case fields > maxFields:
			return t.Position.Line, fmt.Sprintf("has more than %s fields", grouped(maxFields))
		case brackets > maxDepth || prefixes > 2*maxDepth || t.Position.IndentNum > 8*maxDepth:
			return t.Position.Line, fmt.Sprintf("is nested deeper than %d levels", maxDepth)
		}
	}
	return 0, ""
}

// syntaxProblem takes the line and the message out of the parser's error,
// whose own text shows several lines of the file.
func syntaxProblem(err error) (line int, problem string) {
	var e yaml.Error
	if !errors.As(err, &e) {
		return 0, "is not YAML that can be read"
	}
	if t := e.GetToken(); t != nil && t.Position != nil {
		line = t.Position.Line
	}
	return line, "is not valid YAML: " + strings.Join(strings.Fields(e.GetMessage()), " ")
}

// nameOfFile is the profile's name when the text gives none: the file's,
// without folder and extension.
func nameOfFile(file string) string {
	base := path.Base(strings.ReplaceAll(file, `\`, "/"))
	return strings.TrimSuffix(base, path.Ext(base))
}
