// Ratefit finds out from outside which rate limiter stands in front of an HTTP
// API, and its parameters: the sustained rate and the burst, each as an
// interval that holds the truth if the model is right. It sends
// a few hits, keeps the models that explain every outcome, sends the hits that
// tell most between them, and so on, until one is left; then it foretells hits
// that it has not seen.
//
// Usage:
//
//	ratefit COMMAND [FLAGS] [ARGUMENTS]
//
// The commands are:
//
//	run         measure the limiter in front of a URL, or of the embedded sandbox
//	verify      prove that a limiter does what was configured, e.g. in CI
//	attack      send a profile of traffic and write a trace, without analyzing it
//	analyze     find the limiter that explains recorded traffic
//	report      print an analysis again, and draw its plots
//	compare     show two analyses side by side, and what changed
//	sandbox     serve a small booking API with known limits, to try ratefit on
//	replay      say what a proposed limit would do to recorded traffic
//	convert     turn a trace into Vegeta's formats, and back
//	profiles    list, show and check profiles of traffic
//	models      list the models of limiters, and what tells them apart
//	bench       try the analysis on simulated limiters whose truth is known
//	schema      print the JSON Schema of a document that ratefit writes
//	version     print the version of ratefit and of Go
//	completion  print a script that completes commands and flags in a shell
//	man         print the manual page, for man
//
// "ratefit help COMMAND" and "ratefit COMMAND --help" print the manual of one
// command with all its flags.
//
// # First steps
//
// Measure the embedded sandbox, an API with known limits (at most two and a half minutes):
//
//	ratefit run
//
// Measure the reads of an API of your own:
//
//	ratefit run http://127.0.0.1:8080/items
//
// Reads and writes, from two addresses, with credentials from a file:
//
//	ratefit run http://127.0.0.1:8080/items --write 'POST /items' \
//	    --body '{"name":"x"}' --source 127.0.0.2/31 -H @headers.txt
//
// Logging in like the API's clients do, with accounts from a CSV file:
//
//	ratefit run http://127.0.0.1:8080/items --login 'POST /login' \
//	    --accounts accounts.csv --login-token /bearer
//
// With as few refusals as will do, and with each choice explained:
//
//	ratefit run http://127.0.0.1:8080/items --polite --verbose
//
// Record now and analyze later, or elsewhere, or what Vegeta recorded:
//
//	ratefit attack http://127.0.0.1:8080/items --out monday.jsonl.gz
//	ratefit analyze monday.jsonl.gz
//	vegeta attack -rate 50 -duration 30s -targets t.txt | ratefit analyze -
//
// Prove in CI that a limiter does what was configured:
//
//	ratefit verify http://127.0.0.1:8080/items --expect read=2/s:30 --junit limits.xml
//
// # What is sent
//
// Reads are GET of the URL unless --read names another request. Writes change
// things, so they are sent only when --write names one. Redirects are not
// followed, proxies are not used, and nothing goes to another host than the
// URL's.
//
// What and when is chosen while ratefit runs: it simulates every limiter that is
// still possible on each candidate probe, and sends the one on whose outcome they
// disagree most. When one limiter is left it sends random hits around the fitted
// rate and foretells each. --verbose prints each probe with its reason;
// manifest.json keeps them. --max-requests, --max-limited, --max-duration and
// --max-rate are hard. --abort-on stops when the target seems to suffer. A limiter that is too slow for them is announced, with the
// time that it would take. --polite spends time to be refused less often.
//
// --scope asks whether reads and writes, and addresses, have limiters of their
// own: one side is exhausted and the other one asked at once. --profile sends a
// fixed script instead, see "ratefit profiles"; --max-requests and --max-duration
// bound it too.
//
// To a target on this machine ratefit sends at once. For any other it first
// shows the plan and asks; without a terminal to ask on it needs --yes. What
// counts are the addresses that the target's name resolves to.
//
// # Who sends
//
// --bearer, --cookie, --header, --body, --login-body and --jwt-key take @FILE and
// env:NAME for the contents of a file or of a variable of the environment. A value
// on the command line works; if it is a credential, with a warning: everybody on
// the machine can see it.
//
// --login sends a request for each account, takes the token out of the reply by
// a JSON pointer (--login-token, /bearer unless given) and sends it as --scheme
// says. --accounts is a CSV file whose first line names the columns; {{email}} in
// --login-body stands for the column email. Tokens are renewed before their exp,
// told by the server's clock, while the old one is still valid. Without --login
// the accounts' columns bearer, token or cookie are sent. --jwt-key mints tokens
// with --jwt-claims, for those who own the API.
//
// Logins go out from the address that they are for and count towards the budget.
// They are the class "login" of the trace, with the label of the credential, never
// its value, and belong to no limit's hits; but a limiter may count them as
// writes, and the analysis says whether it does, or allows for both.
//
// Hits that the API refuses (400, 401, 403, 406, 415, 422) may have cost a token
// or not: --cost-probe finds out, for wrong credentials and wrong bodies, and so
// tells whether the limiter stands before these checks. When all are refused the
// run ends after ten of them, unless --even-refused is given.
//
// # What is found
//
// "ratefit models" lists the limiters that can be named, and how each shows from
// outside. Each verdict is one of
//
//	identified    one model explains every decision
//	undetermined  several do, or the one that does foretells too little; the
//	              report names them
//	insufficient  too few decisions to bound the model; it says what is missing
//	unlimited     nothing was limited, up to the rate that was sent
//	contradicted  no model explains every decision; the nearest is named
//
// For each model that is ruled out the report shows how many decisions it cannot
// explain, and the first of them.
//
// Where a limiter is known, the report also says what it leaves to clients: how many
// requests fit into 1 s, 10 s, 1 min, 1 h and a day, from rest and sustained; how long
// 10 to 10,000 requests take; and settings of a client-side limiter that is never
// limited. All of that is guaranteed: by the worst limiter that still explains the
// trace. "ratefit report FOLDER --client go" prints the settings as code, for Go or
// another language; "--client list" names the libraries.
//
// # What is shown meanwhile
//
// On a terminal, standard error shows how far a run is: for each class and
// address what was sent, admitted and limited, and how many hits the limiters that
// are still possible would admit now; what is known, what is being sent and why,
// and what is left of the time and the budget. Nothing that is measured waits for
// it, and at the end it is gone. Elsewhere, and where TERM is dumb, there are plain
// lines. --no-progress shows neither, --quiet nothing but the result, warnings and
// questions. NO_COLOR is respected; where the locale is not UTF-8 pictures are
// made of ASCII.
//
// # What is written
//
// A run writes a new folder, ratefit-out/TIME or the one that --out names, and
// never overwrites anything:
//
//	trace.jsonl.gz   every hit; can be read even when the run was killed
//	analysis.json    what was found; see "ratefit schema analysis"
//	manifest.json    how: target, probes or profile, flags, versions, clocks; see "ratefit schema manifest"
//	report.html      what was found, with pictures, for people
//	*.svg, …         plots as SVG, PNG and PDF
//
// Results go to standard output, everything else to standard error: with
// --format json standard output is exactly the document of analysis.json.
// Credentials, that is values of headers, bodies, query values and user info of
// URLs, are never printed or stored.
//
// # Exit codes
//
//	0    the job was done: every limiter is identified, or nothing was limited
//	1    operational error, such as a target that cannot be reached, or one that
//	     seemed to suffer (see --abort-on); what was recorded is kept and analyzed
//	2    wrong usage; nothing was sent
//	3    inconclusive: a limiter is undetermined or contradicts every model, or
//	     there was too little to tell. Never a pass
//	4    an expectation of verify, or of the profile, does not hold; with
//	     --expect-declared: a limit that the headers declare
//	130  interrupted; what was recorded until then is kept and analyzed
//
// A declared limit that does not hold is always reported. It changes the exit
// code only where it was the question, that is with --expect-declared. Then a
// limit that is not declared, or that cannot be judged, gives 3.
//
// Where there are expectations they alone decide: 0 when all are held, 4 when one
// is broken, else 3. "ratefit compare" ends with 0 whatever it finds, unless
// --expect-same is given.
//
// The first interrupt ends the sending and leads to a partial report. A second
// one ends ratefit at once.
package main

import (
	"context"
	_ "embed"
	"io"
	"log"
	"os"
	"os/signal"
	"syscall"

	"ratefit/internal/command"
)

// source is this file: its comment is the text of the manual page too.
//
//go:embed main.go
var source string

func main() {
	os.Exit(run())
}

// run cancels the command on the first interrupt, so that it can keep what it
// has. A second one ends the process at once.
func run() int {
	// net/http logs what servers send out of turn: nobody's output, and it may
	// hold anything.
	log.SetOutput(io.Discard)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(command.Interrupted)
	}()
	return command.Run(ctx, command.Handbook(source), os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}
