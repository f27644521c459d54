package command

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"ratefit/attack"
	"ratefit/profiles"
)

// The defaults of the budgets: enough for every built-in profile, little enough
// to be polite.
const (
	defaultMaxRequests = 20_000
	defaultMaxDuration = 2 * time.Minute
	defaultTimeout     = 5 * time.Second
)

// sending is the flags of the commands that send traffic.
type sending struct {
	credentials
	read, write, body string
	headers           []string
	sources           []string
	profile           string
	limitedStatus     []int
	maxRequests       int
	maxDuration       time.Duration
	timeout           time.Duration
	insecure, http2   bool
	yes               bool
	noProgress, quiet bool
	evenRefused       bool
	abortOn           []string
	aborts            []attack.Abort // what abortOn says
}

func (o *sending) add(f *pflag.FlagSet) {
	f.StringVar(&o.read, "read", "", "send this `request` as the read, e.g. 'GET /path' (default GET of the URL)")
	f.StringVar(&o.write, "write", "", "send this `request` as the write, e.g. 'POST /path' (default no writes: they change things)")
	f.StringVar(&o.body, "body", "", "body of the writes: `text`, @FILE or env:NAME")
	f.StringArrayVarP(&o.headers, "header", "H", nil, "send this `header` with each request: 'Name: value', or @FILE or env:NAME with such lines; repeatable")
	o.credentials.add(f)
	f.StringArrayVar(&o.sources, "source", nil, "send from this `address` of this machine, or each address of a CIDR block; repeatable")
	f.StringVar(&o.profile, "profile", profiles.Default, "traffic to send: the `name` of a built-in profile or a YAML file")
	f.IntSliceVar(&o.limitedStatus, "limited-status", []int{429}, "`statuses` that mean the limiter refused, e.g. 429,503")
	f.IntVar(&o.maxRequests, "max-requests", defaultMaxRequests, "send at most this `number` of requests")
	f.DurationVar(&o.maxDuration, "max-duration", defaultMaxDuration, "send for at most this long, and log in before that for as long at most, or a minute")
	f.StringArrayVar(&o.abortOn, "abort-on", nil, "stop when the target shows this `sign` in its last hits: 5xx=20%, errors=10%, timeouts=50% (of the last 50, or N with /N), latency=5x (half of the last 20, against the first 20); SIGN=never or never to go on; repeatable (default "+defaultAborts()+")")
	f.DurationVar(&o.timeout, "timeout", defaultTimeout, "wait at most this long for each reply")
	f.BoolVar(&o.insecure, "insecure", false, "accept any TLS certificate")
	f.BoolVar(&o.http2, "http2", false, "speak HTTP/2 where the target does")
	f.BoolVar(&o.evenRefused, "even-refused", false, "go on when the API refuses every hit (400, 401, 403, 406, 415, 422)")
	f.BoolVar(&o.yes, "yes", false, "do not ask before sending to a target on another machine")
	f.BoolVar(&o.noProgress, "no-progress", false, "show no progress")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "show nothing but the result, warnings, questions and errors")
}

// check refuses values that no target could make sense of.
func (o *sending) check() error {
	switch {
	case o.maxRequests < 1:
		return usageFault("", "--max-requests: must be at least 1")
	case o.maxDuration <= 0:
		return usageFault("", "--max-duration: must be more than 0")
	case o.timeout <= 0:
		return usageFault("", "--timeout: must be more than 0")
	case o.body != "" && o.write == "":
		return usageFault("name the write with --write 'POST /path'", "--body: there is no write to send it with")
	}
	if err := o.credentials.check(); err != nil {
		return err
	}
	var err error
	if o.aborts, err = aborts(o.abortOn); err != nil {
		return err
	}
	return checkStatuses(o.limitedStatus)
}

func checkStatuses(statuses []int) error {
	for _, status := range statuses {
		if status < 100 || status > 599 {
			return usageFault("", "--limited-status: %d is not an HTTP status", status)
		}
	}
	return nil
}

// withoutSecrets returns the flags that were given, for the manifest. Values of
// headers, bodies and queries are left out.
func withoutSecrets(f *pflag.FlagSet) map[string]string {
	flags := map[string]string{}
	f.Visit(func(fl *pflag.Flag) {
		value := fl.Value.String()
		switch fl.Name {
		case "header":
			given, _ := f.GetStringArray("header")
			names := make([]string, len(given))
			for i, h := range given {
				names[i] = headerName(h)
			}
			value = strings.Join(names, ", ")
		case "read", "write", "login":
			value = withoutQuery(value)
		}
		if slices.Contains(secretFlags, fl.Name) {
			value = concealed(value)
		}
		flags[fl.Name] = value
	})
	return flags
}

// headerName keeps the name of a header line, or the file it is read from.
func headerName(h string) string {
	if strings.HasPrefix(h, "@") || strings.HasPrefix(h, "env:") {
		return h
	}
	name, _, _ := strings.Cut(h, ":")
	return strings.TrimSpace(name)
}

// withoutQuery cuts the query of a request such as 'GET /path?token=…'.
func withoutQuery(request string) string {
	path, _, found := strings.Cut(request, "?")
	if !found {
		return request
	}
	return path + "?…"
}
