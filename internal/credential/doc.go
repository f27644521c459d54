// Package credential makes the credentials that hits authenticate with: from
// values given as they are, from a login with an account's fields, or minted
// with the key that the API checks tokens with. It sends nothing: logins are
// requests that package attack sends, and their replies come back here.
//
// No error of this package shows a secret: values of credentials, fields of
// accounts, bodies, keys. Names of files, columns, placeholders and environment
// variables do show.
package credential
