package reports

import "ratefit/analyze"

func is(v float64) analyze.Parameter { return analyze.Parameter{Interval: *between(v, v, v)} }

func within(v, low, high float64) analyze.Parameter {
	return analyze.Parameter{Interval: *between(v, low, high)}
}

func word(s string) analyze.Parameter { return analyze.Parameter{Text: s} }

// modelFixtures holds an analysis for each kind of limiter.
func modelFixtures() map[string]*analyze.Analysis {
	return map[string]*analyze.Analysis{
		"stepped":         oneOf(stepped()),
		"window":          oneOf(window()),
		"sliding-log":     oneOf(slidingLog()),
		"sliding-counter": oneOf(slidingCounter()),
		"queue":           oneOf(queue()),
		"pacer":           oneOf(pacer()),
		"concurrency":     oneOf(concurrency()),
		"block":           oneOf(block()),
		"hits-count":      oneOf(hitsCount()),
		"tiers":           oneOf(tiers()),
		"reserve":         oneOf(reserve()),
		"survivors":       oneOf(survivors()),
	}
}

func oneOf(l analyze.Limit) *analyze.Analysis {
	a := analysis(l)
	a.Scope.Class, a.Scope.Source = analyze.Untested, analyze.Untested
	return a
}

// limitOf is an identified limit as an adaptive run finds it.
func limitOf(model string, params map[string]analyze.Parameter) analyze.Limit {
	rejected := func(m string, n int, at float64, hit uint64, expected, observed string) analyze.Alternative {
		return analyze.Alternative{Model: m, Contradictions: n, First: &analyze.Witness{Hit: hit, At: at, Expected: expected, Observed: observed}}
	}
	l := analyze.Limit{
		Class: "read", Sources: []string{"127.0.0.1"},
		Verdict: analyze.Identified, Model: model, Survivors: []string{model}, Params: params,
		Prediction: &analyze.Prediction{Hits: 181, Correct: 180},
		Hits:       420, Admitted: 180, Limited: 240, FirstAdmittedStatus: 200,
		LimitedStatuses: map[string]int{"429": 240},
	}
	for _, a := range []analyze.Alternative{
		rejected("leaky-bucket-queue", 79, 0.0529, 11, "delayed", "admitted at once"),
		rejected("concurrency", 111, 0.0399, 5, "limited", "admitted"),
		rejected("token-bucket", 24, 3.0021, 133, "limited", "admitted"),
		rejected("fixed-window", 65, 0.0682, 26, "admitted", "limited"),
		rejected("fixed-window", 38, 6.5, 257, "admitted", "limited"),
		rejected("sliding-window-log", 47, 3.0022, 134, "limited", "admitted"),
	} {
		if a.Model != model {
			l.Alternatives = append(l.Alternatives, a)
		}
	}
	return l
}

func stepped() analyze.Limit {
	l := limitOf("token-bucket-stepped", map[string]analyze.Parameter{
		"refill_amount": is(5), "refill_interval_s": within(0.5, 0.49998, 0.50003),
	})
	l.SustainedRate, l.Burst = between(10, 9.9994, 10.0004), between(20, 20, 20)
	return l
}

func window() analyze.Limit {
	l := limitOf("fixed-window", map[string]analyze.Parameter{
		"quota": is(30), "window_s": within(3.00005, 2.9998, 3.0003), "anchor": word("first-hit"),
	})
	l.SustainedRate, l.Burst = between(9.9998, 9.999, 10.0007), between(30, 30, 30)
	return l
}

func slidingLog() analyze.Limit {
	l := limitOf("sliding-window-log", map[string]analyze.Parameter{"quota": is(30), "window_s": within(3.00005, 2.9998, 3.0003)})
	l.SustainedRate, l.Burst = between(9.9998, 9.999, 10.0007), between(30, 30, 30)
	return l
}

func slidingCounter() analyze.Limit {
	l := limitOf("sliding-window-counter", map[string]analyze.Parameter{"quota": is(30), "window_s": within(60.001, 59.98, 60.02)})
	l.SustainedRate, l.Burst = between(0.49999, 0.49983, 0.50017), between(30, 30, 30)
	return l
}

func queue() analyze.Limit {
	l := limitOf("leaky-bucket-queue", map[string]analyze.Parameter{"free": is(1), "queue": is(20)})
	l.SustainedRate, l.Burst = between(10.0001, 9.998, 10.002), between(21, 21, 21)
	return l
}

// pacer delays and never refuses.
func pacer() analyze.Limit {
	l := limitOf("leaky-bucket-queue", map[string]analyze.Parameter{"free": is(1), "queue": {Interval: *atLeastIs(59)}})
	l.SustainedRate, l.Burst = between(20.0003, 19.996, 20.004), atLeastIs(60)
	l.Hits, l.Admitted, l.Limited, l.LimitedStatuses, l.Prediction, l.Alternatives = 180, 180, 0, nil, nil, nil
	return l
}

func concurrency() analyze.Limit {
	l := limitOf("concurrency", map[string]analyze.Parameter{"in_flight": is(8)})
	l.Burst = between(8, 8, 8)
	return l
}

func block() analyze.Limit {
	l := limitOf("fixed-window", map[string]analyze.Parameter{
		"quota": is(10), "window_s": within(1, 0.9993, 1.0006), "anchor": word("first-hit"),
		"block_s": within(5.0002, 4.9991, 5.0013), "block": word("renewed"),
	})
	l.Modifiers = []string{"block"}
	l.SustainedRate, l.Burst = between(10, 9.994, 10.008), between(10, 10, 10)
	return l
}

func hitsCount() analyze.Limit {
	l := slidingLog()
	l.Modifiers = []string{"limited-hits-count"}
	return l
}

func tiers() analyze.Limit {
	l := limitOf("tiers", map[string]analyze.Parameter{"combine": word("all")})
	l.Tiers = []analyze.Tier{
		{Model: "token-bucket", SustainedRate: *between(10.002, 9.99, 10.01), Burst: *between(10, 10, 10), Params: map[string]analyze.Parameter{}},
		{Model: "sliding-window-log", SustainedRate: *between(1.6667, 1.666, 1.6673), Burst: *between(100, 100, 100), Params: map[string]analyze.Parameter{
			"quota": is(100), "window_s": within(60.002, 59.98, 60.03),
		}},
	}
	l.SustainedRate, l.Burst = between(1.6667, 1.666, 1.6673), between(10, 10, 10)
	return l
}

func reserve() analyze.Limit {
	l := limitOf("tiers", map[string]analyze.Parameter{"combine": word("either")})
	tier := func(n, w float64) analyze.Tier {
		return analyze.Tier{
			Model: "fixed-window", SustainedRate: *between(n/w, n/w, n/w), Burst: *between(n, n, n),
			Params: map[string]analyze.Parameter{"quota": is(n), "window_s": within(w, w-0.001, w+0.001), "anchor": word("first-hit")},
		}
	}
	l.Tiers = []analyze.Tier{tier(10, 1), tier(20, 30)}
	l.SustainedRate, l.Burst = between(10.667, 10.66, 10.67), between(30, 30, 30)
	return l
}

func survivors() analyze.Limit {
	l := window()
	l.Verdict, l.Survivors, l.Prediction = analyze.Undetermined, []string{"fixed-window", "sliding-window-log"}, nil
	l.Why = "several models explain every decision: fixed window from the first hit, sliding window log; 30 hits spread over 3 s and then 30 at once would separate them"
	l.Alternatives = l.Alternatives[:3]
	return l
}
