package sandbox

import (
	"bytes"
	_ "embed"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// openAPI describes the API (OpenAPI 3.1). Request bodies are validated against
// the schemas in it.
//
//go:embed openapi.json
var openAPI []byte

// describe answers GET /openapi.json.
func describe(*Sandbox, request) (action, *answer) {
	return func() answer {
		return answer{status: http.StatusOK, contentType: "application/json", body: openAPI}
	}, nil
}

// bodySchemas are the schemas of request bodies, by method and path.
type bodySchemas map[string]*jsonschema.Schema

// schemas compiles the schemas of all routes that take a body, once. The
// description is part of the program, so that a mistake in it is a panic that
// any test shows.
var schemas = sync.OnceValue(func() bodySchemas {
	c := compiler()
	all := bodySchemas{}
	for _, rt := range table() {
		if rt.body {
			all[rt.method+" "+rt.path] = c.MustCompile(fmt.Sprintf(
				"openapi.json#/paths/%s/%s/requestBody/content/application~1json/schema", pointer(rt.path), strings.ToLower(rt.method)))
		}
	}
	return all
})

// compiler returns a compiler that knows the description as openapi.json.
func compiler() *jsonschema.Compiler {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(openAPI))
	if err != nil {
		panic(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	c.RegisterFormat(&jsonschema.Format{Name: "iso8601", Validate: isInstant})
	if err := c.AddResource("openapi.json", doc); err != nil {
		panic(err)
	}
	return c
}

// pointer escapes a path as one token of a JSON pointer in a URL's fragment.
func pointer(path string) string {
	return strings.NewReplacer("/", "~1", "{", "%7B", "}", "%7D").Replace(path)
}
