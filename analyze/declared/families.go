package declared

// The families are the conventions whose members are told apart by no more
// than their names, which are read by rule.
var (
	// suffixed is the family that puts a window, a unit or a policy's name into
	// the header's name: X-RateLimit-Limit-Minute (Kong, Help Scout),
	// x-ratelimit-limit-tokens (OpenAI), X-RateLimit-Limit-short (NestJS),
	// X-RateLimit-PathLimit.
	suffixed = Convention{
		Name:   "x-ratelimit-suffixed",
		About:  "several limits, told apart by words in the header names",
		belong: func(s *slot) bool { return s.sure && s.key.prefix == "" && !s.bare() },
	}

	// vendorPrefix is the family of X-<Vendor>-RateLimit-….
	vendorPrefix = Convention{
		Name:   "vendor-ratelimit",
		About:  "limit, remainder and reset, in headers that begin with the vendor's name",
		belong: func(s *slot) bool { return s.sure && s.key.prefix != "" },
	}

	// xRateLimit is the family of X-RateLimit-Limit, -Remaining and -Reset, alias
	// X-Rate-Limit-…, that most libraries and services send. Its members differ in
	// how they write the reset and cannot be told apart otherwise.
	xRateLimit = Convention{
		Name:   "x-ratelimit",
		About:  "limit, remainder and reset, in X- headers",
		belong: func(s *slot) bool { return s.sure && s.key.x },
	}

	// bareTrio is RateLimit-Limit, -Remaining and -Reset without any policy: what
	// the drafts have in common, and many that use the names with a reset of their
	// own.
	bareTrio = Convention{
		Name:   "ratelimit-trio",
		About:  "limit, remainder and reset, in headers named as in the IETF drafts",
		belong: func(s *slot) bool { return s.sure },
	}

	// plain is the family of names that do not say "rate limit". They count as
	// limits only if at least two of them belong together.
	plain = Convention{
		Name:   "limit-remaining",
		About:  "limit, remainder, use and reset, in headers that do not say of what",
		belong: func(s *slot) bool { return true },
	}
)
