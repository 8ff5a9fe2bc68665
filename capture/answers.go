package capture

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// maxAnswer bounds the answer to a command of our own, in bytes of the
// protocol's JSON: what such a command asks for is a body, which unpacked can
// be any size, and its answer stands in memory whole.
const maxAnswer = 32 << 20

// answers reads what Chrome writes, in messages that each end with a zero byte,
// and puts an error in the place of an answer that is too long.
type answers struct {
	r       *bufio.Reader
	c       io.Closer
	max     int    // bytes of an answer of our own
	pending []byte // of what is to be read
	held    []byte // the beginning of an answer of our own
	inside  bool   // the message that is pending goes on
}

func newAnswers(rc io.ReadCloser, longest int) *answers {
	return &answers{r: bufio.NewReaderSize(rc, 64<<10), c: rc, max: longest}
}

// Close implements [io.Closer].
func (a *answers) Close() error { return a.c.Close() }

// Read implements [io.Reader].
func (a *answers) Read(p []byte) (int, error) {
	for len(a.pending) == 0 {
		if err := a.next(); err != nil {
			return 0, err
		}
	}
	n := copy(p, a.pending)
	a.pending = a.pending[n:]
	return n, nil
}

// next makes the next part of a message pending, or all of an answer of our own.
func (a *answers) next() error {
	part, err := a.r.ReadSlice(0)
	more := errors.Is(err, bufio.ErrBufferFull)
	if err != nil && !more {
		a.pending = part
		if len(part) > 0 {
			return nil // the error comes again
		}
		return err
	}
	id, own := ownAnswer(part)
	if a.inside || !own || !more {
		a.pending, a.inside = part, more
		return nil
	}
	return a.hold(id, part)
}

// hold reads the rest of an answer of our own.
func (a *answers) hold(id int64, first []byte) error {
	a.held = append(a.held[:0], first...)
	for {
		part, err := a.r.ReadSlice(0)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if len(a.held) <= a.max {
			a.held = append(a.held, part...)
		}
		if err == nil {
			break
		}
	}
	a.pending = a.held
	if len(a.held) > a.max {
		a.pending = fmt.Appendf(nil, `{"id":%d,"error":{"code":-32000,"message":"the answer was longer than %d bytes"}}`+"\x00", id, a.max)
	}
	if cap(a.held) > 1<<20 {
		a.held = nil
	}
	return nil
}

// ownAnswer returns the id of the answer that begins with b, if it is one to a
// command of our own.
func ownAnswer(b []byte) (id int64, ok bool) {
	rest, ok := bytes.CutPrefix(b, []byte(`{"id":`))
	if !ok {
		return 0, false
	}
	end := bytes.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		return 0, false
	}
	id, err := strconv.ParseInt(string(rest[:end]), 10, 64)
	return id, err == nil && id >= firstOwnID
}
