package credential

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
)

// An Account is the fields of one client, by the names of their columns. All of
// them are secrets.
type Account map[string]string

// ReadAccounts reads a CSV file (RFC 4180) whose first record names the columns.
// Lines that begin with # are comments. Errors name the line, never a field.
func ReadAccounts(file string) ([]Account, error) {
	b, err := readFile(file)
	if err != nil {
		return nil, err
	}
	all, err := parseAccounts(b)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return all, nil
}

func parseAccounts(b []byte) ([]Account, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
	r.Comment, r.TrimLeadingSpace = '#', true
	names, err := r.Read()
	if err != nil {
		return nil, csvError(err)
	}
	seen := map[string]bool{}
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
		if !isName(names[i]) {
			return nil, fmt.Errorf("line 1: column %d has no name of letters, digits, _ and -: the first line names the columns, such as email,password", i+1)
		}
		if seen[names[i]] {
			return nil, fmt.Errorf("line 1: column %d has the name of an earlier one", i+1)
		}
		seen[names[i]] = true
	}
	var all []Account
	for {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, csvError(err)
		}
		a := Account{}
		for i, name := range names {
			a[name] = fields[i]
		}
		all = append(all, a)
	}
	if len(all) == 0 {
		return nil, errors.New("no accounts below the first line, which names the columns")
	}
	return all, nil
}

// csvError keeps the place and the kind of an error.
func csvError(err error) error {
	var e *csv.ParseError
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("no accounts: the first line names the columns, such as email,password")
	case errors.As(err, &e) && errors.Is(e.Err, csv.ErrFieldCount):
		return fmt.Errorf("line %d: not as many fields as the first line has names", e.StartLine)
	case errors.As(err, &e):
		return fmt.Errorf("line %d: %w", e.Line, e.Err)
	}
	return errors.New("cannot be read as CSV")
}

// isName reports whether s can name a column and a placeholder.
func isName(s string) bool {
	for _, c := range s {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (c < '0' || c > '9') && c != '_' && c != '-' {
			return false
		}
	}
	return s != ""
}
