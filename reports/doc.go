// Package reports turns an [analyze.Analysis] into what people and programs
// read: text for a terminal, the JSON contract with its schema, a manifest of
// a run, a page with pictures, and plots as SVG, PNG and PDF.
//
// The package is pure: it reads no clock and no network, and writes only to
// the writer or the folder it is given. The same analysis and hits always give
// the same bytes.
//
// Every report is a line in the catalogue ([Documents], [Figures]): a new one
// is one file and one line.
package reports
