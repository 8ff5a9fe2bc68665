package strip

import (
	"context"
	"io"
	"sync"
)

// Buffers between two goroutines: enough that neither waits for long.
const (
	pipeBuffers = 4
	pipeSize    = 32 << 10
)

func newBuffers() (free, full chan []byte) {
	free = make(chan []byte, pipeBuffers)
	full = make(chan []byte, pipeBuffers)
	for range pipeBuffers {
		free <- make([]byte, pipeSize)
	}
	return free, full
}

// An aheadReader reads from another reader in a goroutine of its own, a few
// buffers ahead of whoever calls Read.
type aheadReader struct {
	free, full chan []byte
	err        error  // why full was closed; set before that
	buf        []byte // taken from full; of the caller of Read
	rest       []byte // what of buf was not returned yet
}

// readAhead starts the goroutine, counted in wg. It ends with an error of r, which
// may be io.EOF, or with the context.
func readAhead(ctx context.Context, wg *sync.WaitGroup, r io.Reader) *aheadReader {
	a := &aheadReader{}
	a.free, a.full = newBuffers()
	wg.Go(func() {
		defer close(a.full)
		for a.err == nil {
			a.err = a.fill(ctx, r)
		}
	})
	return a
}

func (a *aheadReader) fill(ctx context.Context, r io.Reader) error {
	select {
	case buf := <-a.free:
		n, err := r.Read(buf[:pipeSize])
		a.full <- buf[:n] // there is room for every buffer
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (a *aheadReader) Read(p []byte) (int, error) {
	for len(a.rest) == 0 {
		if a.buf != nil {
			a.free <- a.buf
		}
		a.buf = <-a.full
		if a.buf == nil {
			return 0, a.err
		}
		a.rest = a.buf
	}
	n := copy(p, a.rest)
	a.rest = a.rest[n:]
	return n, nil
}

// A behindWriter writes to another writer in a goroutine of its own, a few
// buffers behind whoever calls Write.
type behindWriter struct {
	free, full chan []byte
	done       chan struct{} // closed when the goroutine ends
	err        error         // why it ended; set before that
	buf        []byte        // what is collected; of the caller of Write
}

// writeBehind starts the goroutine, which ends with Close or an error of w.
func writeBehind(w io.Writer) *behindWriter {
	b := &behindWriter{done: make(chan struct{})}
	b.free, b.full = newBuffers()
	b.buf = (<-b.free)[:0]
	go func() {
		defer close(b.done)
		for buf := range b.full {
			if _, b.err = w.Write(buf); b.err != nil {
				return
			}
			b.free <- buf
		}
	}()
	return b
}

func (b *behindWriter) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := min(len(rest), pipeSize-len(b.buf))
		b.buf = append(b.buf, rest[:n]...)
		rest = rest[n:]
		if len(b.buf) == pipeSize {
			if err := b.send(); err != nil {
				return len(p) - len(rest), err
			}
		}
	}
	return len(p), nil
}

// send hands the collected buffer over and takes an empty one.
func (b *behindWriter) send() error {
	b.full <- b.buf // there is room for every buffer
	b.buf = nil
	select {
	case buf := <-b.free:
		b.buf = buf[:0]
		return nil
	case <-b.done:
		return b.err
	}
}

// Close hands over what is left and waits until all is written.
func (b *behindWriter) Close() error {
	if len(b.buf) > 0 {
		b.full <- b.buf
	}
	close(b.full)
	<-b.done
	return b.err
}
