// Package profiles plans traffic over time. A profile has classes (read,
// write, or any name); a class has phases, sent one after the other; a phase
// compiles to a [Schedule], which knows the instant of each hit.
//
// The package is pure: it knows no clock and no network, and the same profile
// gives the same instants on every machine. All instants of arithmetic kinds
// are calculated from the number of the hit, not added up, so that they do not
// drift: hit n of a hold at rate r is at n/r, rounded to a nanosecond, and a
// hold of 50/s for 10 minutes has exactly 30,000 hits.
//
// # Profiles in YAML
//
//	name: surge                        # else the name of the file
//	about: Does a surge of reads slow down the writes?
//	stagger: 500ms                     # each class of each source begins so much
//	                                   # later than the one before; else together
//	classes:                           # in this order
//	  read:
//	    request: GET /items            # optional
//	    phases:
//	      - {kind: burst, hits: 30}
//	      - kind: hold
//	        name: after the burst      # else the kind, with a number
//	        rate: 120/min
//	        duration: 20s
//	        spacing: jittered
//	  write:
//	    phases:
//	      - {kind: pause, duration: 5s}
//	      - {kind: hold, rate: 5, duration: 15s}
//
// Phases at the top level are those of every class without its own; if there
// are no classes either, read and write both have them. Fields that are not
// known are errors, as are fields that are there twice, tags, and a second
// document. Anchors and aliases work.
//
// # Headers
//
// What the target's rate-limit headers say is read by rule wherever their names
// are conventional. Where they are not, the profile says what they mean:
//
//	headers:
//	  X-Calls-Left: remaining          # one word, or a mapping:
//	  X-Calls-Again: {declares: reset, in: ms}
//	  X-Posts-Left: {declares: remaining, class: write, unit: points, policy: daily}
//
// A header declares a limit, what is remaining or used of it, its reset, window,
// burst or cost, or the name of its class or policy. Headers with the same class,
// unit and policy are about one limit. A reset or a window is in s, ms, min or h,
// or else what its value suggests.
//
// # Expectations
//
// What the target's limiters are expected to be, for ratefit verify and run:
//
//	expect:
//	  limits: {read: 2/s:30, write: 100/15m}  # rate:burst, or unlimited; read+write if they share one
//	  model: token-bucket                     # or a mapping from classes
//	  params: {write: {window_s: 900}}        # or without the class, for all
//	  scope: {source: separate}
//	  declared: true                          # the headers are true; or a list of classes
//	  tolerance: 1%
//
// # Rates and durations
//
// A rate is a decimal number per second, or per s, min (m), h or d: 50, 50/s,
// 0.5/s, 120/min, 5/h. A duration has its unit: 150ms, 1.5s, 2m, 1h30m.
//
// # Kinds of phases
//
//	burst    hits, over (else all at one instant)
//	hold     rate, duration
//	ramp     from, to, duration; one of the rates may be 0
//	steps    steps: [10/s, 20/s] with each: 5s, or [{rate: 10/s, duration: 5s}, …]
//	pause    duration
//	poisson  rate, duration; independent random gaps
//	replay   at: [0s, 10ms, {at: 1s, hits: 5}]; duration (else up to the last instant)
//	saturate workers, duration; hits (at most; else as many as replies come)
//
// Saturate is the one kind without planned instants: each worker sends its next
// hit when the reply to its last one is in. How many that makes is not known
// beforehand; the phase after it begins at its planned instant all the same.
//
// Hold, ramp and steps also take spacing (even or jittered), and jittered ones
// and poisson a seed; see [Spacing]. Without a seed, one follows from the names
// of the class and the phase, so that classes do not ask at the same instants.
package profiles
