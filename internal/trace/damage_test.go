package trace

import (
	"bytes"
	"strings"
	"testing"
)

func TestDamaged(t *testing.T) {
	good := write(t, testMeta, typicalHits(50), testEnd)
	plain := string(gunzip(t, good))
	line := strings.SplitAfter(plain, "\n")
	flipped := bytes.Clone(good)
	flipped[len(flipped)-6] ^= 0x10 // in the checksum
	middle := bytes.Clone(good)
	for i := range 20 {
		middle[len(middle)/2+i] ^= 0xff
	}
	for _, tc := range []struct {
		name, data string
		want       []string
	}{
		{"empty", "", []string{"test: the file is empty; wanted"}},
		{"text", "hello\nworld\n", []string{"test: not a trace; wanted"}},
		{"binary", "\x00\x01\x02", []string{"test: not a trace"}},
		{"html", "<html>", []string{"test: not a trace"}},
		{"other JSON", `{"a":1}` + "\n", []string{`neither "format" nor "timestamp"`}},
		{"array", "[1]\n", []string{"not a trace"}},
		{"version", `{"format":"ratefit-trace/v9","started":"x"}` + "\n", []string{`"ratefit-trace/v9"`, `reads "ratefit-trace/v1"`}},
		{"no start", `{"format":"ratefit-trace/v1"}` + "\n", []string{`line 1: no "started"`}},
		{"bad start", `{"format":"ratefit-trace/v1","started":"today"}` + "\n", []string{"line 1: not a time"}},
		{"gzip header", "\x1f\x8b\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", []string{"not a readable gzip file"}},
		{"checksum", string(flipped), []string{"test: line 53: ", "checksum", "52 lines before it are good"}},
		{"middle", string(middle), []string{"test: line "}},
		{"garbage line", line[0] + line[1] + "garbage\n" + line[2], []string{"test: line 3: not the JSON of a record (byte 1); the 2 lines before it are good: zcat -f FILE | head -n 2"}},
		{"cut inside", line[0] + line[1][:40] + "\n" + line[2], []string{"line 2: "}},
		{"two traces", line[0] + line[1] + plain, []string{"line 3: a second trace begins"}},
		{"after the end", plain + line[1], []string{"line 53: more data after the end record"}},
		{"negative", line[0] + `{"sent":-1}` + "\n", []string{"line 2: a negative number"}},
		{"fraction", line[0] + `{"sent":1.5}` + "\n", []string{"line 2: not the JSON"}},
		{"exponent", line[0] + `{"sent":1e3}` + "\n", []string{"line 2: not the JSON"}},
		{"NaN", line[0] + `{"sent":NaN}` + "\n", []string{"line 2: not the JSON"}},
		{"leading zero", line[0] + `{"sent":01}` + "\n", []string{"line 2: not the JSON"}},
		{"overflow", line[0] + `{"sent":9223372036854775808}` + "\n", []string{"line 2: a number out of range"}},
		{"overflow of 64 bits", line[0] + `{"seq":18446744073709551616}` + "\n", []string{"line 2: a number out of range"}},
		{"status", line[0] + `{"status":1000}` + "\n", []string{"line 2: a number out of range"}},
		{"type", line[0] + `{"status":"200"}` + "\n", []string{"line 2: not the JSON"}},
		{"UTF-8", line[0] + "{\"class\":\"\xff\"}\n", []string{"line 2: not valid UTF-8"}},
		{"UTF-8 after an escape", line[0] + "{\"class\":\"\\n\xff\"}\n", []string{"line 2: not valid UTF-8"}},
		{"quote", line[0] + `{"class":"a\"b"}` + "\n" + `{"class":"a"b"}` + "\n", []string{"line 3: not the JSON"}},
		{"control", line[0] + "{\"class\":\"\x01\"}\n", []string{"line 2: not the JSON"}},
		{"trailing comma", line[0] + `{"sent":1,}` + "\n", []string{"line 2: not the JSON"}},
		{"depth", line[0] + `{"x":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + "}\n", []string{"line 2: not the JSON"}},
		{"long line", line[0] + `{"class":"` + strings.Repeat("x", MaxLine) + `"}` + "\n", []string{"line 2: longer than the 1048576 bytes"}},
		{"endless line", line[0] + strings.Repeat("x", 3*MaxLine), []string{"line 2: longer than the 1048576 bytes"}},
		{"end", line[0] + `{"end":{"at":-1}}` + "\n", []string{"line 2: a negative number"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := read([]byte(tc.data))
			if got.err == nil {
				t.Fatalf("no error: %+v", got)
			}
			for _, want := range tc.want {
				if !strings.Contains(got.err.Error(), want) {
					t.Errorf("error %q lacks %q", got.err, want)
				}
			}
			if strings.Contains(got.err.Error(), "\n") || len(got.err.Error()) > 300 {
				t.Errorf("not one short line: %q", got.err)
			}
		})
	}
	if got := read([]byte(line[0] + line[1] + "garbage\n")); len(got.hits) != 1 {
		t.Errorf("%d hits before the damage", len(got.hits))
	}
	if got := read(flipped); len(got.hits) != 50 {
		t.Errorf("%d hits before a wrong checksum", len(got.hits))
	}
}
