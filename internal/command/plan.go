package command

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// A plan is what would be sent, as it is shown before the first request.
type plan struct {
	target   string   // for people
	requests []string // "read: GET http://…"
	sources  []string
	profile  string
	total    int // requests at most, within the budget
	peak     float64
	workers  int           // that send as fast as replies come; 0 = at planned instants
	length   time.Duration // within the budget
	most     int           // the budget of requests
	longest  time.Duration // the budget of time
	adaptive bool          // each probe is chosen by what is known: all numbers are bounds
	limited  int           // hits that may be limited at most, of an adaptive plan
	cut      string        // what the profile has beyond the budget, "" = nothing
}

// short is the plan in one line.
func (p *plan) short() string {
	if p.adaptive {
		return fmt.Sprintf("sending what tells most: at most %d requests, %d of them limited, in at most %s, at most %s in any second, from %s\n",
			p.total, p.limited, p.length.Round(100*time.Millisecond), plain(p.peak), p.from())
	}
	return fmt.Sprintf("sending profile %s: at most %d requests in %s, %s, from %s\n",
		p.profile, p.total, p.length.Round(100*time.Millisecond), p.pace(), p.from())
}

// long is the plan that is agreed to.
func (p *plan) long() string {
	var b strings.Builder
	fmt.Fprintf(&b, "about to send to %s, which may be another machine:\n", p.target)
	for _, r := range p.requests {
		fmt.Fprintf(&b, "  %s\n", r)
	}
	if p.adaptive {
		fmt.Fprintf(&b, "  what      each time what tells most by then (--profile for fixed traffic)\n")
		fmt.Fprintf(&b, "  requests  %d at most, and no more than %d that are limited\n", p.total, p.limited)
	} else {
		fmt.Fprintf(&b, "  profile   %s\n", p.profile)
		fmt.Fprintf(&b, "  requests  %d at most (budget %d)\n", p.total, p.most)
	}
	fmt.Fprintf(&b, "  rate      %s, all addresses together\n", p.pace())
	if p.adaptive {
		fmt.Fprintf(&b, "  duration  %s at most\n", p.longest)
	} else {
		fmt.Fprintf(&b, "  duration  %s (budget %s)\n", p.length.Round(100*time.Millisecond), p.longest)
	}
	fmt.Fprintf(&b, "  from      %s\n", p.from())
	return b.String()
}

// pace says how fast the requests follow each other.
func (p *plan) pace() string {
	switch p.workers {
	case 0:
		return fmt.Sprintf("at most %s in any second", plain(p.peak))
	case 1:
		return "as fast as 1 worker gets replies"
	}
	return fmt.Sprintf("as fast as %d workers get replies", p.workers)
}

func (p *plan) from() string {
	if len(p.sources) == 0 {
		return "this machine's own address"
	}
	if len(p.sources) > 4 {
		return fmt.Sprintf("%s … %s (%d addresses)", p.sources[0], p.sources[len(p.sources)-1], len(p.sources))
	}
	return strings.Join(p.sources, ", ")
}

// plain prints a rate without needless digits.
func plain(x float64) string {
	return fmt.Sprintf("%.4g", x)
}

// trim cuts what a profile has down to the budget, and notes what is lost.
func (p *plan) trim(requests int, length time.Duration) {
	p.total, p.length = min(requests, p.most), min(length, p.longest)
	var over []string
	if requests > p.most {
		over = append(over, fmt.Sprintf("%d requests (raise --max-requests)", requests))
	}
	if length > p.longest {
		over = append(over, fmt.Sprintf("%s (raise --max-duration)", length.Round(100*time.Millisecond)))
	}
	p.cut = strings.Join(over, " and ")
}

// agree shows the plan. For a target that is not on loopback it needs a yes
// from the person at the terminal, unless yes was given as a flag.
func agree(ctx context.Context, s *streams, p *plan, loopback, yes bool) error {
	if loopback {
		s.remarkf("%s", p.short())
	} else {
		s.notef("%s", p.long())
	}
	if p.cut != "" {
		s.warnf("the budget cuts the profile short, it has %s", p.cut)
	}
	if loopback || yes {
		return nil
	}
	if _, ok := terminal(s.in); !ok {
		return usageFault("check the plan, then add --yes", "nothing was sent: there is no terminal to ask on")
	}
	s.notef("send it? [y/N] ")
	answer, err := readLine(ctx, s.in)
	if err != nil {
		s.notef("\n")
		return fault{code: Interrupted, text: "nothing was sent: interrupted"}
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return fault{code: Failed, text: "nothing was sent: the plan was not agreed to"}
}

// readLine reads one line, or fails when ctx is done first. The reading
// goroutine then stays behind: a terminal's read cannot be stopped.
func readLine(ctx context.Context, in io.Reader) (string, error) {
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(in).ReadString('\n')
		line <- text
	}()
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case text := <-line:
		return text, nil
	}
}
