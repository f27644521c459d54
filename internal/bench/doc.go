// Package bench tries the analysis on traces whose truth is known: limiters
// written from textbooks (package simulate) behind a simulated network, with
// things that spoil a measurement. It counts right and wrong names, intervals
// that hold the truth, and what two simpler methods make of the same traces.
//
// It knows the analysis only from outside: hits in, an analysis out.
package bench
