package command

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"ratefit/internal/accesslog"
	"ratefit/internal/replay"
	"ratefit/reports"
)

func replayCommand() command {
	return command{
		name:     "replay",
		synopsis: "[FLAGS] --limit LIMIT LOG…",
		about:    "say what a proposed limit would do to recorded traffic",
		args:     "file",
		help: `
Reads access logs or traces and lets their requests meet a limit that was not
there: who would have been refused, how often, and when. A log is in the common
or combined format of Apache and nginx, JSON with one object on each line (nginx,
Caddy, Traefik, Envoy …), a HAR, or any trace that ratefit analyze reads, packed
with gzip or not: they are told apart by content. - is standard input. Several
are taken as one.

A limit is MODEL,PARAMETER=VALUE…, with CLASS: in front if it is not for every
class. Classes are read (GET, HEAD, OPTIONS) and write; those of traces are as
they are. Several limits of a class must all admit. A limit can also be the folder
of a run, or its analysis: the limiter that was measured, with the best estimates
of its parameters.

  token-bucket            rate, burst
  token-bucket-stepped    burst, refill-interval, refill-amount (1)
  fixed-window            quota, window, anchor (clock, first-hit)
  sliding-window-log      quota, window
  sliding-window-counter  quota, window
  leaky-bucket-queue      rate, queue, free (1)
  concurrency             in-flight; the log must say how long requests took

Rates are 5/s, 100/min or 1000/15m; windows also take rate=100/min. Buckets,
fixed windows and logs take block=10s, renewed=true; sliding ones
limited-hits-count=true. Windows on the clock are in UTC.

A value of ? is searched for: the smallest that --at-most allows. With rate=? and
burst=? it is the least rate for each burst.

Where a log has whole seconds, it is not known when within the second a request
came. Then all is done twice: as if those of a second came at once, and evenly
spread. A client that is refused would come again, or give up: that is not
modelled. Requests that were refused when they were recorded are demand like all
others, unless --admitted-only leaves them out.

With --at-most or --at-most-clients the exit code is 0 when it is kept, 4 when it is
exceeded, 3 when it depends on when within their seconds requests came. Without any
request it is 3.

examples:
  ratefit replay access.log --limit token-bucket,rate=5,burst=20
  ratefit replay access.log.1.gz access.log --by client --limit fixed-window,rate=100/min
  ratefit replay access.log --at-most 0.1% --limit read:token-bucket,rate=5/s,burst=20 \
      --limit write:token-bucket,rate=1/s,burst=5
  ratefit replay access.log --limit 'token-bucket,rate=?,burst=?' --at-most 0.1%
  ratefit replay access.log --limit ratefit-out/20260102T030405Z
`,
		setup: func(f *pflag.FlagSet) action {
			var o replaying
			f.StringArrayVar(&o.limits, "limit", nil, "the proposed `limit`: MODEL,PARAMETER=VALUE…, with CLASS: in front for one class, or an analysis; repeatable")
			f.StringVar(&o.by, "by", "client,class", "who has a limiter of their own: a `list` of client, class, credential, path (its first segment), or all")
			f.StringVar(&o.atMost, "at-most", "", "`share` of requests that may be refused, such as 0.1%")
			f.StringVar(&o.atMostClients, "at-most-clients", "", "`share` of clients that may have a request refused, such as 1%")
			f.BoolVar(&o.admittedOnly, "admitted-only", false, "leave out what was refused when it was recorded")
			f.IntSliceVar(&o.limitedStatus, "limited-status", []int{429}, "`statuses` that mean a recorded request was refused")
			f.BoolVar(&o.anonymize, "anonymize", false, "call clients c1, c2 … instead of by their addresses")
			var formats []string
			for _, one := range accesslog.Formats() {
				formats = append(formats, string(one))
			}
			choiceVar(f, &o.logFormat, "log-format", "format of the logs, auto = by content", formats...)
			f.StringSliceVar(&o.logFields, "log-fields", nil, "names of fields in JSON, such as `time=ts,client=remote_ip`; also user, method, path, request, status, duration")
			choiceVar(f, &o.format, "format", "form of the result", "text", "json", "markdown")
			f.StringVar(&o.plots, "plots", "", "also draw plots as SVG and PNG into this `folder`")
			return func(ctx context.Context, s *streams, args []string) error {
				o.byGiven = f.Changed("by")
				return o.run(ctx, s, args)
			}
		},
	}
}

// replaying is the flags of ratefit replay.
type replaying struct {
	limits                []string
	by                    string
	byGiven               bool
	atMost, atMostClients string
	admittedOnly          bool
	limitedStatus         []int
	anonymize             bool
	logFormat             string
	logFields             []string
	format, plots         string
}

func (o *replaying) run(ctx context.Context, s *streams, names []string) error {
	if len(names) == 0 {
		return usageFault("try: ratefit replay access.log --limit token-bucket,rate=5,burst=20", "replay needs a log")
	}
	if err := checkStatuses(o.limitedStatus); err != nil {
		return err
	}
	if err := checkPlots(o.plots); err != nil {
		return err
	}
	job, err := o.job(s)
	if err != nil {
		return err
	}
	r, err := job.replay(ctx, s, names)
	if err != nil {
		return err
	}
	if err := o.show(s, r); err != nil {
		return err
	}
	return replayVerdict(r)
}

// show writes the report, after the plots that it lists.
func (o *replaying) show(s *streams, r *replay.Report) error {
	text := textOptions(s)
	if o.plots != "" {
		files, err := reports.ReplayPlots(o.plots, r)
		if err != nil {
			return failure("", "plots: %v", err)
		}
		for _, f := range files {
			text.Files = append(text.Files, filepath.Join(o.plots, f))
		}
	}
	var err error
	switch o.format {
	case "json":
		err = reports.ReplayJSON(s.out, r)
	case "markdown":
		err = reports.ReplayMarkdown(s.out, r)
	default:
		return outputFault(reports.ReplayText(s.out, r, text))
	}
	for _, f := range text.Files {
		s.notef("%s\n", f)
	}
	return outputFault(err)
}

// replayVerdict turns a report into an exit code.
func replayVerdict(r *replay.Report) error {
	switch {
	case r.Traffic.Requests == 0:
		return fault{code: Inconclusive}
	case r.Bound == nil || r.Bound.Verdict == replay.Held:
		return nil
	case r.Bound.Verdict == replay.Exceeded:
		return fault{code: Broken}
	}
	return fault{code: Inconclusive}
}

// job checks the flags and makes of them what is to be done.
func (o *replaying) job(s *streams) (*replayJob, error) {
	j := &replayJob{limited: o.limitedStatus, admittedOnly: o.admittedOnly, anonymize: o.anonymize, bound: replay.Unbounded}
	if err := o.readLimits(s, j); err != nil {
		return nil, err
	}
	for _, b := range []struct {
		flag, text string
		to         *float64
	}{{"at-most", o.atMost, &j.bound.Requests}, {"at-most-clients", o.atMostClients, &j.bound.Clients}} {
		if b.text == "" {
			continue
		}
		share, err := replay.ParseShare(b.text)
		if err != nil {
			return nil, usageFault("", "--%s: %v", b.flag, err)
		}
		*b.to = share
	}
	for i := range j.limits {
		if len(j.limits[i].Unknown) > 0 && !j.bound.Set() {
			return nil, usageFault("say it: --at-most 0.1%", "--limit: to search for %s, it must be known how much may be refused", strings.Join(j.limits[i].Unknown, " and "))
		}
	}
	j.reading.Format, j.reading.Paths = accesslog.Format(o.logFormat), slices.Contains(j.by, replay.ByPath)
	return j, o.readFields(j)
}

// readFields reads --log-fields.
func (o *replaying) readFields(j *replayJob) error {
	if len(o.logFields) > 0 {
		j.reading.Fields = map[accesslog.Role]string{}
	}
	for _, pair := range o.logFields {
		role, name, ok := strings.Cut(pair, "=")
		r := accesslog.Role(strings.TrimSpace(role))
		if !ok || name == "" || !accesslog.KnownRole(r) {
			return usageFault("such as --log-fields time=ts,client=remote_ip", "--log-fields: %q is not one of time, client, user, method, path, request, status, duration and a name", pair)
		}
		j.reading.Fields[r] = strings.TrimSpace(name)
	}
	if len(o.logFields) > 0 && j.reading.Format == accesslog.Auto {
		j.reading.Format = accesslog.JSON
	}
	if j.reading.Format != accesslog.JSON && len(o.logFields) > 0 {
		return usageFault("leave out one of them", "--log-fields is for logs in JSON, not for --log-format %s", j.reading.Format)
	}
	return nil
}

// divided says by what the traffic is divided: as the user says, else as the
// analysis found, which limits may stem from.
func (o *replaying) divided(found []replay.Dimension) ([]replay.Dimension, error) {
	if !o.byGiven && found != nil {
		return found, nil
	}
	by, ok := replay.Dimensional(o.by)
	if !ok || slices.Contains(by, replay.ByNothing) && len(by) > 1 {
		return nil, usageFault("such as --by client,class", "--by: %q is not a list of client, class, credential and path, nor all", o.by)
	}
	return by, nil
}
