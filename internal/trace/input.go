package trace

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
)

const (
	readBuffer = 32 << 10
	aheadBlock = 256 << 10 // bytes in one block that a goroutine decompressed
)

// An input is a stream of plain bytes: a file or reader, decompressed if it is
// gzip. It can start again where its source can be rewound.
type input struct {
	raw    io.Reader
	file   *os.File  // not nil if owned: closed by close
	seeker io.Seeker // nil if the source cannot be rewound
	start  int64     // offset of the source when it was handed over
	ahead  *readAhead
	br     *bufio.Reader
}

// openInput opens a path; "-" is standard input.
func openInput(path string) (*input, error) {
	if path == "-" {
		return newInput(os.Stdin, nil)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if st, err := f.Stat(); err == nil && st.IsDir() {
		_ = f.Close()
		return nil, fmt.Errorf("%s: is a folder; name the trace inside it", path)
	}
	in, err := newInput(f, f)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return in, nil
}

func newInput(r io.Reader, owned *os.File) (*input, error) {
	in := &input{raw: r, file: owned}
	if s, ok := r.(io.Seeker); ok {
		if at, err := s.Seek(0, io.SeekCurrent); err == nil {
			in.seeker, in.start = s, at
		}
	}
	return in, in.begin()
}

// begin sets up the chain from the source to br.
func (in *input) begin() error {
	raw := bufio.NewReaderSize(in.raw, readBuffer)
	var r io.Reader = raw
	magic, _ := raw.Peek(2)
	if string(magic) == "\x1f" {
		r = failingReader{io.ErrUnexpectedEOF}
	}
	if string(magic) == "\x1f\x8b" {
		gz, err := gzip.NewReader(raw)
		switch {
		case err == io.EOF || err == io.ErrUnexpectedEOF:
			r = failingReader{io.ErrUnexpectedEOF}
		case err != nil:
			return fmt.Errorf("not a readable gzip file: %w", err)
		default:
			r = gz
		}
		if in.ahead = nil; err == nil && in.concurrent() {
			in.ahead = startReadAhead(gz)
			r = in.ahead
		}
	}
	in.br = bufio.NewReaderSize(r, readBuffer)
	return nil
}

// unread puts back the first line, which the input's reader has just yielded.
func (in *input) unread(line []byte, whole bool) {
	first := bytes.Clone(line)
	if whole {
		first = append(first, '\n')
	}
	in.br = bufio.NewReaderSize(io.MultiReader(bytes.NewReader(first), in.br), readBuffer)
}

// concurrent reports whether decompression may have a goroutine of its own:
// only on a regular file that we opened, for there a read always returns soon,
// so that the goroutine can be waited for.
func (in *input) concurrent() bool {
	if in.file == nil {
		return false
	}
	st, err := in.file.Stat()
	return err == nil && st.Mode().IsRegular()
}

func (in *input) rewindable() bool { return in.seeker != nil }

// rewind starts the input again from where it was handed over.
func (in *input) rewind() error {
	in.stop()
	if _, err := in.seeker.Seek(in.start, io.SeekStart); err != nil {
		return err
	}
	return in.begin()
}

func (in *input) stop() {
	if in.ahead != nil {
		in.ahead.stop()
		in.ahead = nil
	}
}

func (in *input) close() error {
	in.stop()
	if in.file == nil {
		return nil
	}
	return in.file.Close()
}

// A failingReader has nothing but an error.
type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

// A readAhead reads in a goroutine of its own, a few blocks ahead.
type readAhead struct {
	full chan block
	free chan []byte
	quit chan struct{}
	gone chan struct{}
	cur  block
	rest []byte
}

// A block is what one read yielded.
type block struct {
	data []byte
	err  error
}

func startReadAhead(r io.Reader) *readAhead {
	const blocks = 4
	a := &readAhead{
		full: make(chan block, blocks),
		free: make(chan []byte, blocks),
		quit: make(chan struct{}),
		gone: make(chan struct{}),
	}
	for range blocks {
		a.free <- make([]byte, aheadBlock)
	}
	go a.run(r)
	return a
}

func (a *readAhead) run(r io.Reader) {
	defer close(a.gone)
	for {
		var buf []byte
		select {
		case buf = <-a.free:
		case <-a.quit:
			return
		}
		n, err := readFull(r, buf[:aheadBlock])
		a.full <- block{buf[:n], err} // never blocks: there are as many places as blocks
		if err != nil {
			return
		}
	}
}

// readFull fills buf as far as it can; unlike io.ReadFull it keeps the error.
func readFull(r io.Reader, buf []byte) (n int, err error) {
	for n < len(buf) && err == nil {
		var m int
		m, err = r.Read(buf[n:])
		n += m
	}
	return n, err
}

func (a *readAhead) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.cur.err != nil {
			return 0, a.cur.err
		}
		if a.cur.data != nil {
			a.free <- a.cur.data
		}
		a.cur = <-a.full
		a.rest = a.cur.data
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// stop ends the goroutine and waits for it.
func (a *readAhead) stop() {
	close(a.quit)
	<-a.gone
}
