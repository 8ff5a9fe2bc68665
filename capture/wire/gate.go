package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/net/proxy"
)

// Options say how a gate works. The zero value passes to public addresses,
// without bounds, and records nothing.
type Options struct {
	Policy   Policy
	Closed   bool     // refuse everything: for what no page asked for
	Upstream *url.URL // another proxy to go through
	// MaxBytes bounds what passes in all, MaxConn what passes through one
	// connection, both ways together; MaxTime bounds how long after it was
	// opened anything passes. Zero: no bound.
	MaxBytes, MaxConn int64
	MaxTime           time.Duration
	// Record receives the wire record; nil: none is made.
	Record      io.Writer
	Application string // named in the record
	// Ended, if not nil, is told of each connection when it has ended, and
	// of each that was not made. It is called from many goroutines.
	Ended func(Connection)
}

// Connection is what became of one wish to connect.
type Connection struct {
	Time     time.Time       `json:"time"` // of the wish
	Host     string          `json:"host"` // name or address, as Chrome gave it
	Port     int             `json:"port"`
	Answers  []netip.Addr    `json:"answers,omitempty"` // what the name resolved to
	Resolved float64         `json:"resolve_ms,omitempty"`
	Local    *netip.AddrPort `json:"local,omitempty"`
	Remote   *netip.AddrPort `json:"remote,omitempty"` // the address that was dialled
	Dialled  float64         `json:"dial_ms,omitempty"`
	Proxy    string          `json:"proxy,omitempty"` // host of the upstream proxy
	Sent     int64           `json:"sent"`
	Received int64           `json:"received"`
	Duration float64         `json:"duration_ms,omitempty"`
	Outcome  Outcome         `json:"outcome"`
	Error    string          `json:"error,omitempty"`

	// ConnectionRefused tells one unreachable address from another: it is
	// there, and nothing listens at the port.
	ConnectionRefused bool `json:"connection_refused,omitempty"`
}

// Outcome says how a wish to connect ended.
type Outcome string

// The outcomes.
const (
	Passed      Outcome = "passed"      // it was made, and ended by itself
	Refused     Outcome = "refused"     // by the gate
	Unresolved  Outcome = "unresolved"  // the name has no address
	Unreachable Outcome = "unreachable" // nobody answered at the address
	Broken      Outcome = "broken"      // it was made, and broke
	Limited     Outcome = "limited"     // a bound was reached
)

// Gate is a gate that is open. Each capture has its own.
type Gate struct {
	o        Options
	listener net.Listener
	dialer   proxy.ContextDialer
	record   *recorder // nil: none
	passed   atomic.Int64
	limit    atomic.Pointer[string] // the first bound that was reached
	ctx      context.Context        // ends with the gate, or with MaxTime
	cancel   context.CancelCauseFunc
	wg       sync.WaitGroup

	mu      sync.Mutex
	dialled map[string]map[netip.AddrPort]bool // guarded by mu; by host:port
	last    map[string]Connection              // guarded by mu; the last that wasn't made, by host:port
	randoms map[string]bool                    // guarded by mu; of the TLS connections
}

// dialTimeout bounds one attempt to reach one address.
const dialTimeout = 20 * time.Second

// Open opens a gate. It is shut by [Gate.Close] or when ctx ends.
func Open(ctx context.Context, o Options) (*Gate, error) {
	direct := &net.Dialer{Timeout: dialTimeout}
	g := &Gate{
		o: o, dialer: direct,
		dialled: make(map[string]map[netip.AddrPort]bool), last: make(map[string]Connection),
		randoms: make(map[string]bool),
	}
	var err error
	if o.Upstream != nil {
		if g.dialer, err = upstreamDialer(o.Upstream, direct); err != nil {
			return nil, fmt.Errorf("opening the gate: %w", err)
		}
	}
	if o.Record != nil {
		if g.record, err = newRecorder(o.Record, o.Application); err != nil {
			return nil, err
		}
	}
	if g.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, fmt.Errorf("opening the gate: %w", err)
	}
	g.ctx, g.cancel = context.WithCancelCause(ctx)
	context.AfterFunc(g.ctx, func() { g.listener.Close() })
	if o.MaxTime > 0 {
		late := time.AfterFunc(o.MaxTime, func() { g.cancel(g.reach(fmt.Sprintf("the bound of %v was reached", o.MaxTime))) })
		context.AfterFunc(g.ctx, func() { late.Stop() })
	}
	g.wg.Go(g.accept)
	return g, nil
}

// Proxy returns the gate's address as Chrome's flag --proxy-server takes it.
func (g *Gate) Proxy() string { return "socks5://" + g.listener.Addr().String() }

// Close shuts the gate: what is still open is cut off, and the record ends.
func (g *Gate) Close() error {
	g.cancel(nil)
	g.wg.Wait()
	if g.record == nil {
		return nil
	}
	return g.record.close()
}

// Bytes returns how many bytes have passed, both ways.
func (g *Gate) Bytes() int64 { return g.passed.Load() }

// Limit says which bound was reached first, "" if none was.
func (g *Gate) Limit() string {
	if limit := g.limit.Load(); limit != nil {
		return *limit
	}
	return ""
}

// Remotes returns the addresses that were dialled for a host and port.
func (g *Gate) Remotes(host string, port int) []netip.AddrPort {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []netip.AddrPort
	for a := range g.dialled[joinHostPort(host, port)] {
		out = append(out, a)
	}
	return out
}

// Last returns the last connection to a host and port that was not made.
func (g *Gate) Last(host string, port int) (Connection, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	c, ok := g.last[joinHostPort(host, port)]
	return c, ok
}

func (g *Gate) accept() {
	for {
		c, err := g.listener.Accept()
		if err != nil {
			return
		}
		g.wg.Go(func() {
			defer c.Close()
			stop := context.AfterFunc(g.ctx, func() { c.Close() })
			defer stop()
			g.serve(c)
		})
	}
}

// serve carries out one wish.
func (g *Gate) serve(client net.Conn) {
	begun := time.Now()
	host, port, err := readRequest(client)
	if err != nil {
		return // Chrome opened a connection and thought better of it
	}
	conn := &Connection{Time: begun.UTC(), Host: host, Port: port}
	server, answer := g.connect(conn)
	if answer != replyOK {
		g.note(*conn)
		writeReply(client, answer)
		return
	}
	defer server.Close()
	stop := context.AfterFunc(g.ctx, func() { server.Close() })
	defer stop()
	if writeReply(client, replyOK) == nil {
		g.pass(conn, client, server)
	}
	conn.Duration = milliseconds(time.Since(begun))
	g.note(*conn)
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// note keeps and reports what became of a connection.
func (g *Gate) note(c Connection) {
	key := joinHostPort(c.Host, c.Port)
	g.mu.Lock()
	switch {
	case c.Remote == nil:
		g.last[key] = c
	case g.dialled[key] == nil:
		g.dialled[key] = map[netip.AddrPort]bool{*c.Remote: true}
	default:
		g.dialled[key][*c.Remote] = true
	}
	g.mu.Unlock()
	if g.o.Ended != nil {
		g.o.Ended(c)
	}
}

// connect resolves, decides and dials.
func (g *Gate) connect(c *Connection) (net.Conn, reply) {
	switch {
	case g.o.Closed:
		return nil, c.refuse(errors.New("no page asked for it"))
	case g.o.MaxBytes > 0 && g.passed.Load() > g.o.MaxBytes:
		c.Outcome, c.Error = Limited, g.Limit()
		return nil, replyForbidden
	case g.o.Upstream != nil:
		return g.connectUpstream(c)
	}
	addrs, answer := g.resolve(c)
	if answer != replyOK {
		return nil, answer
	}
	begun := time.Now()
	var failure error
	for _, a := range addrs {
		server, err := g.dialer.DialContext(g.ctx, "tcp", netip.AddrPortFrom(a, uint16(c.Port)).String())
		if err == nil {
			c.made(server, begun)
			g.know(c)
			return server, replyOK
		}
		failure = err
	}
	return nil, c.unreachable(failure)
}

// know notes the address of a connection as soon as it is made, since its
// answers come before its end.
func (g *Gate) know(c *Connection) {
	g.mu.Lock()
	defer g.mu.Unlock()
	key := joinHostPort(c.Host, c.Port)
	if g.dialled[key] == nil {
		g.dialled[key] = make(map[netip.AddrPort]bool)
	}
	g.dialled[key][*c.Remote] = true
}

// resolve returns the addresses of the host that the page may reach. If any
// is one that it may not, the name is refused altogether: an honest name has
// no such address.
func (g *Gate) resolve(c *Connection) ([]netip.Addr, reply) {
	begun := time.Now()
	addrs, err := net.DefaultResolver.LookupNetIP(g.ctx, "ip", c.Host)
	c.Resolved = milliseconds(time.Since(begun))
	if err != nil || len(addrs) == 0 {
		c.Outcome, c.Error = Unresolved, fmt.Sprint(err)
		return nil, replyUnreachable
	}
	for i := range addrs {
		addrs[i] = addrs[i].Unmap()
		c.Answers = append(c.Answers, addrs[i])
	}
	for _, a := range addrs {
		if err := g.o.Policy.check(a); err != nil {
			return nil, c.refuse(err)
		}
	}
	return addrs, replyOK
}

// connectUpstream leaves a name to the proxy, which alone may know it. An
// address is checked all the same.
func (g *Gate) connectUpstream(c *Connection) (net.Conn, reply) {
	c.Proxy = g.o.Upstream.Host
	if a, err := netip.ParseAddr(c.Host); err == nil {
		if err := g.o.Policy.check(a); err != nil {
			return nil, c.refuse(err)
		}
	} else if PolicyFor(c.Host).open[Loopback] && !g.o.Policy.open[Loopback] {
		return nil, c.refuse(fmt.Errorf("%s is this machine", c.Host))
	}
	begun := time.Now()
	server, err := g.dialer.DialContext(g.ctx, "tcp", joinHostPort(c.Host, c.Port))
	if err != nil {
		return nil, c.unreachable(err)
	}
	c.made(server, begun)
	return server, replyOK
}

func (c *Connection) refuse(err error) reply {
	c.Outcome, c.Error = Refused, err.Error()
	return replyForbidden
}

func (c *Connection) unreachable(err error) reply {
	c.Outcome, c.Error = Unreachable, err.Error()
	if errors.Is(err, syscall.ECONNREFUSED) {
		c.ConnectionRefused = true
		return replyRefused
	}
	return replyUnreachable
}

func (c *Connection) made(server net.Conn, begun time.Time) {
	local, remote := addrPort(server.LocalAddr()), addrPort(server.RemoteAddr())
	c.Local, c.Remote = &local, &remote
	c.Dialled = milliseconds(time.Since(begun))
}

func addrPort(a net.Addr) netip.AddrPort {
	if t, ok := a.(*net.TCPAddr); ok {
		p := t.AddrPort()
		return netip.AddrPortFrom(p.Addr().Unmap(), p.Port())
	}
	p, _ := netip.ParseAddrPort(a.String())
	return p
}
