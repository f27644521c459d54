package sandbox

import "net/http"

// login answers POST /login: {"email": …, "password": …} gives a bearer token
// and the account's single access token, also as a cookie.
func login(s *Sandbox, q request) (action, *answer) {
	return func() answer {
		acc := s.access.login(q.form.text("email"), q.form.text("password"))
		if acc == nil {
			return unauthorized()
		}
		bearer, err := s.access.issue(acc, q.now)
		if err != nil {
			return plain(http.StatusInternalServerError)
		}
		a := object(http.StatusOK, map[string]string{
			"email":               acc.Email,
			"bearer":              bearer,
			"single_access_token": acc.Token,
		})
		cookie := http.Cookie{Name: cookieName, Value: acc.Token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode}
		a.header = []headerLine{
			{"Cache-Control", []string{"no-store"}},
			{"Set-Cookie", []string{cookie.String()}},
		}
		return a
	}, nil
}
