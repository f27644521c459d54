package reports

import (
	"io"
	"slices"
	"strings"

	"ratefit/analyze"
)

// A Family is the models of the catalogue that share a name in analysis.json:
// one algorithm and its variants.
type Family struct {
	Name     string        // "fixed-window"
	Title    string        // "fixed window"
	Variants []analyze.Doc // at least one
	Params   []Param       // that an analysis can name
}

// Families lists the models of [analyze.Models] by name, in the order of the
// catalogue.
func Families() []Family {
	var all []Family
	for _, m := range analyze.Models() {
		i := slices.IndexFunc(all, func(f Family) bool { return f.Name == m.Name() })
		if i < 0 {
			all, i = append(all, Family{Name: m.Name()}), len(all)
		}
		all[i].Variants = append(all[i].Variants, m.Doc())
	}
	for i := range all {
		all[i].Title = familyTitle(&all[i])
		all[i].Params = paramsOf(all[i].Name)
	}
	return all
}

// familyTitle is what the titles of all variants begin with. The variants of
// tiers have nothing in common but that they are several.
func familyTitle(f *Family) string {
	common := strings.Fields(f.Variants[0].Title)
	for _, v := range f.Variants[1:] {
		words := strings.Fields(v.Title)
		n := 0
		for n < min(len(common), len(words)) && common[n] == words[n] {
			n++
		}
		common = common[:n]
	}
	if f.Name == "tiers" || len(common) == 0 {
		return "several limits at once"
	}
	return strings.Join(common, " ")
}

// family finds a model by its name.
func family(name string) (Family, bool) {
	for _, f := range Families() {
		if f.Name == name {
			return f, true
		}
	}
	return Family{}, false
}

// FamilyNames lists the names of the models.
func FamilyNames() []string {
	var names []string
	for _, f := range Families() {
		names = append(names, f.Name)
	}
	return names
}

// ModelList writes the catalogue of models: the name of each, and of its
// variants the title, what it does and how it shows.
func ModelList(w io.Writer, o TextOptions) error {
	p := o.page()
	for i, f := range Families() {
		if i > 0 {
			p.gap()
		}
		p.line(f.Name, bold)
		for _, v := range f.Variants {
			p.rows(0, plain, []row{{text: v.Title, paint: green}})
			p.rows(4, plain, []row{{label: "does", text: f.does(v)}, {label: "shows", text: v.Signature}})
		}
	}
	_, err := io.WriteString(w, p.b.String())
	return err
}

// ModelPage writes all that is known about the model of a name, with its
// parameters; false means that there is none.
func ModelPage(w io.Writer, name string, o TextOptions) (bool, error) {
	f, ok := family(name)
	if !ok {
		return false, nil
	}
	p := o.page()
	p.line(f.Name+": "+f.Title, bold)
	for _, v := range f.Variants {
		p.gap()
		p.line(v.Title, green)
		p.rows(2, plain, []row{{label: "does", text: v.About}, {label: "shows", text: v.Signature}})
	}
	p.gap()
	p.line("parameters in analysis.json", bold)
	var rows []row
	for _, q := range commonParams {
		if f.Name != "concurrency" || q.Name != "sustained_rate" {
			rows = append(rows, q.row())
		}
	}
	for _, q := range f.Params {
		rows = append(rows, q.row())
	}
	p.rows(2, plain, rows)
	_, err := io.WriteString(w, p.b.String())
	return true, err
}

// does says what a variant does, without what another one before it does too.
func (f Family) does(v analyze.Doc) string {
	for _, before := range f.Variants {
		if before == v {
			break
		}
		if more, ok := strings.CutPrefix(v.About, before.About); ok {
			return "as " + before.Title + more
		}
	}
	return v.About
}

// ModelTable writes the catalogue as a table in Markdown.
func ModelTable(w io.Writer) error {
	var b strings.Builder
	b.WriteString("| model | variant | what it does | how it shows |\n|---|---|---|---|\n")
	for _, f := range Families() {
		for i, v := range f.Variants {
			name := ""
			if i == 0 {
				name = "`" + f.Name + "`"
			}
			b.WriteString("| " + name + " | " + v.Title + " | " + f.does(v) + " | " + v.Signature + " |\n")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}
