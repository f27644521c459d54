package sandbox

import (
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// issuer is the "iss" claim of the API's tokens.
const issuer = "Launch27"

// cookieName is the cookie that stands in for an Authorization header. It
// holds an account's single access token.
const cookieName = "user_credentials"

// access knows the accounts and checks credentials.
type access struct {
	key     []byte
	life    time.Duration
	legacy  bool
	byEmail map[string]*account
	byToken map[string]*account
	last    atomic.Pointer[verified]
}

type account struct{ Account }

// claims is the payload of a token.
type claims struct {
	Email             string `json:"email"`
	SingleAccessToken string `json:"single_access_token"`
	jwt.RegisteredClaims
}

// verified is the token that was checked last: under load the same few come
// again and again, and checking a signature costs more than all the rest.
type verified struct {
	token   string
	account *account
	expires time.Time
}

func newAccess(o Options) (*access, error) {
	a := &access{
		key:     o.Key,
		life:    o.TokenLife,
		legacy:  o.LegacyToken,
		byEmail: make(map[string]*account),
		byToken: make(map[string]*account),
	}
	if len(a.key) == 0 {
		a.key = make([]byte, minKey)
		rand.Read(a.key)
	}
	for i, given := range o.Accounts {
		acc := &account{given}
		if acc.Token == "" {
			acc.Token = rand.Text()
		}
		switch {
		case acc.Email == "" || acc.Password == "":
			return nil, fmt.Errorf("account %d lacks an email or a password", i+1)
		case a.byEmail[acc.Email] != nil:
			return nil, fmt.Errorf("account %d has the email of an earlier one", i+1)
		case a.byToken[acc.Token] != nil:
			return nil, fmt.Errorf("account %d has the token of an earlier one", i+1)
		}
		a.byEmail[acc.Email] = acc
		a.byToken[acc.Token] = acc
	}
	return a, nil
}

// issue signs a token for an account. It expires on a whole second.
func (a *access) issue(acc *account, now time.Time) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		Email:             acc.Email,
		SingleAccessToken: acc.Token,
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer:    issuer,
			ExpiresAt: jwt.NewNumericDate(now.Add(a.life)),
		},
	})
	return token.SignedString(a.key)
}

// login returns the account with this email and password, or nil.
func (a *access) login(email, password string) *account {
	acc := a.byEmail[email]
	if acc == nil || subtle.ConstantTimeCompare([]byte(acc.Password), []byte(password)) == 0 {
		return nil
	}
	return acc
}

// identify returns the account whose credentials a request carries, or nil. An
// Authorization header decides alone; the cookie counts only without one.
func (a *access) identify(r *http.Request, now time.Time) *account {
	auth := r.Header.Get("Authorization")
	if auth == "" {
		c, err := r.Cookie(cookieName)
		if err != nil {
			return nil
		}
		return a.byToken[c.Value]
	}
	if scheme, token, ok := strings.Cut(auth, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return a.bearer(token, now)
	}
	if !a.legacy {
		return nil
	}
	email, token, _ := strings.Cut(auth, ":")
	if acc := a.byToken[token]; acc != nil && acc.Email == email {
		return acc
	}
	return nil
}

// bearer returns the account that a token was issued to, or nil if the token
// is forged, expired or incomplete.
func (a *access) bearer(token string, now time.Time) *account {
	if v := a.last.Load(); v != nil && v.token == token && now.Before(v.expires) {
		return v.account
	}
	var c claims
	_, err := jwt.ParseWithClaims(token, &c,
		func(*jwt.Token) (any, error) { return a.key, nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}),
		jwt.WithIssuer(issuer),
		jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(func() time.Time { return now }))
	acc := a.byEmail[c.Email]
	if err != nil || acc == nil || acc.Token != c.SingleAccessToken {
		return nil
	}
	a.last.Store(&verified{token, acc, c.ExpiresAt.Time})
	return acc
}

// Login returns what POST /login would put into "bearer" for an account, for
// callers in the same process that must not spend a token of the write bucket.
func (s *Sandbox) Login(email, password string) (string, error) {
	acc := s.access.login(email, password)
	if acc == nil {
		return "", errors.New("no account with this email and password")
	}
	return s.access.issue(acc, s.now())
}
