package command

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"ratefit/attack"
	"ratefit/internal/credential"
	"ratefit/internal/trace"
)

// credentials is the flags about who sends. All values are secrets.
type credentials struct {
	bearer, cookie string

	login, loginBody, loginToken string
	scheme                       string
	accounts                     string
	perSource                    string

	jwtKey, jwtAlg, jwtClaims string
	jwtLife                   time.Duration
	jwtClients                int

	embedded []credential.Account // of the sandbox; nobody else needs to know
}

const (
	onePerSource = "one"
	allPerSource = "all"

	defaultClaims = `{"sub":"ratefit-{{n}}"}`
)

func (o *credentials) add(f *pflag.FlagSet) {
	f.StringVar(&o.bearer, "bearer", "", "send this `token` as Authorization: Bearer: @FILE or env:NAME")
	f.StringVar(&o.cookie, "cookie", "", "send these `cookies`: @FILE or env:NAME, with NAME=VALUE; NAME=VALUE")
	f.StringVar(&o.login, "login", "", "log in with this `request`, e.g. 'POST /login', and again before the token expires")
	f.StringVar(&o.loginBody, "login-body", "", "body of the login: @FILE or env:NAME; {{email}} stands for the account's email, and so on (default all its fields, as JSON)")
	f.StringVar(&o.loginToken, "login-token", "", "JSON `pointer` to the token in the reply (default /bearer; with --scheme token /single_access_token)")
	choiceVar(f, &o.scheme, "scheme", "send the token as Authorization: Bearer TOKEN, as Authorization: EMAIL:TOKEN, or send the cookies that the login set",
		string(credential.Bearer), string(credential.Token), string(credential.Cookie))
	f.StringVar(&o.accounts, "accounts", "", "CSV `file` of accounts, whose first line names the columns, e.g. email,password")
	f.StringVar(&o.perSource, "per-source", "", "accounts that each address uses, `one|all` (default all, with a profile one); probes that are chosen use two at most")
	f.StringVar(&o.jwtKey, "jwt-key", "", "mint tokens with this `key`: @FILE or env:NAME, with a private key in PEM or a secret")
	f.StringVar(&o.jwtAlg, "jwt-alg", "", "`name` of their signature, e.g. HS512 or ES256 (default by the key, HS256 for a secret)")
	f.StringVar(&o.jwtClaims, "jwt-claims", "", "their claims: @FILE, env:NAME or JSON; {{n}} is the number of the client, and accounts' fields have their names; iat and exp are added (default {\"sub\":\"ratefit-{{n}}\"})")
	f.DurationVar(&o.jwtLife, "jwt-life", 0, "how long they live; they are renewed before (default 1h)")
	f.IntVar(&o.jwtClients, "jwt-clients", 0, "mint this `number` of clients; 0 = one for each account or address")
}

// secretFlags are those whose values never show, unless they name a file or a
// variable.
var secretFlags = []string{"body", "bearer", "cookie", "login-body", "jwt-key", "jwt-claims"}

// concealed says how much of a secret there is, or where it comes from.
func concealed(value string) string {
	if strings.HasPrefix(value, "@") || strings.HasPrefix(value, "env:") {
		return value
	}
	return fmt.Sprintf("%d bytes", len(value))
}

func (o *credentials) check() error {
	var kinds []string
	for _, k := range []struct{ flag, value string }{{"bearer", o.bearer}, {"login", o.login}, {"jwt-key", o.jwtKey}} {
		if k.value != "" {
			kinds = append(kinds, "--"+k.flag)
		}
	}
	switch {
	case len(kinds) > 1:
		return usageFault("leave one out", "%s: both say what to authenticate with", strings.Join(kinds[:2], " and "))
	case o.bearer != "" && o.accounts != "":
		return usageFault("leave one out; a column named bearer gives each account a token", "--bearer and --accounts: both say what to authenticate with")
	case o.login == "" && o.loginBody != "":
		return usageFault("name it with --login 'POST /login'", "--login-body: there is no login to send it with")
	case o.login == "" && o.loginToken != "":
		return usageFault("name it with --login 'POST /login'", "--login-token: there is no login whose reply has a token")
	case o.login != "" && o.loginBody == "" && o.accounts == "" && len(o.embedded) == 0:
		return usageFault("give accounts with --accounts FILE, or the body with --login-body @FILE", "--login: there is nothing to log in with")
	case o.perSource != "" && o.perSource != onePerSource && o.perSource != allPerSource:
		return usageFault("", "--per-source: %q is neither %s nor %s", o.perSource, onePerSource, allPerSource)
	case o.jwtKey == "" && (o.jwtAlg != "" || o.jwtClients != 0 || o.jwtClaims != "" || o.jwtLife != 0):
		return usageFault("give the key with --jwt-key @FILE", "--jwt-alg, --jwt-claims, --jwt-clients, --jwt-life: there is no key to mint tokens with")
	case o.jwtLife < 0:
		return usageFault("", "--jwt-life: must not be negative")
	case o.jwtKey != "" && o.scheme != string(credential.Bearer):
		return usageFault("leave --scheme out", "--scheme: minted tokens are sent as bearers")
	case o.login == "" && o.accounts == "" && len(o.embedded) == 0 && o.scheme != string(credential.Bearer):
		return usageFault("give accounts with --accounts FILE, or log in with --login", "--scheme: there is nothing to send so")
	case o.perSource != "" && o.accounts == "" && o.jwtKey == "" && len(o.embedded) == 0:
		return usageFault("give accounts with --accounts FILE", "--per-source: there is not more than one credential")
	case o.jwtClients < 0:
		return usageFault("", "--jwt-clients: must not be negative")
	}
	return nil
}

// warnBare tells of secrets that stand on the command line.
func (o *sending) warnBare(s *streams) {
	const visible = "it can be seen in the list of processes and in the shell's history; use @FILE or env:NAME"
	for _, v := range []struct{ flag, value string }{
		{"bearer", o.bearer}, {"cookie", o.cookie}, {"login-body", o.loginBody}, {"jwt-key", o.jwtKey},
	} {
		if v.value != "" && concealed(v.value) != v.value {
			s.warnf("--%s: the value stands on the command line: %s", v.flag, visible)
		}
	}
	o.warnExpiring(s)
	for _, h := range o.headers {
		if concealed(h) != h && namesSecret(headerName(h)) {
			s.warnf("--header: the value of %s stands on the command line: %s", headerName(h), visible)
		}
	}
}

// warnExpiring tells of a token that says that it expires before the run may be
// over, by this machine's clock.
func (o *sending) warnExpiring(s *streams) {
	if o.bearer == "" {
		return
	}
	token, _, err := credential.ReadLine(o.bearer)
	if err != nil {
		return // was told before
	}
	now := time.Now()
	life, told := credential.Life(token, http.Header{"Date": {now.UTC().Format(http.TimeFormat)}}, now)
	switch {
	case !told || life > o.maxDuration:
	case life <= 0:
		s.warnf("--bearer: the token has expired, by its own words")
	default:
		s.warnf("--bearer: the token expires in %s, and the run may take %s; with --login it is renewed", life.Round(time.Second), o.maxDuration)
	}
}

// namesSecret reports whether a header of this name usually holds a secret.
func namesSecret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"auth", "cookie", "token", "key", "secret", "password"}, func(part string) bool {
		return strings.Contains(name, part)
	})
}

// addCommon adds the credentials that all hits have in common.
func (o *credentials) addCommon(h http.Header) error {
	if o.bearer != "" {
		token, _, err := credential.ReadLine(o.bearer)
		if err != nil {
			return usageFault("give it with @FILE or env:NAME", "--bearer: %v", err)
		}
		h.Set("Authorization", "Bearer "+token)
	}
	if o.cookie != "" {
		cookies, _, err := credential.ReadLine(o.cookie)
		if err != nil {
			return usageFault("give them with @FILE or env:NAME", "--cookie: %v", err)
		}
		h.Add("Cookie", cookies)
	}
	return nil
}

// credentials makes what the hits of a job authenticate with: at most most of
// them, 0 = as many as there are.
func (o *sending) makeCredentials(t *target, header http.Header, sources, most int) ([]attack.Credential, error) {
	accounts := o.embedded
	if o.accounts != "" {
		var err error
		if accounts, err = credential.ReadAccounts(o.accounts); err != nil {
			return nil, usageFault("its first line names the columns, e.g. email,password", "--accounts: %v", err)
		}
	}
	n, from, make, err := o.maker(t, header, accounts, sources)
	if err != nil || make == nil {
		return nil, err
	}
	if most > 0 {
		n = min(n, most)
	}
	var all []attack.Credential
	for i := range n {
		var a credential.Account
		if len(accounts) > 0 {
			a = accounts[i%len(accounts)]
		}
		c, err := make("c"+strconv.Itoa(i+1), a)
		if err != nil {
			return nil, usageFault("", "%s: account %d: %v", from, i+1, err)
		}
		all = append(all, c)
	}
	return all, nil
}

// maker returns what makes a credential from a label and an account, how many of
// them there are, and the flag that says so; nil if there are none.
func (o *sending) maker(t *target, header http.Header, accounts []credential.Account, sources int) (
	n int, from string, make func(string, credential.Account) (attack.Credential, error), err error,
) {
	scheme := credential.Scheme(o.scheme)
	switch {
	case o.login != "":
		l, err := o.parseLogin(t, header)
		return max(1, len(accounts)), "--login", l.Credential, err
	case o.jwtKey != "":
		m, err := o.mint()
		if err != nil {
			return 0, "", nil, err
		}
		n := o.jwtClients
		if n == 0 {
			n = max(sources, len(accounts))
		}
		return n, "--jwt-claims", func(label string, a credential.Account) (attack.Credential, error) {
			fields := map[string]string{"n": label[1:]}
			for name, value := range a {
				fields[name] = value
			}
			return m.Credential(label, fields)
		}, nil
	case len(accounts) > 0:
		return len(accounts), "--accounts", func(label string, a credential.Account) (attack.Credential, error) {
			return credential.Given(label, a, scheme)
		}, nil
	}
	return 0, "", nil, nil
}

func (o *sending) parseLogin(t *target, header http.Header) (*credential.Login, error) {
	l := &credential.Login{Scheme: credential.Scheme(o.scheme)}
	method, path, err := parseRequest("--login", o.login)
	if err != nil {
		return l, err
	}
	u, err := t.at(path)
	if err != nil {
		return l, usageFault("", "--login: %v", err)
	}
	l.Request = attack.Request{Method: method, URL: u.String(), Header: header.Clone()}
	l.Request.Header.Del("Content-Type") // that of the writes
	if l.Body, _, err = credential.Read(o.loginBody); err != nil {
		return l, usageFault("give it with @FILE or env:NAME", "--login-body: %v", err)
	}
	l.Body = strings.TrimRight(l.Body, "\r\n") // editors end files with one, and forms would send it
	pointer := o.loginToken
	if pointer == "" {
		pointer = l.Scheme.DefaultPointer()
	}
	if l.Token, err = credential.ParsePointer(pointer); err != nil {
		return l, usageFault("for the member bearer it is /bearer", "--login-token: %v", err)
	}
	return l, nil
}

func (o *sending) mint() (*credential.Mint, error) {
	key, _, err := credential.Read(o.jwtKey)
	if err != nil {
		return nil, usageFault("give it with @FILE or env:NAME", "--jwt-key: %v", err)
	}
	given, life := o.jwtClaims, o.jwtLife
	if given == "" {
		given = defaultClaims
	}
	if life == 0 {
		life = time.Hour
	}
	claims, _, err := credential.Read(given)
	if err != nil {
		return nil, usageFault("", "--jwt-claims: %v", err)
	}
	m, err := credential.NewMint(key, o.jwtAlg, claims, life)
	if err != nil {
		return nil, usageFault("", "--jwt-key: %v", err)
	}
	return m, nil
}

// authenticate gives the job its credentials. An adaptive run uses two at most:
// the second tells whether credentials have limiters of their own.
func (j *job) authenticate() error {
	o := j.options
	j.onePerSource = o.perSource == onePerSource || o.perSource == "" && j.adaptive == nil
	most := 0
	if j.adaptive != nil && !j.onePerSource {
		most = 2
		if !j.adaptive.scope {
			most = 1
		}
	}
	header, err := parseHeaders(o.headers)
	if err != nil {
		return err
	}
	header.Del("Authorization")
	if j.credentials, err = o.makeCredentials(j.target, header, max(1, len(j.sources)), most); err != nil {
		return err
	}
	if _, taken := j.profile.Class(trace.LoginClass); taken && o.login != "" {
		return usageFault("give it another name", "profile %s: logins are the class %s, the profile must not have one", j.profile.Name, trace.LoginClass)
	}
	return nil
}

// clients is how many pairs of an address and a credential send.
func (j *job) clients() int {
	n := max(1, len(j.sources))
	if len(j.credentials) > 1 && !j.onePerSource {
		n *= len(j.credentials)
	}
	return n
}
