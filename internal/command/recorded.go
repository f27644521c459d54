package command

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"ratefit/analyze"
)

// recorded reads an analysis, or makes one of a trace.
func (o *fitting) recorded(ctx context.Context, s *streams, name string) (*analyze.Analysis, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		folder := name
		if name = filepath.Join(folder, analysisFile); !exists(name) {
			name = filepath.Join(folder, traceFile) // the run did not end
		}
	}
	if name != "-" && !exists(name) {
		return nil, usageFault("a URL begins with http:// or https://", "the argument is neither a URL nor a file or folder that is there")
	}
	is, err := isAnalysis(s, name)
	switch {
	case err != nil:
		return nil, failure("", "%v", err)
	case !is:
		return o.analyzeTraces(ctx, s, []string{name})
	case o.statusGiven || o.atRest:
		return nil, usageFault("judge the trace instead", "--at-rest and --limited-status: the analysis was made without")
	}
	return readAnalysis(s, name)
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

// isAnalysis looks at the beginning of a file, or of standard input, which can be
// read from its beginning afterwards.
func isAnalysis(s *streams, name string) (bool, error) {
	const enough = 512
	var begin []byte
	if name == "-" {
		in := bufio.NewReaderSize(s.in, enough)
		s.in = in
		begin, _ = in.Peek(enough) // an error comes again when it is read
	} else {
		f, err := os.Open(name)
		if err != nil {
			return false, err
		}
		defer f.Close()
		begin = make([]byte, enough)
		n, err := io.ReadFull(f, begin)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return false, err
		}
		begin = begin[:n]
	}
	return bytes.Contains(begin, []byte(`"schema"`)) && bytes.Contains(begin, []byte(`"ratefit/analysis/`)), nil
}
