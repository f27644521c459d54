package analyze

import (
	"strings"
	"testing"
	"time"
)

// TestSeparates: what would settle it is said with what each model would do.
func TestSeparates(t *testing.T) {
	bucketFit := Fit{
		Consistent: true, Rate: exactly(10), Burst: exactly(30),
		news: []func() Limiter{func() Limiter { return &bucket{rate: 10, burst: 30} }},
	}
	logFit := Fit{
		Consistent: true, Rate: exactly(10), Burst: exactly(30),
		news: []func() Limiter{func() Limiter { return newLog(3e9, 30, false) }},
	}
	j := judged{
		model: TokenBucket{}, fit: bucketFit, survivors: []Model{TokenBucket{}, SlidingWindowLog{}},
		fits: map[string]Fit{TokenBucket{}.Doc().Title: bucketFit, SlidingWindowLog{}.Doc().Title: logFit},
	}
	// After three quarters of the time that fills the bucket it holds 22, and the
	// log none.
	why := j.several()
	for _, part := range []string{"several models explain every decision: token bucket, sliding window log; to tell them apart, send ", " after a rest: of ", "token bucket admits 52", ", sliding window log admits 30"} {
		if !strings.Contains(why, part) {
			t.Errorf("%q lacks %q", why, part)
		}
	}
	j.fits[SlidingWindowLog{}.Doc().Title] = bucketFit // both do the same
	if why := j.several(); strings.Contains(why, "apart") {
		t.Errorf("nothing tells them apart, but: %s", why)
	}
}

// TestGivingUpExcludesNothing: a model with which the search came to no end
// stays possible, and takes part in no fit.
func TestGivingUpExcludesNothing(t *testing.T) {
	j := judged{survivors: []Model{TokenBucket{}, SlidingWindowCounter{}}, fits: map[string]Fit{
		TokenBucket{}.Doc().Title:          {Consistent: true},
		SlidingWindowCounter{}.Doc().Title: unresolved("too many"),
	}}
	if why := j.several(); why != "token bucket explains every decision, but other models may as well: sliding window counter: too many" {
		t.Error(why)
	}
	if f := unresolved("x"); !f.possible() || f.Consistent {
		t.Errorf("%+v", f)
	}
	if (Fit{}).possible() {
		t.Error("a fit of nothing is possible")
	}
}

// TestTokensOnAGridWidenTheBucket: what is known of both is what is given.
func TestTokensOnAGridWidenTheBucket(t *testing.T) {
	single := TokenBucketStepped{Single: true}
	low, high := 9.5, 10.1
	j := judged{model: TokenBucket{}, survivors: []Model{TokenBucket{}, single}, fits: map[string]Fit{
		TokenBucket{}.Doc().Title: {Consistent: true, Grain: time.Millisecond, Rate: exactly(10), Burst: exactly(5)},
		single.Doc().Title:        {Consistent: true, Rate: Interval{10, &low, &high}, Burst: exactly(4)},
	}}
	j.fit = j.fits[TokenBucket{}.Doc().Title]
	j.join()
	if r, b := j.fit.Rate, j.fit.Burst; len(j.survivors) != 1 || *r.Low != 9.5 || *r.High != 10.1 || *b.Low != 4 || *b.High != 5 {
		t.Errorf("%v: rate %v burst %v", titles(j.survivors), r.String(), b.String())
	}
}
