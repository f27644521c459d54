package trace_test

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"time"

	"ratefit/internal/trace"
)

func Example() {
	var file bytes.Buffer
	w, err := trace.NewWriter(&file, trace.Meta{Started: time.Now(), Target: "http://user:pw@127.0.0.1/"})
	if err != nil {
		log.Fatal(err)
	}
	hit := trace.Hit{Class: "read", Method: "GET", URL: "http://127.0.0.1/?key=1", Sent: time.Second, End: 2 * time.Second, Status: 429}
	if err := w.Write(&hit); err != nil {
		log.Fatal(err)
	}
	if err := w.Flush(); err != nil { // from here on a kill loses nothing of it
		log.Fatal(err)
	}

	r, err := trace.NewReader(&file, "example")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Meta().Target)
	for {
		var h trace.Hit
		err := r.Next(&h)
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(h.Class, h.URL, h.Sent, h.Status)
	}
	fmt.Println("truncated:", r.Truncated())
	// Output:
	// http://127.0.0.1/
	// read http://127.0.0.1/?key=REDACTED 1s 429
	// truncated: true
}
