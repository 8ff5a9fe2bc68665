package replay

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"pugmark/capture/warc"
	"pugmark/capture/wire"
)

// gate answers from an archive what a browser asks of the network. Nothing in it
// dials.
type gate struct {
	archive   *warc.Reader
	matcher   *matcher
	authority *authority
	tally     *tally
	time      time.Time    // of the page
	offset    atomic.Int64 // of the page's clock, a [time.Duration]

	proxy  net.Listener
	conns  chan net.Conn // that are to be served
	server *http.Server
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
}

// maxHeader is the longest header of a request; an address alone can have 2 MiB.
const maxHeader = 4 << 20

// openGate opens a gate to an archive. It is shut by close or when ctx ends.
func openGate(ctx context.Context, a *Archive, begun time.Time, tell func(Event)) (*gate, error) {
	auth, err := newAuthority(begun, a.Time)
	if err != nil {
		return nil, err
	}
	g := &gate{
		archive: a.reader, matcher: newMatcher(a.reader.Records(), a.Time), authority: auth,
		tally: &tally{tell: tell}, time: a.Time,
		conns: make(chan net.Conn),
	}
	if g.proxy, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("opening the gate: %w", err)
	}
	g.ctx, g.cancel = context.WithCancel(ctx)
	g.server = &http.Server{
		Handler: http.HandlerFunc(g.serve), MaxHeaderBytes: maxHeader,
		ErrorLog:     log.New(io.Discard, "", 0),
		TLSNextProto: make(map[string]func(*http.Server, *tls.Conn, http.Handler)), // HTTP/1.1 alone
	}
	context.AfterFunc(g.ctx, func() {
		g.proxy.Close()
		g.server.Close()
	})
	g.wg.Go(g.accept)
	g.wg.Go(func() { _ = g.server.Serve(listener{g}) }) // it ends with the gate
	return g, nil
}

// address returns the gate's address as Chrome's flag --proxy-server takes it.
func (g *gate) address() string { return "socks5://" + g.proxy.Addr().String() }

// close shuts the gate and cuts off what is open.
func (g *gate) close() {
	g.cancel()
	g.wg.Wait()
}

func (g *gate) accept() {
	for {
		c, err := g.proxy.Accept()
		if err != nil {
			return
		}
		g.wg.Go(func() {
			stop := context.AfterFunc(g.ctx, func() { c.Close() })
			if g.greet(c) != nil {
				stop()
				c.Close() // Chrome opened a connection and thought better of it
			}
		})
	}
}

// greet takes what a connection wants to reach, ends its TLS if it begins with
// that, and hands it to the server.
func (g *gate) greet(c net.Conn) error {
	host, _, err := wire.Accept(c)
	if err != nil {
		return err
	}
	peeked := &peekedConn{c, bufio.NewReader(c)}
	first, err := peeked.r.Peek(1)
	if err != nil {
		return err
	}
	var conn net.Conn = peeked
	if first[0] == tlsHandshake {
		conn = tls.Server(peeked, g.authority.config(host))
	}
	select {
	case g.conns <- conn:
		return nil
	case <-g.ctx.Done():
		return g.ctx.Err()
	}
}

// tlsHandshake is the first byte of a TLS connection (RFC 8446, section 5.1).
const tlsHandshake = 0x16

// peekedConn is a connection of which the beginning was looked at.
type peekedConn struct {
	net.Conn
	r *bufio.Reader
}

// Read implements [io.Reader].
func (c *peekedConn) Read(b []byte) (int, error) { return c.r.Read(b) }

// listener hands the gate's connections to its server.
type listener struct{ g *gate }

// Accept implements [net.Listener].
func (l listener) Accept() (net.Conn, error) {
	select {
	case c := <-l.g.conns:
		return c, nil
	case <-l.g.ctx.Done():
		return nil, errShut
	}
}

var errShut = errors.New("the gate is shut")

// Close implements [net.Listener].
func (l listener) Close() error { return nil }

// Addr implements [net.Listener].
func (l listener) Addr() net.Addr { return l.g.proxy.Addr() }
