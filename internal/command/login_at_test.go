package command

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"

	"ratefit/internal/sandbox"
)

// logIn returns a bearer token of the sandbox's demo account.
func logIn(ctx context.Context, url string) (string, error) {
	body := `{"email":"` + sandbox.DemoEmail + `","password":"` + sandbox.DemoPassword + `"}`
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url+sandbox.LoginPath, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var reply struct {
		Bearer string `json:"bearer"`
	}
	err = json.NewDecoder(resp.Body).Decode(&reply)
	return reply.Bearer, err
}
