package reports

import (
	"math"

	"ratefit/analyze"
)

// bucketCapacity is what a bucket leaves to clients.
func bucketCapacity(rate, burst, ready float64) *analyze.Capacity {
	c := &analyze.Capacity{Client: &analyze.Pace{Rate: rate, Burst: max(1, int(burst)-1), Concurrency: 1, Jitter: 0.0052, Reply: 0.0013}}
	for _, d := range []float64{1, 10, 60, 3600, 86400} {
		c.Fits = append(c.Fits, analyze.FitsIn{Duration: d, FromRest: int(ready + rate*d), Sustained: int(rate * d)})
	}
	for _, n := range []int{10, 100, 1000, 10_000} {
		c.Takes = append(c.Takes, analyze.Takes{Requests: n, Duration: math.Max(0, (float64(n)-ready)/rate)})
	}
	return c
}

// met is how far clients got in a minute.
func met(ignores, limited, paced int) []analyze.Client {
	return []analyze.Client{
		{Name: analyze.ClientIgnores, Duration: 60, Admitted: ignores, Limited: limited},
		{Name: analyze.ClientBackoff, Duration: 60, Admitted: 148, Limited: 60},
		{Name: analyze.ClientBucket, Duration: 60, Admitted: paced},
	}
}

// capacityFixtures holds an analysis for each thing that can be said of a capacity.
func capacityFixtures() map[string]*analyze.Analysis {
	bucket := readLimit()
	bucket.Capacity, bucket.Clients = bucketCapacity(1.9998, 30, 30), met(149, 59_851, 148)
	slow := slowWindow().Limits[0]
	slow.Class = "write"
	slow.Capacity, slow.Clients = bucketCapacity(0.08331, 1, 5), met(5, 59_995, 5)
	slow.Capacity.Client.Concurrency = 0

	blocked := block()
	blocked.Capacity, blocked.Clients = bucketCapacity(9.99, 10, 10), met(10, 59_990, 599)

	open := undetermined()
	open.Limits[0].Capacity = bucketCapacity(1.4, 29, 29)
	open.Limits[0].Capacity.Why = "several models explain every decision: the numbers hold for each of them"

	none := unlimited()
	none.Limits[0].Capacity = &analyze.Capacity{
		Fits: []analyze.FitsIn{{Duration: 1, FromRest: 799, Sustained: 93}, {Duration: 10, FromRest: 1200, Sustained: 930}},
		Why:  "nothing was limited: these are the requests that were sent, and more may fit",
	}

	little := contradicted()
	little.Limits[0].Capacity = &analyze.Capacity{Why: "no model explains every decision: nothing is guaranteed"}

	flight := concurrency()
	flight.Capacity = &analyze.Capacity{
		Client: &analyze.Pace{Concurrency: 8, Pause: 0.002, Jitter: 0.002, Reply: 0.3},
		Why:    "the limiter has no rate: how many requests fit into a time depends on how long their replies take",
	}

	named := hostile()
	named.Limits[0].Class = "läsning-读取|<script>`x`*/\n@all www.example.org #1"
	named.Limits[0].Declared.Convention, named.Limits[0].Declared.Findings = "|<b>`*a*`", []string{"policy \"\a<script>\" is odd"}
	named.Limits[0].Capacity, named.Limits[0].Clients = bucketCapacity(1.9998, 30, 30), met(149, 59_851, 148)

	many := twelveSources()
	many.Limits[0].Capacity = bucketCapacity(1.9998, 30, 30)
	return map[string]*analyze.Analysis{
		"capacity":             analysis(bucket, slow),
		"capacity-block":       oneOf(blocked),
		"capacity-open":        open,
		"capacity-unlimited":   none,
		"capacity-unknown":     little,
		"capacity-concurrency": oneOf(flight),
		"capacity-hostile":     named,
		"capacity-twelve":      many,
	}
}
