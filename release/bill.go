package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
)

// bill is the bill of materials of a program, as CycloneDX 1.6 in JSON: every
// module inside, with its version, the checksum that go.sum has, and its
// licences.
func (in *contents) bill(t target, program []byte, date time.Time) ([]byte, error) {
	b := cyclonedx.NewBOM()
	sum := sha256.Sum256(program)
	// The program's bytes say which bill it is, so that two builds have the same.
	b.SerialNumber = serial(sum)
	b.Metadata = &cyclonedx.Metadata{
		Timestamp: date.Format(time.RFC3339),
		Component: &cyclonedx.Component{
			BOMRef: "ratefit", Type: cyclonedx.ComponentTypeApplication, Name: "ratefit", Version: in.version,
			Description: "finds the rate limiter in front of an HTTP API",
			Hashes:      &[]cyclonedx.Hash{{Algorithm: cyclonedx.HashAlgoSHA256, Value: fmt.Sprintf("%x", sum)}},
			Properties: &[]cyclonedx.Property{
				{Name: "commit", Value: in.revision},
				{Name: "go", Value: in.goVersion},
				{Name: "system", Value: t.String()},
			},
		},
	}
	components := make([]cyclonedx.Component, len(in.parts))
	refs := make([]string, len(in.parts))
	for i, p := range in.parts {
		components[i] = p.component()
		refs[i] = components[i].BOMRef
	}
	b.Components = &components
	b.Compositions = &[]cyclonedx.Composition{{Aggregate: cyclonedx.CompositionAggregateComplete, Assemblies: references(refs)}}
	var out bytes.Buffer
	err := cyclonedx.NewBOMEncoder(&out, cyclonedx.BOMFileFormatJSON).SetPretty(true).SetEscapeHTML(false).
		EncodeVersion(b, cyclonedx.SpecVersion1_6)
	return out.Bytes(), err
}

func references(refs []string) *[]cyclonedx.BOMReference {
	list := make([]cyclonedx.BOMReference, len(refs))
	for i, r := range refs {
		list[i] = cyclonedx.BOMReference(r)
	}
	return &list
}

// component is a part in the words of CycloneDX.
func (p part) component() cyclonedx.Component {
	c := cyclonedx.Component{
		BOMRef: purl(p.path, p.version), PackageURL: purl(p.path, p.version),
		Type: cyclonedx.ComponentTypeLibrary, Name: p.path, Version: p.version,
	}
	var licences cyclonedx.Licenses
	for _, id := range p.licences {
		licences = append(licences, cyclonedx.LicenseChoice{License: &cyclonedx.License{ID: id}})
	}
	c.Licenses = &licences
	if p.sum != "" {
		c.Properties = &[]cyclonedx.Property{{Name: "go.sum", Value: p.sum}}
	}
	return c
}

// purl names a Go module as package URLs do: in lower case, by segments.
func purl(path, version string) string {
	segments := strings.Split(strings.ToLower(path), "/")
	for i, s := range segments {
		segments[i] = url.PathEscape(s)
	}
	return "pkg:golang/" + strings.Join(segments, "/") + "@" + url.PathEscape(version)
}

// serial makes a UUID of version 8 (RFC 9562) out of a checksum.
func serial(sum [sha256.Size]byte) string {
	u := sum[:16]
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}
