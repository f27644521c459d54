package credential

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"ratefit/attack"
)

// A Scheme is how a credential is sent.
type Scheme string

// The schemes.
const (
	Bearer Scheme = "bearer" // Authorization: Bearer TOKEN
	Token  Scheme = "token"  // Authorization: EMAIL:TOKEN
	Cookie Scheme = "cookie" // Cookie: what the login has set
)

// DefaultPointer is where a scheme's token stands in the reply to a login.
func (s Scheme) DefaultPointer() string {
	if s == Token {
		return "/single_access_token"
	}
	return "/bearer"
}

// A Login tells how to ask for a credential.
type Login struct {
	Request attack.Request // its body and class are not used
	Body    string         // a template; "" = all fields of the account, as a JSON object
	Scheme  Scheme
	Token   Pointer // to the token in the reply
}

// Credential returns a client that logs in with an account.
func (l *Login) Credential(label string, a Account) (attack.Credential, error) {
	body, kind, err := l.body(a)
	if err != nil {
		return attack.Credential{}, err
	}
	email := a["email"]
	if l.Scheme == Token && email == "" {
		if email = emailOf(body); email == "" {
			return attack.Credential{}, errors.New("the scheme token needs an email: a column of that name, or a member of the login's JSON body")
		}
	}
	request := l.Request
	request.Body = []byte(body)
	if request.Header.Get("Content-Type") == "" {
		request.Header = request.Header.Clone()
		if request.Header == nil {
			request.Header = http.Header{}
		}
		request.Header.Set("Content-Type", kind)
	}
	return attack.Credential{Label: label, Login: &request, Renew: func(reply *attack.Reply) (attack.Grant, error) {
		return l.grant(reply, email)
	}}, nil
}

func (l *Login) body(a Account) (body, contentType string, err error) {
	if l.Body != "" {
		return expandBody(l.Body, a)
	}
	if len(a) == 0 {
		return "", "", errors.New("there is neither an account nor a body to log in with")
	}
	b, err := json.Marshal(a)
	return string(b), "application/json", err
}

// emailOf finds the email in a body.
func emailOf(body string) string {
	var b struct {
		Email string `json:"email"`
	}
	_ = json.Unmarshal([]byte(body), &b) // a form has none
	return b.Email
}

// grant takes the credential out of the reply to a login.
func (l *Login) grant(reply *attack.Reply, email string) (attack.Grant, error) {
	if l.Scheme == Cookie {
		return cookies(reply)
	}
	var document any
	if err := json.Unmarshal(reply.Body, &document); err != nil {
		return attack.Grant{}, fmt.Errorf("the reply, of status %d, is not JSON", reply.Status)
	}
	v, err := l.Token.Find(document)
	if err != nil {
		return attack.Grant{}, fmt.Errorf("no token at %s in the reply: %w", l.Token, err)
	}
	token, ok := v.(string)
	if !ok || token == "" || !printable(token) {
		return attack.Grant{}, fmt.Errorf("what the reply has at %s is not a token: a string of one line", l.Token)
	}
	g := attack.Grant{Header: bearer(token)}
	if l.Scheme == Token && !printable(email) {
		return attack.Grant{}, errors.New("the account's email is not of one line: it cannot be sent beside the token")
	}
	if l.Scheme == Token {
		g.Header = http.Header{"Authorization": {email + ":" + token}}
	}
	life, told := Life(token, reply.Header, time.Now())
	if !told {
		life, told = expiresIn(document)
	}
	switch {
	case !told:
		return g, nil
	case life <= 0:
		return g, errors.New("the token that it gave has expired already, by the clock of the server")
	}
	g.Life = life
	return g, nil
}

// expiresIn reads the lifetime that a reply of OAuth 2.0 (RFC 6749, section 5.1)
// gives beside its token.
func expiresIn(document any) (time.Duration, bool) {
	object, _ := document.(map[string]any)
	s, ok := object["expires_in"].(float64)
	if !ok || s < 0 || s > longest.Seconds() {
		return 0, false
	}
	return time.Duration(s * 1e9), true
}

// cookies keeps all cookies that a reply sets.
func cookies(reply *attack.Reply) (attack.Grant, error) {
	var pairs []string
	var g attack.Grant
	for _, c := range (&http.Response{Header: reply.Header}).Cookies() {
		if c.MaxAge < 0 || c.Value == "" {
			continue
		}
		pairs = append(pairs, c.Name+"="+c.Value)
		if life := min(time.Duration(min(c.MaxAge, 1e9))*time.Second, longest); life > 0 && (g.Life == 0 || life < g.Life) {
			g.Life = life
		}
	}
	if len(pairs) == 0 {
		return g, fmt.Errorf("the reply, of status %d, sets no cookie", reply.Status)
	}
	g.Header = http.Header{"Cookie": {strings.Join(pairs, "; ")}}
	return g, nil
}

// Given returns the credential that an account's own columns hold: bearer,
// cookie, or email and token.
func Given(label string, a Account, s Scheme) (attack.Credential, error) {
	column, value := string(s), a[string(s)]
	if value == "" || !printable(value) {
		return attack.Credential{}, fmt.Errorf("an account without a usable %s: give the file that column, or --login to ask for it", column)
	}
	c := attack.Credential{Label: label, Header: bearer(value)}
	switch s {
	case Cookie:
		c.Header = http.Header{"Cookie": {value}}
	case Token:
		if a["email"] == "" || !printable(a["email"]) {
			return attack.Credential{}, errors.New("an account without a usable email: the scheme token sends EMAIL:TOKEN")
		}
		c.Header = http.Header{"Authorization": {a["email"] + ":" + value}}
	}
	return c, nil
}
