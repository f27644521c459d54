package credential

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"ratefit/attack"
)

// Algorithms are the names of the signatures that a [Mint] can make, as RFC 7518
// and RFC 8037 name them.
var Algorithms = []string{
	"HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA",
}

// A Mint makes JSON Web Tokens.
type Mint struct {
	method jwt.SigningMethod
	key    any
	claims string
	life   time.Duration
}

// shortestMinted leaves a token a second to live after its exp, in whole seconds,
// is rounded.
const shortestMinted = 2 * time.Second

// NewMint reads a key: a private key in PEM, or else the secret of an HMAC.
// alg is one of [Algorithms]; "" = by the key, HS256 for a secret. claims is a
// template of a JSON object; iat, and exp after life, are set in it.
func NewMint(key, alg, claims string, life time.Duration) (*Mint, error) {
	if life < shortestMinted {
		return nil, fmt.Errorf("a token has to live for at least %s: its exp is in whole seconds, and it is renewed before", shortestMinted)
	}
	m := &Mint{claims: claims, life: life}
	var usual string
	var err error
	if m.key, usual, err = readKey(key); err != nil {
		return nil, err
	}
	if alg == "" {
		alg = usual
	}
	if m.method = jwt.GetSigningMethod(alg); m.method == nil || alg == "none" {
		return nil, fmt.Errorf("no signature is named %q; there are %s", alg, strings.Join(Algorithms, ", "))
	}
	if _, err := m.method.Sign("x", m.key); err != nil {
		return nil, fmt.Errorf("%s cannot be made with this key, which suits %s", alg, usual)
	}
	return m, nil
}

// readKey returns the key and the signature that suits it.
func readKey(text string) (key any, alg string, err error) {
	if !strings.Contains(text, "-----BEGIN") {
		secret := strings.TrimRight(text, "\r\n")
		if secret == "" {
			return nil, "", errors.New("the key is empty")
		}
		return []byte(secret), "HS256", nil
	}
	if block, _ := pem.Decode([]byte(text)); block == nil {
		return nil, "", errors.New("the key is not PEM, though it looks like it")
	}
	var signer crypto.PrivateKey
	for _, parse := range []func([]byte) (any, error){
		func(b []byte) (any, error) { return jwt.ParseRSAPrivateKeyFromPEM(b) },
		func(b []byte) (any, error) { return jwt.ParseECPrivateKeyFromPEM(b) },
		func(b []byte) (any, error) { return jwt.ParseEdPrivateKeyFromPEM(b) },
	} {
		if signer, err = parse([]byte(text)); err == nil {
			break
		}
	}
	switch k := signer.(type) {
	case *rsa.PrivateKey:
		if err == nil {
			return k, "RS256", nil
		}
	case *ecdsa.PrivateKey:
		if err == nil {
			return k, map[int]string{256: "ES256", 384: "ES384", 521: "ES512"}[k.Curve.Params().BitSize], nil
		}
	case ed25519.PrivateKey:
		return k, "EdDSA", nil
	}
	return nil, "", errors.New("no private key for RSA, ECDSA or Ed25519 in the PEM (a public or encrypted key cannot sign)")
}

// Credential returns one client of the mint, renewed without asking anybody.
// fields fill in the claims.
func (m *Mint) Credential(label string, fields map[string]string) (attack.Credential, error) {
	if _, err := m.token(fields, time.Now()); err != nil {
		return attack.Credential{}, err
	}
	return attack.Credential{Label: label, Renew: func(*attack.Reply) (attack.Grant, error) {
		token, err := m.token(fields, time.Now())
		// exp is a whole second, rounded down.
		return attack.Grant{Header: bearer(token), Life: m.life - coarse}, err
	}}, nil
}

func (m *Mint) token(fields map[string]string, now time.Time) (string, error) {
	text, err := expand(m.claims, fields, inJSON)
	if err != nil {
		return "", err
	}
	claims := jwt.MapClaims{}
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&claims); err != nil || d.More() || claims == nil {
		return "", errors.New("the claims are not a JSON object once they are filled in")
	}
	claims["iat"] = now.Unix()
	claims["exp"] = now.Add(m.life).Unix()
	token, err := jwt.NewWithClaims(m.method, claims).SignedString(m.key)
	if err != nil {
		return "", errors.New("the token cannot be signed")
	}
	return token, nil
}

func bearer(token string) http.Header {
	return http.Header{"Authorization": {"Bearer " + token}}
}
