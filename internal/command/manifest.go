package command

import (
	"io"
	"net/url"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"ratefit/analyze"
	"ratefit/internal/trace"
	"ratefit/profiles"
	"ratefit/reports"
)

// writeManifest writes how the run came about, without secrets.
func (o *measuring) writeManifest(j *job, done *sent, folder string, code int) error {
	name := filepath.Join(folder, manifestFile)
	done.files = append(done.files, name)
	m := &reports.Manifest{
		Schema: reports.ManifestSchema, Version: version(), GoVersion: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
		Target:  done.meta.Target,
		Sources: j.plan.sources,
		Profile: reports.ManifestProfile{Name: j.profile.Name, YAML: profileText(j.profile)},
		Plan:    reports.ManifestPlan{Requests: j.plan.total, PeakRate: j.plan.peak, Duration: j.plan.length.Seconds()},
		Flags:   withoutSecrets(o.flags),
		Started: done.meta.Started, Ended: done.end.Wall.UTC(), EndReason: done.end.Reason,
		ClockResolution: clockResolution().Nanoseconds(),
		ExitCode:        code,
		Probes:          done.probes, Warnings: done.warnings,
	}
	// Both sides are read off the wall clock; their difference less the
	// monotonic time between them is how far the wall clock strayed.
	if !done.end.Wall.IsZero() {
		m.WallDrift = (done.end.Wall.Round(0).Sub(done.meta.Started.Round(0)) - done.end.At).Seconds()
	}
	for _, r := range j.requests {
		if r.Variant != "" {
			continue
		}
		c := reports.ManifestClass{Name: r.Class, Method: r.Method}
		if u, err := url.Parse(trace.RedactURL(r.URL)); err == nil {
			c.Path = u.EscapedPath()
		}
		m.Classes = append(m.Classes, c)
	}
	for _, f := range done.files {
		if rel, err := filepath.Rel(folder, f); err == nil {
			f = rel
		}
		m.Files = append(m.Files, filepath.ToSlash(f))
	}
	return writeFile(name, func(w io.Writer) error { return reports.WriteManifest(w, m) })
}

// profileText is the profile's YAML, without the query values of its requests.
func profileText(p *profiles.Profile) string {
	text := p.Source()
	for _, c := range p.Classes {
		if strings.Contains(c.Request, "?") {
			text = strings.ReplaceAll(text, c.Request, withoutQuery(c.Request))
		}
	}
	return text
}

func writeAnalysis(name string, a *analyze.Analysis) error {
	return writeFile(name, func(w io.Writer) error { return reports.JSON(w, a) })
}

// clockResolution returns the smallest step of the monotonic clock that shows
// in a thousand readings.
func clockResolution() time.Duration {
	least := time.Duration(0)
	last := time.Now()
	for range 1000 {
		now := time.Now()
		if d := now.Sub(last); d > 0 && (least == 0 || d < least) {
			least = d
		}
		last = now
	}
	return least
}
