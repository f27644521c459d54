package analyze

import (
	"math/rand/v2"
	"testing"
	"time"

	"ratefit/internal/bench/simulate"
	"ratefit/internal/trace"
)

// TestReserveNeedsTiming: a window with a reserve is found where replies are quick,
// and is in doubt where they are not.
func TestReserveNeedsTiming(t *testing.T) {
	for _, tc := range []struct {
		reply time.Duration
		sure  bool
	}{{time.Millisecond, true}, {60 * time.Millisecond, false}} {
		l := simulate.Either{
			&simulate.Window{Quota: 10, Length: time.Second, FromFirst: true},
			&simulate.Window{Quota: 30, Length: 10 * time.Second, FromFirst: true},
		}
		rng := rand.New(rand.NewPCG(3, 3))
		s, at := &Stream{}, time.Duration(0)
		for i := range 1200 {
			at += time.Duration(rng.ExpFloat64() * 5e7)
			o := trace.Limited
			if ok, _ := l.Decide(at, 0); ok {
				o = trace.Admitted
			}
			s.add(uint32(i), int64(at-tc.reply/2), int64(at+tc.reply/2), o)
		}
		s.order()
		f := Either{}.Fit([]*Stream{s}, Options{})
		if tc.sure && !f.Consistent {
			t.Errorf("not found with replies of %v", tc.reply)
		}
		if f.Consistent && (f.Doubt == "") != tc.sure {
			t.Errorf("replies of %v: doubt %q", tc.reply, f.Doubt)
		}
		if got := usualReply([]*Stream{s}); got.Round(time.Millisecond) != tc.reply {
			t.Errorf("replies of %v, not %v", got, tc.reply)
		}
	}
}
