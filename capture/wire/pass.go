package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
)

// chunk is how much is read at once, and the most that one packet of the
// record holds: with its headers it stays below the 65,535 bytes of an IP
// packet.
const chunk = 32 << 10

// limitError reports which bound was reached.
type limitError string

func (e limitError) Error() string { return string(e) }

// reach notes that a bound was reached.
func (g *Gate) reach(limit string) error {
	g.limit.CompareAndSwap(nil, &limit)
	return limitError(limit)
}

// pass carries bytes both ways until both ends have sent all, or one breaks.
func (g *Gate) pass(c *Connection, client, server net.Conn) {
	var s *stream
	if g.record != nil {
		s = g.record.open(*c.Local, *c.Remote)
	}
	var wg sync.WaitGroup
	var up, down error
	var passed atomic.Int64
	wg.Go(func() { c.Sent, up = g.carry(server, client, s, fromClient, &passed) })
	wg.Go(func() { c.Received, down = g.carry(client, server, s, fromServer, &passed) })
	wg.Wait()
	c.Outcome = Passed
	var limit limitError
	if errors.As(context.Cause(g.ctx), &limit) {
		up, down = limit, nil // what was cut off, was so for that
	}
	for _, err := range []error{up, down} {
		switch {
		case errors.As(err, &limit):
			c.Outcome, c.Error = Limited, err.Error()
		case err == nil, g.ctx.Err() != nil:
		case c.Outcome == Passed:
			c.Outcome, c.Error = Broken, err.Error()
		}
	}
}

// carry carries bytes one way. When one way breaks, both are cut off. passed
// counts what the connection has passed, both ways.
func (g *Gate) carry(to, from net.Conn, s *stream, d direction, passed *atomic.Int64) (n int64, err error) {
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
			if err := g.spend(int64(k), passed); err != nil {
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

// spend counts bytes against the bounds.
func (g *Gate) spend(n int64, passed *atomic.Int64) error {
	all, one := g.passed.Add(n), passed.Add(n)
	switch {
	case g.o.MaxBytes > 0 && all > g.o.MaxBytes:
		return g.reach(fmt.Sprintf("the bound of %d bytes was reached", g.o.MaxBytes))
	case g.o.MaxConn > 0 && one > g.o.MaxConn:
		return g.reach(fmt.Sprintf("the bound of %d bytes for one connection was reached", g.o.MaxConn))
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
