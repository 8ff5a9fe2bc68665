package wire

import (
	"errors"
	"io"
	"net"
	"sync"
)

// chunk is how much is read at once, and the most that one packet of the
// record holds: with its headers it stays below the 65,535 bytes of an IP
// packet.
const chunk = 32 << 10

var errLimit = errors.New("the bound of bytes was reached")

// pass carries bytes both ways until both ends have sent all, or one breaks.
func (g *Gate) pass(c *Connection, client, server net.Conn) {
	var s *stream
	if g.record != nil {
		s = g.record.open(*c.Local, *c.Remote)
	}
	var wg sync.WaitGroup
	var up, down error
	wg.Go(func() { c.Sent, up = g.carry(server, client, s, fromClient) })
	wg.Go(func() { c.Received, down = g.carry(client, server, s, fromServer) })
	wg.Wait()
	c.Outcome = Passed
	for _, err := range []error{up, down} {
		switch {
		case err == nil, g.ctx.Err() != nil:
		case errors.Is(err, errLimit):
			c.Outcome, c.Error = Limited, err.Error()
		case c.Outcome == Passed:
			c.Outcome, c.Error = Broken, err.Error()
		}
	}
}

// carry carries bytes one way. When one way breaks, both are cut off.
func (g *Gate) carry(to, from net.Conn, s *stream, d direction) (n int64, err error) {
	defer func() {
		if s != nil {
			s.finish(d, err != nil)
		}
		if err != nil {
			to.Close()
			from.Close()
			return
		}
		closeWrite(to)
	}()
	buffer := make([]byte, chunk)
	for {
		k, readErr := from.Read(buffer)
		if k > 0 {
			if d == fromClient && n == 0 {
				g.noteRandom(buffer[:k])
			}
			if err := g.spend(k); err != nil {
				return n, err
			}
			if s != nil {
				s.data(d, buffer[:k])
			}
			if _, err := to.Write(buffer[:k]); err != nil {
				return n, err
			}
			n += int64(k)
		}
		if readErr == io.EOF {
			return n, nil
		}
		if readErr != nil {
			return n, readErr
		}
	}
}

// spend counts bytes against the bound.
func (g *Gate) spend(n int) error {
	if total := g.passed.Add(int64(n)); g.o.MaxBytes > 0 && total > g.o.MaxBytes {
		g.limited.Store(true)
		return errLimit
	}
	return nil
}

// closeWrite ends what is sent on a connection, and leaves what is received
// open.
func closeWrite(c net.Conn) error {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
