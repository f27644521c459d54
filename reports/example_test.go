package reports_test

import (
	"os"

	"ratefit/analyze"
	"ratefit/reports"
)

func ExampleText() {
	low, high := 1.9998, 2.0003
	burst := 30.0
	agrees := true
	a := &analyze.Analysis{
		Target: "http://127.0.0.1:8080/", Duration: 31.2,
		Limits: []analyze.Limit{{
			Class: "read", Sources: []string{"127.0.0.2"}, Verdict: analyze.Identified, Model: "token-bucket",
			SustainedRate: &analyze.Interval{Value: 2, Low: &low, High: &high},
			Burst:         &analyze.Interval{Value: burst, Low: &burst, High: &burst},
			Declared:      &analyze.Declared{Convention: "launch27-api-2.0", Burst: &burst, Agrees: &agrees},
			Hits:          2904, Admitted: 87, Limited: 2817,
		}},
		Sent: analyze.Sent{AskedRate: 400, AchievedRate: 399, Requests: 2904},
	}
	if err := reports.Text(os.Stdout, a, reports.TextOptions{Width: 90}); err != nil {
		panic(err)
	}
	// Output:
	// read  token bucket: 2.000 requests/s sustained (1.9998 – 2.0003), burst 30 (exactly)
	//
	//         hits  admitted  limited  failed  unknown  foretold  headers
	//   read  2904        87     2817       0        0         –  ✓ agree
	//
	// read, from 127.0.0.2
	//   rate     known to ± 0.015 %, one request every 0.5 s
	//   headers  ✓ agree: they declare burst 30 (launch27-api-2.0)
	//
	// scope   not tested: separate limiters by class, address, credential or path
	// sent    2904 requests in 31.2 s, at most 399 in one second (asked for: 400), none missing
	// target  http://127.0.0.1:8080/
}
