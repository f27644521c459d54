package declared

import "strings"

// A role is what a header says about a limit.
type role uint8

const (
	noRole role = iota
	roleLimit
	roleRemaining
	roleUsed
	roleReset
	roleWindow
	roleBurst
	roleCost
	rolePolicy // the policy's name
	roleClass  // the class that the policy is for
	roles
)

// fieldWords are the words that say which field of a limit a header holds.
var fieldWords = map[string]role{
	"limit": roleLimit, "limits": roleLimit, "max": roleLimit, "maximum": roleLimit, "quota": roleLimit,
	"total": roleLimit, "allowed": roleLimit, "allowance": roleLimit,
	"remaining": roleRemaining, "remain": roleRemaining, "left": roleRemaining, "available": roleRemaining,
	"used": roleUsed, "usage": roleUsed, "count": roleUsed, "observed": roleUsed, "running": roleUsed,
	"consumed": roleUsed, "spent": roleUsed, "current": roleUsed,
	"reset": roleReset, "resets": roleReset, "resettime": roleReset,
	"window": roleWindow, "interval": roleWindow, "period": roleWindow, "renewalperiod": roleWindow, "duration": roleWindow,
	"burst": roleBurst, "capacity": roleBurst,
	"cost": roleCost, "increment": roleCost,
	"name": rolePolicy, "bucket": rolePolicy, "policy": rolePolicy, "resource": roleClass,
}

// plainWords are the field words that mean a limit even where no name says
// "rate limit"; the others are too common: X-Total-Count is about pages.
var plainWords = map[string]bool{"limit": true, "quota": true, "remaining": true, "used": true, "usage": true, "running": true, "reset": true, "left": true}

// stemWords begin the names that are about rate limits and nothing else.
var stemWords = map[string]bool{"ratelimit": true, "ratelimits": true, "ratelimiting": true, "throttle": true, "throttling": true, "throttler": true}

// windowWords are the words for windows of a fixed length, in seconds. Months
// and years have none.
var windowWords = map[string]float64{
	"second": 1, "minute": 60, "hour": 3600, "day": 86400,
	"sec": 1, "min": 60, "hr": 3600, "today": 86400,
	"secondly": 1, "minutely": 60, "hourly": 3600, "daily": 86400, "weekly": 604800, "week": 604800,
	"persecond": 1, "perminute": 60, "perhour": 3600, "perday": 86400,
}

// windowNames are the words for windows that are abbreviations of others.
var windowNames = map[string]string{
	"sec": "second", "min": "minute", "hr": "hour", "today": "day",
	"persecond": "second", "perminute": "minute", "perhour": "hour", "perday": "day",
}

// A unitName is a word for what is counted.
type unitName struct {
	unit  string
	class string // "" = all
}

var unitWords = map[string]unitName{
	"req": {requests, requests}, "reqs": {requests, requests}, "request": {requests, requests}, requests: {requests, requests},
	"calls": {requests, requests}, "tokens": {"tokens", "tokens"}, "points": {"points", "points"}, "credits": {"credits", "credits"},
	"bytes": {"bytes", "bytes"}, "tpm": {"tokens", ""}, "rpm": {requests, ""},
	"concurrent": {concurrency, ""}, "concurrency": {concurrency, ""},
}

const concurrency = "concurrency"

// classWords are the words for kinds of requests, in the singular.
var classWords = map[string]string{
	"read": "read", "reads": "read", "write": "write", "writes": "write", "delete": "delete", "deletes": "delete",
	"mutation": "mutation", "mutations": "mutation", "query": "query", "queries": "query",
}

// scopeWords are the words before "rate limit" that say whom a limit is for,
// where others name a vendor.
var scopeWords = map[string]bool{
	"user": true, "ip": true, "app": true, "application": true, "method": true, "client": true, "account": true,
	"tenant": true, "org": true, "organization": true, "team": true, "project": true, "route": true, "endpoint": true, "path": true,
}

// formats are the words that say how a length of time or an instant is written:
// the seconds of one unit, 0 = any.
var formats = map[string]float64{
	"ms": 1e-3, "millis": 1e-3, "milliseconds": 1e-3, "msec": 1e-3,
	"s": 1, "secs": 1, "seconds": 1, "minutes": 60, "mins": 60, "hours": 3600, "days": 86400,
	"after": 0, "at": 0, "in": 0, "time": 0, "epoch": 0, "timestamp": 0, "unix": 0, "utc": 0, "date": 0,
}

// relative are the formats that only a length of time has.
var relative = map[string]bool{"after": true, "in": true}

// fillers say nothing.
var fillers = map[string]bool{"x": true, "per": true, "this": true, "the": true, "for": true, "of": true, "http": true}

// otherLimits are words in the names of limits that are not on requests over
// time, and of headers that are no numbers of a limit.
var otherLimits = map[string]bool{
	"page": true, "pagination": true, "upload": true, "memory": true, "mem": true, "size": true, "body": true,
	"content": true, "file": true, "disk": true, "storage": true, "offset": true, "results": true, "items": true,
	"cpu": true, "nearlimit": true, "timeremaining": true, "retry": true, "code": true, "type": true, "reason": true,
	"scope": true, "problem": true, "ratelimited": true, "throttled": true, "password": true, "login": true, "credit": true,
}

// glued are the words that names without separators end in, as in
// X-RateLimit-PathRemaining: over HTTP/2 the capitals are gone.
var glued = []string{"ratelimit", "limit", "remaining", "resettime", "reset", "used", "usage", "running", "tpm", "rpm"}

// gluedBefore may stand before those.
var gluedBefore = []string{"ratelimit", "limit", "second", "minute", "daily", "hourly", "hour", "month", "min", "sec", "day"}

// segment cuts a normalised header name into words.
func segment(name string) []string {
	var words []string
	for chunk := range strings.SplitSeq(name, "-") {
		words = appendWords(words, chunk, false)
	}
	return words
}

// appendWords cuts a chunk without separators. inside says that a field word
// has been cut off behind it.
func appendWords(words []string, chunk string, inside bool) []string {
	if chunk == "" {
		return words
	}
	if !isWord(chunk) {
		ends := glued
		if inside {
			ends = gluedBefore
		}
		for _, end := range ends {
			if rest, ok := strings.CutSuffix(chunk, end); ok && rest != "" {
				return append(appendWords(words, rest, true), end)
			}
		}
	}
	return append(words, chunk)
}

// isWord reports whether a chunk means something as a whole.
func isWord(s string) bool {
	return fieldWords[s] != noRole || stemWords[s] || windowWords[s] > 0 || otherLimits[s] || fillers[s] || scopeWords[s]
}
