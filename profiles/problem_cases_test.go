package profiles

// problemCases are texts with their problems, one a line, without the name of
// the file.
func problemCases() []struct{ text, want string } {
	return []struct{ text, want string }{
		{``, `: is empty; a profile needs phases, as in: phases: [{kind: hold, rate: 5/s, duration: 10s}]`},
		{`# only`, `: is empty; a profile needs phases, as in: phases: [{kind: hold, rate: 5/s, duration: 10s}]`},
		{`---`, `: is empty; a profile needs phases, as in: phases: [{kind: hold, rate: 5/s, duration: 10s}]`},
		{`null`, `:1: must be a mapping with phases or classes, is empty`},
		{`hello`, `:1: must be a mapping with phases or classes, is a single value`},
		{`- a`, `:1: must be a mapping with phases or classes, is a list`},
		{`[]`, `:1: must be a mapping with phases or classes, is a list`},
		{`{}`, `: has neither phases nor classes; write phases: and a list, each with its kind`},
		{`phases:`, `:1: phases: must be a list of phases, is empty`},
		{`phases: []`, `:1: phases: must have at least one phase, is an empty list`},
		{`phases: 5`, `:1: phases: must be a list of phases, is a single value`},
		{`phases: [5]`, `:1: phases[0]: must be a mapping with a kind, is a single value`},
		{`phases: [{}]`, `:1: phases[0].kind: is missing; write one of burst, hold, ramp, steps, pause, poisson, replay, saturate`},
		{`phases: [{kind: hodl}]`, `:1: phases[0].kind: must be one of burst, hold, ramp, steps, pause, poisson, replay, saturate, is hodl; did you mean hold?`},
		{`phases: [{kind: hold}]`, `:1: phases[0].rate: is missing; write hits per second such as 50 or 120/min
:1: phases[0].duration: is missing; write a duration with its unit such as 1.5s or 2m`},
		{`phases:
  - kind: hold
    rate: -5
    duration: 10`, `:3: phases[0].rate: must be above 0, is -5/s; write hits per second such as 50 or 120/min
:4: phases[0].duration: must be a duration, is 10; write a duration with its unit such as 1.5s or 2m`},
		{`phases:
  - kind: hold
    rate: 0
    duration: 25h`, `:3: phases[0].rate: must be above 0; write hits per second such as 50 or 120/min
:4: phases[0].duration: must be at most 24 h, is 25 h`},
		{`phases:
  - kind: hold
    rate:
    duration: [1s]
    spacing: wobbly
    seed: -1
    hits: 3
    durration: 4s
    headers: {Authorization: secret}`, `:3: phases[0].rate: must be a rate, is empty
:4: phases[0].duration: must be a duration, is a list
:5: phases[0].spacing: must be even or jittered, is wobbly
:6: phases[0].seed: must be a whole number from 0 to 18446744073709551615, is -1
:7: phases[0].hits: does not belong to a phase of kind hold, which has rate, duration, spacing, seed
:8: phases[0].durration: is not a field of a phase of kind hold, which has kind, name, rate, duration, spacing, seed; did you mean duration?
:9: phases[0].headers: is not a field of a phase of kind hold, which has kind, name, rate, duration, spacing, seed`},
		{`name: x
name: y
phases: [{kind: pause, duration: 1s, duration: 2s}]`, `:2: name: is there twice; remove one of them
:3: phases[0].duration: is there twice; remove one of them`},
		{`nam: x
phases: [{kind: pause, duration: 1s}]`, `:1: nam: is not a field of a profile, which has name, about, stagger, headers, expect, phases, classes; did you mean name?`},
		{`expects: x
headers: {a: b}
phases: [{kind: pause, duration: 1s}]`, `:1: expects: is not a field of a profile, which has name, about, stagger, headers, expect, phases, classes; did you mean expect?
:2: headers.a: must declare one of limit, remaining, used, reset, window, burst, cost, class, policy`},
		{`classes: {read: {phases: [{kind: pause, duration: 1s}]}, read: {}}`, `:1: classes.read: is there twice; remove one of them`},
		{`classes:
  read:
  write:`, `:2: classes.read: must be a mapping with phases, is empty
:3: classes.write: must be a mapping with phases, is empty`},
		{`classes: {}`, `:1: classes: must name at least one class, such as read`},
		{`classes:
  'a b':
    phases: [{kind: pause, duration: 1s}]
  a@b:
    request: get /x?token=secret
    phases: [{kind: pause, duration: 1s}]`, `:2: classes."a b": class name must begin with a letter or digit and go on with those and . _ -, is "a b"
:4: classes.a@b: class name must begin with a letter or digit and go on with those and . _ -, is a@b
:5: classes.a@b.request: must have its method in upper case; write a method and a path such as GET /items`},
		{`phases: [{kind: pause, duration: 1s}]
classes: {read: {phases: [{kind: pause, duration: 1s}]}}`, `:1: phases: are not used: every class has phases of its own; remove them`},
		{`phases: [{kind: steps, steps: [1, {rate: 2}, {duration: 1s}, {rate: 3, foo: 1}]}]`, `:1: phases[0].steps[2].rate: is missing; write hits per second such as 50 or 120/min
:1: phases[0].steps[3].foo: is not a field of a step, which has rate, duration
:1: phases[0].each: is missing; write how long each step lasts, such as each: 5s`},
		{`phases:
- kind: steps
  steps: [1, 2, -3, {rate: 4, duration: 0s}]
  each: 5s`, `:3: phases[0].steps[3].duration: must be above 0; write a duration with its unit such as 1.5s or 2m
:3: phases[0].steps[2].rate: must be above 0, is -3/s; write hits per second such as 50 or 120/min`},
		{`phases:
- kind: replay
  at: [0s, 2s, 1s]
  duration: 1s`, `:3: phases[0].at[2]: must not come before the instant in front of it, 2s, is 1s`},
		{`phases:
- kind: replay
  at: [0s, {at: 1s, hits: 0}, {hits: 3}, {at: x}, 7]`, `:3: phases[0].at[1].hits: must be a whole number from 1 to 1000000, is 0
:3: phases[0].at[2].at: is missing; write a duration with its unit such as 1.5s or 2m
:3: phases[0].at[3].at: must be a duration, is x; write a duration with its unit such as 1.5s or 2m
:3: phases[0].at[4]: must be a duration, is 7; write a duration with its unit such as 1.5s or 2m`},
		{`phases: [{kind: replay, at: [1s], duration: 500ms}]`, `:1: phases[0].duration: must reach the last instant, 1s, is 500ms`},
		{`phases: [{kind: replay, at: []}]`, `:1: phases[0].at: is missing; write instants such as [0s, 10ms, 1.5s]`},
		{`phases: [{kind: ramp, from: 0, to: 0, duration: 1s}]`, `:1: phases[0].to: must be above 0 when from is 0; write hits per second such as 50 or 120/min`},
		{`phases: [{kind: hold, rate: 1000, duration: 24h}]`, `:1: phases[0].rate: makes 86,400,000 hits, may make 10,000,000 at most; lower the rate or the duration`},
		{`phases: [{kind: poisson, rate: 1000, duration: 24h}]`, `:1: phases[0].rate: makes 86,400,000 hits, may make 1,000,000 at most; lower the rate or the duration`},
		{`phases: [{kind: pause, duration: 20h}, {kind: pause, duration: 20h}]`, `:1: phases: last longer than 24 h together`},
		{`phases: [{kind: burst, hits: 99999999}]`, `:1: phases[0].hits: must be a whole number from 1 to 1000000, is 99999999`},
		{`phases: [{kind: burst, hits: 1.5}, {kind: burst, hits: 99999999999999999999}]`, `:1: phases[0].hits: must be a whole number from 1 to 1000000, is 1.5
:1: phases[1].hits: must be a whole number from 1 to 1000000, is 99999999999999999999`},
		{`phases: [{kind: saturate}, {kind: saturate, workers: 10001, duration: 1s, hits: 0}, {kind: saturate, workers: 2, duration: 1s, rate: 5}]`, `:1: phases[0].workers: is missing; write a whole number such as 150
:1: phases[0].duration: is missing; write a duration with its unit such as 1.5s or 2m
:1: phases[1].workers: must be a whole number from 1 to 10000, is 10001
:1: phases[1].hits: must be a whole number from 1 to 10000000, is 0
:1: phases[2].rate: does not belong to a phase of kind saturate, which has workers, duration, hits`},
		{`phases: [{kind: hold, workers: 2, rate: 1, duration: 1s}]`, `:1: phases[0].workers: does not belong to a phase of kind hold, which has rate, duration, spacing, seed`},
		{`a: [`, `:1: is not valid YAML: sequence end token ']' not found`},
		{`a: b: c`, `:1: is not valid YAML: mapping value is not allowed in this context`},
		{`phases: &a [*a]`, `:1: phases[0]: must be a mapping with a kind, is a list`},
		{`phases: [*b]`, `:1: phases[0]: refers to *b, which is not defined`},
		{`phases: &a [&a {kind: pause, duration: 1s}]`, `:1: defines the anchor &a twice`},
		{`phases: [!!map {kind: pause, duration: 1s}]`, `:1: phases[0]: must be written without the tag !!map`},
		{`phases: [!x {kind: pause, duration: 1s}]`, `:1: phases[0]: must be written without the tag !x`},
		{`phases: [{<<: {kind: pause}, duration: 1s}]`, `:1: phases[0].kind: is missing; write one of burst, hold, ramp, steps, pause, poisson, replay, saturate`},
		{`phases: [{kind: pause, duration: 1s}]
---
phases: []`, `:3: must be one document; remove what follows the second ---`},
		{"\xff", `: is not UTF-8 text; save it as UTF-8`},
		{"\x00", `:1: must be a mapping with phases or classes, is a single value`},
		{"a\x00: b", `: has neither phases nor classes; write phases: and a list, each with its kind
:1: "a\x00": is not a field of a profile, which has name, about, stagger, headers, expect, phases, classes`},
		{`	a: b`, `:1: is not valid YAML: tab character cannot use as a map key directly`},
		{"about: |\n  two\n  lines \a\nphases: [{kind: pause, duration: 1s}]\n", `:1: about: must be one line of at most 1000 printable characters`},
		{"name: a/b\nphases: [{kind: pause, duration: 1s, name: 'x\x1b[1m'}, {kind: pause, name: p, duration: 1s}, {kind: pause, name: p, duration: 1s}, {kind: pause, name: '', duration: 1s}]\n", `:1: name: must begin with a letter or digit and go on with those and . _ -, is a/b
:2: phases[3].name: is empty; leave it out or write a name
:2: phases[0].name: must begin with a letter or digit and go on with those and . _ -, is "x\x1b[1m"
:2: phases[2].name: p is the name of an earlier phase of this class too`},
		{`phases: [{kind: hold, rate: 5, duration: 1s, seed: 3}]`, `:1: phases[0].seed: has no effect while spacing is even; leave it out or write spacing: jittered`},
		{`phases: [{kind: pause, duration: 1s, [a]: b}]`, `:1: is not valid YAML: found an invalid key for this map`},
		{`? [a]
: b`, `:2: is not valid YAML: found an invalid key for this map`},
		{`phases: [{kind: Hold, rate: 5/fortnight, duration: 5 s}]
classes: {a: 7, b: {phases: []}, c: null, d: {phases: null}}`, `:1: phases[0].kind: must be one of burst, hold, ramp, steps, pause, poisson, replay, saturate, is Hold; did you mean hold?
:2: classes.a: must be a mapping with phases, is a single value
:2: classes.b.phases: must have at least one phase, is an empty list
:2: classes.d.phases: must be a list of phases, is empty`},
		{`phases: [{kind: hold, rate: 1000, duration: 100m}]`, `: classes: plan 12,000,000 hits for each source, may plan 10,000,000 at most`},
		{`phases: [{kind: hold, rate: 1000, duration: 100m}, {kind: hold, rate: 1000, duration: 100m}]`, `:1: phases: plan more than 10,000,000 hits for each source`},
	}
}
