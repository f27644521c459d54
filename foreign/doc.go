// Package foreign holds nothing but tests: they measure rate limiters that
// were not written for ratefit, and check that their configured parameters are
// found, and open the page of a report in a browser.
package foreign
