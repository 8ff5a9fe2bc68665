package capture

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"sync"

	"pugmark/capture/wire"
	"pugmark/evidence"
)

// passage is the gate of one capture and what it writes: the wire record and a
// line for each connection.
type passage struct {
	*wire.Gate
	record, connections io.WriteCloser
	shut                bool

	mu  sync.Mutex // guards err, and the writing of connections
	err error
}

// openPassage opens the gate of a capture.
func (s *session) openPassage(ctx context.Context) (*passage, error) {
	o := wire.Options{
		Policy:   wire.PolicyFor(s.address.Hostname()),
		MaxBytes: s.Limits.Traffic, MaxConn: s.Limits.Conn, MaxTime: s.Limits.Open,
		Application: evidence.Tool,
	}
	if s.AllowPrivate {
		o.Policy = o.Policy.AllowLocal()
	}
	if s.Proxy != "" {
		upstream, err := wire.CheckProxy(s.Proxy)
		if err != nil {
			return nil, badRequest("proxy", withoutCredentials(s.Proxy), err)
		}
		o.Upstream = upstream
	}
	p := new(passage)
	var err error
	if p.record, err = s.Store.Create("wire.pcapng", evidence.KindWire, "application/x-pcapng"); err != nil {
		return nil, fmt.Errorf("creating the wire record: %w", err)
	}
	if p.connections, err = s.Store.Create("connections.jsonl", evidence.KindConnections, "application/jsonl"); err != nil {
		p.record.Close()
		return nil, fmt.Errorf("creating the list of connections: %w", err)
	}
	o.Record, o.Ended = p.record, func(c wire.Connection) { p.ended(s.ledger, c) }
	if p.Gate, err = wire.Open(ctx, o); err != nil {
		p.record.Close()
		p.connections.Close()
		return nil, err
	}
	return p, nil
}

// ended writes the line of a connection.
func (p *passage) ended(l *ledger, c wire.Connection) {
	if c.Outcome == wire.Refused {
		l.blockedFor("connection", fmt.Sprintf("%s:%d", c.Host, c.Port), c.Error)
	}
	b, err := json.Marshal(c)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil && p.err == nil {
		_, err = p.connections.Write(append(b, '\n'))
	}
	if p.err == nil {
		p.err = err
	}
}

// close shuts the gate and ends what it writes. Closing again does nothing.
func (p *passage) close() error {
	if p.shut {
		return nil
	}
	p.shut = true
	err := p.Gate.Close()
	for _, w := range []io.Closer{p.record, p.connections} {
		if closeErr := w.Close(); err == nil {
			err = closeErr
		}
	}
	if err == nil {
		err = p.err
	}
	return err
}

// remote returns the address that was dialled for a web address: Chrome itself
// knows only the gate. It is "" when there was more than one, and it can't be
// told which served a response.
func (p *passage) remote(address string) string {
	host, port, ok := hostPort(address)
	if !ok {
		return ""
	}
	if all := p.Remotes(host, port); len(all) == 1 {
		return all[0].String()
	}
	return ""
}

// hostPort returns the host and port that a web address is reached at.
func hostPort(address string) (host string, port int, ok bool) {
	u, err := url.Parse(address)
	if err != nil {
		return "", 0, false
	}
	switch {
	case u.Port() != "":
		port, err = strconv.Atoi(u.Port())
	case u.Scheme == "https" || u.Scheme == "wss":
		port = 443
	default:
		port = 80
	}
	return u.Hostname(), port, err == nil
}

// keepSecrets stores the secrets of the capture's TLS connections, encrypted.
// With them, the wire record can be read without a word from Chrome or from us.
func (s *session) keepSecrets() error {
	if s.Encrypt == nil {
		return nil
	}
	keyLog, err := os.Open(s.browser.proc.keyLog())
	if errors.Is(err, fs.ErrNotExist) {
		return nil // no TLS connection was made
	}
	if err != nil {
		return fmt.Errorf("reading the key log: %w", err)
	}
	defer keyLog.Close()
	var secrets bytes.Buffer
	if n, err := s.passage.Secrets(&secrets, keyLog); err != nil || n == 0 {
		return err
	}
	return s.write("tls-secrets.age", evidence.KindSecrets, "application/age", func(w io.Writer) error {
		sealed, err := s.Encrypt(w)
		if err != nil {
			return err
		}
		if _, err := secrets.WriteTo(sealed); err != nil {
			return err
		}
		return sealed.Close()
	})
}

// explain replaces Chrome's word for a connection that wasn't made, which is
// the same for all reasons, by the gate's.
func (s *session) explain(e *netError) error {
	if s.passage == nil {
		return e // the gate is another's
	}
	at := s.URL
	if docs, _ := s.recorder.document(); len(docs) > 0 {
		at = docs[len(docs)-1].Request.URL
	}
	host, port, ok := hostPort(at)
	if !ok {
		return e
	}
	c, ok := s.passage.Last(host, port)
	if !ok {
		return e
	}
	code := map[wire.Outcome]string{
		wire.Refused: FailureForbidden, wire.Unresolved: FailureResolve, wire.Unreachable: FailureUnreachable,
	}[c.Outcome]
	if code == "" {
		return e
	}
	if c.ConnectionRefused {
		code = FailureRefused
	}
	return &Failure{Code: code, Err: fmt.Errorf("opening %q: %s", at, c.Error)}
}
