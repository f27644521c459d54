// Package measure runs ratefit as a user would, in this process.
package measure

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"ratefit/analyze"
	"ratefit/internal/command"
)

// Sources are the client addresses that everything here is measured from.
var Sources = []string{"127.0.0.2", "127.0.0.3"}

// A Run is one run of ratefit.
type Run struct {
	Analysis *analyze.Analysis
	Code     int           // exit code
	Said     string        // standard error
	Took     time.Duration // all of it, analysis included
}

// URL measures GET and POST of a URL from [Sources]. folder must not exist
// yet; it receives the trace. profile is a name or a file; "" = the default.
func URL(ctx context.Context, url, folder, profile string, more ...string) (*Run, error) {
	args := []string{
		"run", url, "--format", "json", "--yes", "--no-progress", "--no-plots",
		"--write", "POST /", "--body", `{"n":1}`, "--out", folder,
	}
	for _, s := range Sources {
		args = append(args, "--source", s)
	}
	if profile != "" {
		args = append(args, "--profile", profile)
	}
	args = append(args, more...)
	var out, said bytes.Buffer
	began := time.Now()
	code := command.Run(ctx, "", args, strings.NewReader(""), &out, &said)
	r := &Run{Code: code, Said: said.String(), Took: time.Since(began)}
	if err := json.Unmarshal(out.Bytes(), &r.Analysis); err != nil {
		return nil, fmt.Errorf("ratefit %s: exit code %d, no analysis: %s", strings.Join(args, " "), code, r.Said)
	}
	return r, nil
}
