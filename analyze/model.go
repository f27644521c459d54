package analyze

import "time"

// A Model is a family of limiters: one algorithm with its parameters free.
// Each model is one file; [Models] lists them.
type Model interface {
	Name() string // as in analysis.json
	Doc() Doc
	// Fit returns the parameters that explain every decision of all streams,
	// each decided by a limiter of its own with the same parameters.
	Fit(streams []*Stream, o Options) Fit
	// Nearest returns, when Fit found none, the parameters that leave the
	// fewest decisions unexplained.
	Nearest(streams []*Stream, o Options) Fit
}

// Doc explains a model to people: help, reports and tests print from it.
type Doc struct {
	Title     string // "token bucket"
	About     string // what it does
	Signature string // how it shows from outside
}

// A Limiter is a model with its parameters fixed and a state. The deciding
// code never reads a clock.
type Limiter interface {
	// Admits reports whether a hit decided at t, not before any earlier call,
	// would be admitted. It changes nothing.
	Admits(t time.Duration) bool
	// Observe tells the limiter what was decided about a hit at t.
	Observe(t time.Duration, admitted bool)
	// Clone returns a copy in the same state that goes its own way.
	Clone() Limiter
}

// A Fit is what one model makes of the streams.
type Fit struct {
	// Consistent: some parameters explain every decision.
	Consistent bool
	// Grain is the resolution of the limiter's clock that the fit had to suppose.
	Grain time.Duration

	// Unresolved says why it is not known whether any parameters do: then
	// nothing else is set, and the model stays possible.
	Unresolved string

	// Doubt says why a consistent fit is not certain enough to name the model.
	Doubt string

	Rate, Burst    Interval
	Params         map[string]Parameter
	Modifiers      []string
	NoRate         bool // the limiter has no rate of its own
	Tiers          []Tier
	Region         []RegionPoint
	Contradictions int      // decisions that the nearest parameters cannot explain
	First          *Witness // the first of them
	Warnings       []string

	// refills is how many refills must have been seen to name the model; 0 =
	// fewRefills.
	refills int

	// grid is the one of the fitted values, where there is one.
	grid grid

	// news make limiters at rest with the fitted values: one for each stream,
	// or one for all.
	news []func() Limiter

	// corners make limiters at rest with values from the edge of the set: where
	// two of them disagree, the trace has not decided. Each takes the stream's
	// number, as phases are its own.
	corners []func(stream int) Limiter
}

// unresolved is the fit of a model that the search came to no end with.
func unresolved(why string) Fit { return Fit{Unresolved: why} }

// possible reports that the model is not excluded.
func (f Fit) possible() bool { return f.Consistent || f.Unresolved != "" }

// tight reports whether the rate is known to a half.
func (f Fit) tight() bool {
	return f.NoRate || f.Rate.Low != nil && f.Rate.High != nil && *f.Rate.High <= 1.5**f.Rate.Low
}

// limiter returns a limiter at rest with the values fitted to stream i.
func (f Fit) limiter(i int) Limiter { return f.news[min(i, len(f.news)-1)]() }

// Models is the catalogue, in the order in which they are tried.
func Models() []Model { return append(append(plain(), modified()...), several()...) }

// several are limits at once. They have so much freedom that they are tried
// only when no single one explains the decisions.
func several() []Model { return []Model{Tiers{}, Tiers{Log: true}, Either{}} }

// plain are the models without modifiers.
func plain() []Model {
	return []Model{
		LeakyBucketQueue{},
		Concurrency{},
		TokenBucket{},
		TokenBucketStepped{Single: true},
		TokenBucketStepped{},
		FixedWindow{},
		FixedWindow{Grid: true},
		SlidingWindowLog{},
		SlidingWindowCounter{},
	}
}

// modified are the same with modifiers.
func modified() []Model {
	return []Model{
		SlidingWindowLog{All: true},
		SlidingWindowCounter{All: true},
		Blocked{Base: FixedWindow{}},
		Blocked{Base: FixedWindow{}, Renewed: true},
		Blocked{Base: SlidingWindowLog{}},
		Blocked{Base: SlidingWindowLog{}, Renewed: true},
		Blocked{Base: TokenBucket{}},
		Blocked{Base: TokenBucket{}, Renewed: true},
	}
}
