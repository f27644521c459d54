package reports

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"ratefit/analyze"
)

// Every model is in the list, on its page and in the schema, under a title of
// its own.
func TestModels(t *testing.T) {
	var list, table bytes.Buffer
	if err := ModelList(&list, TextOptions{Width: 10_000}); err != nil {
		t.Fatal(err)
	}
	if err := ModelTable(&table); err != nil {
		t.Fatal(err)
	}
	schema, _ := Schema("analysis")
	titles := map[string]bool{}
	for _, m := range analyze.Models() {
		d := m.Doc()
		if titles[d.Title] {
			t.Errorf("two models have the title %q", d.Title)
		}
		titles[d.Title] = true
		var page bytes.Buffer
		if ok, err := ModelPage(&page, m.Name(), TextOptions{Width: 10_000}); !ok || err != nil {
			t.Fatalf("%s: no page, %v", m.Name(), err)
		}
		for where, text := range map[string]string{"list": list.String(), "page": page.String(), "table": table.String()} {
			for _, want := range []string{m.Name(), d.Title, d.Signature} {
				if !strings.Contains(text, want) {
					t.Errorf("%s: no %q in the %s", m.Name(), want, where)
				}
			}
		}
		if !strings.Contains(page.String(), d.About) {
			t.Errorf("%s: the page does not say what it does", m.Name())
		}
		if !strings.Contains(string(schema), strconv.Quote(m.Name())) {
			t.Errorf("%s is not in the schema", m.Name())
		}
	}
	for line := range strings.Lines(table.String()) {
		if strings.Count(line, "|") != 5 {
			t.Errorf("a row of the table does not have four cells: %s", line)
		}
	}
}

func TestFamilies(t *testing.T) {
	for name, want := range map[string]string{
		"token-bucket": "token bucket", "fixed-window": "fixed window", "sliding-window-log": "sliding window log",
		"sliding-window-counter": "sliding window counter", "tiers": "several limits at once", "concurrency": "concurrency cap",
		"token-bucket-stepped": "token bucket refilled in steps", "leaky-bucket-queue": "leaky bucket as a queue",
	} {
		if f, ok := family(name); !ok || f.Title != want {
			t.Errorf("%s is called %q, want %q", name, f.Title, want)
		}
	}
	if _, ok := family("nonsense"); ok {
		t.Error("there is a model nonsense")
	}
}

// Every parameter that a model writes is explained, and is in the schema.
func TestParamsAreExplained(t *testing.T) {
	schema, _ := Schema("analysis")
	for _, name := range paramsWritten(t) {
		if !slices.ContainsFunc(params, func(p Param) bool { return p.Name == name }) {
			t.Errorf("the parameter %s is not explained", name)
		}
		if !strings.Contains(string(schema), strconv.Quote(name)) {
			t.Errorf("the parameter %s is not in the schema", name)
		}
	}
}

// paramsWritten finds the keys of parameters in the source of analyze: in
// assignments to Params["name"] and in literals of map[string]Parameter.
func paramsWritten(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../analyze/*.go")
	if err != nil || len(files) == 0 {
		t.Fatal("no source of analyze", err)
	}
	seen := map[string]bool{}
	constants := map[string]ast.Expr{}
	var literal func(e ast.Expr)
	literal = func(e ast.Expr) {
		if id, ok := e.(*ast.Ident); ok && constants[id.Name] != nil {
			literal(constants[id.Name])
		}
		if b, ok := e.(*ast.BasicLit); ok && b.Kind == token.STRING {
			name, _ := strconv.Unquote(b.Value)
			seen[name] = true
		}
	}
	var sources []*ast.File
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		sources = append(sources, f)
		ast.Inspect(f, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
				constants[v.Names[0].Name] = v.Values[0]
			}
			return true
		})
	}
	for _, f := range sources {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.IndexExpr:
				if s, ok := n.X.(*ast.SelectorExpr); ok && s.Sel.Name == "Params" {
					literal(n.Index)
				}
			case *ast.CompositeLit:
				m, ok := n.Type.(*ast.MapType)
				if !ok {
					return true
				}
				if v, ok := m.Value.(*ast.Ident); ok && v.Name == "Parameter" {
					for _, e := range n.Elts {
						literal(e.(*ast.KeyValueExpr).Key)
					}
				}
			}
			return true
		})
	}
	if len(seen) < 5 {
		t.Fatalf("only %d parameters found", len(seen))
	}
	var names []string
	for name := range seen {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func TestDeficit(t *testing.T) {
	for _, c := range []struct {
		i    *analyze.Interval
		want string
	}{
		{between(0, 0, 0.0045), "the limiter was at rest: nothing was used up before the trace"},
		{between(0, 0, 27.61), "up to 28 of the burst may have been used up before the trace"},
		{between(9, 8.5, 9.5), "at least 8.5 of the burst was used up before the trace"},
		{atLeastIs(0), "how much of the burst was used up before the trace is not known"},
	} {
		if got := deficit(c.i); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// Of a model's variants that are not told apart only the nearest is shown.
func TestLeast(t *testing.T) {
	all := []analyze.Alternative{{Model: "a", Contradictions: 5}, {Model: "b", Contradictions: 1}, {Model: "a", Contradictions: 3}, {Model: "a", Contradictions: 4}}
	got := ruledOutModels(&analyze.Limit{Alternatives: all})
	if len(got) != 2 || got[0].Model != "a" || got[0].Contradictions != 3 || got[0].index != 2 || got[1].Model != "b" || all[0].Contradictions != 5 {
		t.Errorf("got %v", got)
	}
}
