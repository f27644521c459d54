package profiles_test

import (
	"fmt"
	"strings"
	"time"

	"ratefit/profiles"
)

func Example() {
	const text = `
about: Does a surge of reads slow down the writes?
classes:
  read:
    request: GET /items
    phases:
      - {kind: burst, hits: 30}
      - {kind: hold, rate: 120/min, duration: 20s}
  write:
    phases:
      - {kind: pause, duration: 5s}
      - {kind: hold, name: steady writes, rate: 0.5/s, duration: 15s, spacing: jittered}
`
	p, err := profiles.Load(strings.NewReader(text), "surge.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := p.Plan(2)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(plan)
	// Output:
	// surge: 156 hits from 2 sources in 20 s, at most 64 in one second
	// read (GET /items): 70 hits from each source in 20 s, at most 32 in one second
	//   at 0 s, burst: burst at one instant: 30 hits
	//   at 0 s, hold: hold 2/s for 20 s: 40 hits
	// write: 8 hits from each source in 20 s, at most 2 in one second
	//   at 0 s, pause: pause 5 s
	//   at 5 s, steady writes: hold 0.5/s for 15 s, jittered: 8 hits
}

func ExampleLoad_mistake() {
	_, err := profiles.Load(strings.NewReader(`
phases:
  - kind: hold
    rate: -5
    duration: 8s
`), "surge.yaml")
	fmt.Println(err)
	// Output:
	// surge.yaml:4: phases[0].rate: must be above 0, is -5/s; write hits per second such as 50 or 120/min
}

func ExamplePhase_Schedule() {
	phase := profiles.Phase{Kind: profiles.Hold, Rate: 4 * profiles.PerSecond, Duration: time.Second}
	schedule, err := phase.Schedule()
	if err != nil {
		fmt.Println(err)
		return
	}
	for n := range schedule.Hits() {
		at, _ := schedule.At(n)
		fmt.Println(at)
	}
	// Output:
	// 0s
	// 250ms
	// 500ms
	// 750ms
}
