package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// What the API with accounts knows. All of it is secret: scripts search for it.
const (
	accountPassword = "PASSWORD-SECRET"
	accountToken    = "TOKEN-SECRET"
	accountCookie   = "COOKIE-SECRET"
	accountBearer   = "BEARER-SECRET"
	accountKey      = "0123456789-KEY-SECRET-0123456789"
	accountLife     = 3 * time.Second
)

// accountsAPI is a limited API that asks for credentials: tokens that live for
// three seconds and come from POST /login, a legacy token, a cookie, or a token
// that does not change. Logins are writes. The limiter stands before all checks.
func accountsAPI(ratePerSecond float64, burst int) http.HandlerFunc {
	limited := limitedAPI(ratePerSecond, burst)
	return func(w http.ResponseWriter, r *http.Request) {
		answer := &heldStatus{ResponseWriter: w}
		if limited(answer, r); answer.status != 0 {
			w.WriteHeader(answer.status)
			return
		}
		switch {
		case r.URL.Path == "/login":
			logInAccount(w, r)
		case !knownAccount(r):
			w.WriteHeader(http.StatusUnauthorized)
		case r.Method == http.MethodPost:
			var body map[string]string
			if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
				w.WriteHeader(http.StatusBadRequest)
			} else if body["name"] == "" {
				w.WriteHeader(http.StatusUnprocessableEntity)
			}
		}
	}
}

// heldStatus keeps a status to itself.
type heldStatus struct {
	http.ResponseWriter
	status int
}

func (h *heldStatus) WriteHeader(status int) { h.status = status }

func logInAccount(w http.ResponseWriter, r *http.Request) {
	var body map[string]string
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil || body["password"] != accountPassword {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"email": body["email"], "exp": time.Now().Add(accountLife).Unix(),
	}).SignedString([]byte(accountKey))
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "session", Value: accountCookie})
	_ = json.NewEncoder(w).Encode(map[string]string{"bearer": token, "single_access_token": accountToken})
}

func knownAccount(r *http.Request) bool {
	if c, err := r.Cookie("session"); err == nil && c.Value == accountCookie {
		return true
	}
	auth := r.Header.Get("Authorization")
	token, isBearer := strings.CutPrefix(auth, "Bearer ")
	if !isBearer {
		return strings.HasSuffix(auth, "@example.com:"+accountToken)
	}
	_, err := jwt.Parse(token, func(*jwt.Token) (any, error) { return []byte(accountKey), nil }, jwt.WithExpirationRequired())
	return err == nil || token == accountBearer
}
