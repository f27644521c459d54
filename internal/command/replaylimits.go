package command

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ratefit/internal/replay"
)

// readLimits reads --limit.
func (o *replaying) readLimits(s *streams, j *replayJob) error {
	if len(o.limits) == 0 {
		return usageFault("try: --limit token-bucket,rate=5,burst=20, or the folder of a run", "replay needs a limit")
	}
	var found []replay.Dimension
	for _, text := range o.limits {
		l, err := replay.Parse(text)
		var unknown *replay.UnknownModel
		switch {
		case err == nil:
			j.limits = append(j.limits, l)
			continue
		case !errors.As(err, &unknown):
			return usageFault("try: ratefit replay --help", "--limit: %v", err)
		}
		if _, err := os.Stat(text); err != nil {
			return unknownLimit(unknown.Name)
		}
		limits, by, err := fittedLimits(s, text)
		if err != nil {
			return err
		}
		found = by
		j.limits = append(j.limits, limits...)
	}
	by, err := o.divided(found)
	if err != nil {
		return err
	}
	j.by = by
	return j.checkLimits()
}

// checkLimits reports limits that cannot be put in front of the traffic.
func (j *replayJob) checkLimits() error {
	for i := range j.limits {
		l := &j.limits[i]
		if l.Class != "" && !slices.Contains(j.by, replay.ByClass) {
			return usageFault("add it: --by "+strings.Join(append(j.dimensions(), "class"), ","), "--limit: one for class %s, but classes have no limiters of their own", l.Class)
		}
	}
	if err := replay.Check(j.limits); err != nil {
		return usageFault("", "--limit: %v", err)
	}
	return nil
}

func (j *replayJob) dimensions() []string {
	var out []string
	for _, d := range j.by {
		if d != replay.ByNothing {
			out = append(out, string(d))
		}
	}
	return out
}

// unknownLimit is about a name that is neither a model nor a file.
func unknownLimit(name string) error {
	hint := "the models are " + strings.Join(replay.Models(), ", ")
	if near, ok := closest(name, replay.Models()); ok {
		hint = "did you mean " + near + "? " + hint
	}
	return usageFault(hint, "--limit: %q is neither a model nor the folder of a run", name)
}

// fittedLimits reads the limits of an analysis.
func fittedLimits(s *streams, name string) ([]replay.Limit, []replay.Dimension, error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		name = filepath.Join(name, analysisFile)
	}
	a, err := readAnalysis(s, name)
	if err != nil {
		return nil, nil, err
	}
	limits, by, err := replay.Fitted(a)
	if err != nil {
		return nil, nil, failure("give a limit instead: --limit token-bucket,rate=5,burst=20", "%s: %v", name, err)
	}
	return limits, by, nil
}
