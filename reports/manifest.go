package reports

import (
	"io"
	"time"
)

// ManifestSchema names the version of the document that [Manifest] marshals to.
const ManifestSchema = "ratefit/manifest/v1"

// A Manifest says how a run came about, so that it can be repeated and its
// files be trusted. It must hold no secrets: the caller removes them from
// Target, Flags and Profile.YAML.
type Manifest struct {
	Schema    string            `json:"schema"`
	Version   string            `json:"version"` // of ratefit
	GoVersion string            `json:"go_version"`
	OS        string            `json:"os"`
	Arch      string            `json:"arch"`
	Target    string            `json:"target"`
	Sources   []string          `json:"sources"` // client addresses
	Classes   []ManifestClass   `json:"classes"`
	Profile   ManifestProfile   `json:"profile"`
	Plan      ManifestPlan      `json:"plan"`
	Probes    []ManifestProbe   `json:"probes"` // what was chosen to be sent, in that order; empty when a profile was sent
	Flags     map[string]string `json:"flags"`  // name without dashes to value
	Started   time.Time         `json:"started"`
	Ended     time.Time         `json:"ended"`
	EndReason string            `json:"end_reason"` // "done", "interrupted", "budget", or why the attack was given up
	// WallDrift is how many seconds the wall clock gained on the monotonic
	// clock during the run; negative when it lost.
	WallDrift       float64  `json:"wall_clock_drift_s"`
	ClockResolution int64    `json:"clock_resolution_ns"` // smallest step seen of the monotonic clock
	Files           []string `json:"files"`               // names inside the run's folder
	Warnings        []string `json:"warnings"`            // about the sending
	ExitCode        int      `json:"exit_code"`
}

// A ManifestProbe is some hits of one class from one source, and why they were
// sent.
type ManifestProbe struct {
	Name       string  `json:"name"` // the phase in the trace
	Class      string  `json:"class"`
	Source     string  `json:"source"`
	Credential string  `json:"credential,omitempty"` // its label
	At         float64 `json:"at_s"`                 // of its first hit, seconds since the run began
	Hits       int     `json:"hits"`
	Reason     string  `json:"reason"`
}

// A ManifestClass is one class of traffic and the request that it was made of.
type ManifestClass struct {
	Name   string `json:"name"`
	Method string `json:"method"`
	Path   string `json:"path"`
}

// A ManifestProfile is the profile that was sent, with its YAML source.
type ManifestProfile struct {
	Name string `json:"name"`
	YAML string `json:"yaml"`
}

// A ManifestPlan is what the profile asked for, over all classes and sources.
type ManifestPlan struct {
	Requests int     `json:"requests"`
	PeakRate float64 `json:"peak_rate"`  // most hits in any one second
	Duration float64 `json:"duration_s"` // seconds
}

// WriteManifest writes the manifest as indented JSON. An empty Schema is
// filled in; a number that is not finite is an error that names the field.
func WriteManifest(w io.Writer, m *Manifest) error {
	if err := finite(m); err != nil {
		return err
	}
	d := *m
	if d.Schema == "" {
		d.Schema = ManifestSchema
	}
	d.Sources, d.Classes, d.Files = list(d.Sources), list(d.Classes), list(d.Files)
	d.Probes, d.Warnings = list(d.Probes), list(d.Warnings)
	if d.Flags == nil {
		d.Flags = map[string]string{}
	}
	return encode(w, &d)
}
