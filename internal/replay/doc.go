// Package replay lets recorded traffic meet a limiter that was not there: who would
// have been refused, how often and when, and how small a limit may be that refuses
// few enough.
//
// It supposes that the traffic would have been the same. Clients that are refused
// come again, or give up: neither is modelled.
//
// The package is pure: it reads no clock, no files and no network.
package replay
