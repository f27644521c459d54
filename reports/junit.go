package reports

import (
	"encoding/xml"
	"io"
	"strconv"

	"ratefit/analyze"
)

// The elements of JUnit's XML, in the order and with the attributes that both
// Ant's schema (windyroad's JUnit.xsd) and Jenkins' (junit-10.xsd) accept.
type (
	junitSuites struct {
		XMLName xml.Name   `xml:"testsuites"`
		Suite   junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Package    string          `xml:"package,attr"`
		ID         int             `xml:"id,attr"`
		Name       string          `xml:"name,attr"`
		Timestamp  string          `xml:"timestamp,attr"` // UTC; a zone is not allowed
		Hostname   string          `xml:"hostname,attr"`
		Tests      int             `xml:"tests,attr"`
		Failures   int             `xml:"failures,attr"`
		Errors     int             `xml:"errors,attr"`
		Time       string          `xml:"time,attr"`
		Properties []junitProperty `xml:"properties>property"`
		Cases      []junitCase     `xml:"testcase"`
		Out        string          `xml:"system-out"`
		Err        string          `xml:"system-err"`
	}
	junitProperty struct {
		Name  string `xml:"name,attr"`
		Value string `xml:"value,attr"`
	}
	junitCase struct {
		Name    string      `xml:"name,attr"`
		Class   string      `xml:"classname,attr"`
		Time    string      `xml:"time,attr"`
		Error   *junitFault `xml:"error"`
		Failure *junitFault `xml:"failure"`
	}
	junitFault struct {
		Message string `xml:"message,attr"`
		Type    string `xml:"type,attr"`
		Text    string `xml:",chardata"`
	}
)

// JUnit writes each expectation as a test case: one that is broken is a failure,
// one that is undecided an error, so that neither passes. The time of the suite is
// that of the traffic; single cases take none. Without expectations each limit is
// a case, which fails as an error unless the limiter is known.
func JUnit(w io.Writer, a *analyze.Analysis) error {
	s := junitSuite{
		Package: "ratefit", Name: "ratefit", Hostname: "localhost",
		Timestamp: a.Started.UTC().Format("2006-01-02T15:04:05"), Time: decimalSeconds(a.Duration),
		Properties: []junitProperty{{"target", printable(a.Target)}, {"requests", strconv.Itoa(a.Sent.Requests)}},
	}
	if s.Cases = expectationCases(a.Expectations); len(s.Cases) == 0 {
		s.Cases = limitCases(a)
	}
	s.Tests = len(s.Cases)
	for _, c := range s.Cases {
		if c.Failure != nil {
			s.Failures++
		}
		if c.Error != nil {
			s.Errors++
		}
	}
	for i, label := range labelsOf(a.Limits) {
		s.Out += label + ": " + untied(headline(&a.Limits[i], &a.Sent)) + "\n"
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	e := xml.NewEncoder(w)
	e.Indent("", "  ")
	if err := e.Encode(junitSuites{Suite: s}); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func expectationCases(all []analyze.Expectation) []junitCase {
	var out []junitCase
	for i := range all {
		e := &all[i]
		c := junitCase{Name: subject(e) + ", " + printable(e.Given), Class: "ratefit.expectations", Time: "0"}
		f := &junitFault{Message: printable(e.Text), Type: string(e.Verdict), Text: sentence(e)}
		switch e.Verdict {
		case analyze.IsHeld:
		case analyze.IsBroken:
			c.Failure = f
		default:
			c.Error = f
		}
		out = append(out, c)
	}
	return out
}

// limitCases stands for expectations where there are none: that each limiter is
// known.
func limitCases(a *analyze.Analysis) []junitCase {
	var out []junitCase
	for i, label := range labelsOf(a.Limits) {
		l := &a.Limits[i]
		c := junitCase{Name: label, Class: "ratefit.limits", Time: "0"}
		if l.Verdict != analyze.Identified && l.Verdict != analyze.Unlimited {
			text := untied(headline(l, &a.Sent))
			c.Error = &junitFault{Message: text, Type: string(l.Verdict), Text: printable(l.Why)}
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		text := "no hits: nothing is known about the limiter"
		out = append(out, junitCase{Name: "limits", Class: "ratefit.limits", Time: "0", Error: &junitFault{Message: text, Type: "insufficient"}})
	}
	return out
}

// decimalSeconds is a number without an exponent.
func decimalSeconds(s float64) string { return strconv.FormatFloat(s, 'f', 3, 64) }
