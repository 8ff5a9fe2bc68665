package wire

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/net/proxy"
)

// upstreamDialer returns what dials through another proxy: "socks5" and
// "socks5h" (both leave the name to the proxy, as Tor needs it), "http" and
// "https" (by CONNECT).
func upstreamDialer(u *url.URL, direct *net.Dialer) (proxy.ContextDialer, error) {
	switch u.Scheme {
	case "socks5", "socks5h":
		d, err := proxy.FromURL(u, direct)
		if err != nil {
			return nil, err
		}
		return d.(proxy.ContextDialer), nil
	case "http":
		return &connectDialer{u, direct}, nil
	}
	return nil, fmt.Errorf("got a proxy of kind %q, want http or socks5", u.Scheme)
}

// CheckProxy reports why an address can't be that of an upstream proxy.
func CheckProxy(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, err
	}
	if u.Host == "" {
		return nil, fmt.Errorf("there is no host in %q", u.Redacted())
	}
	_, err = upstreamDialer(u, &net.Dialer{})
	return u, err
}

// connectDialer dials through an HTTP proxy (RFC 9110, section 9.3.6).
type connectDialer struct {
	proxy  *url.URL
	direct *net.Dialer
}

// connectTimeout bounds how long a proxy may take to answer.
const connectTimeout = 30 * time.Second

// DialContext implements [proxy.ContextDialer].
func (d *connectDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host := d.proxy.Host
	if d.proxy.Port() == "" {
		host = net.JoinHostPort(d.proxy.Hostname(), "80")
	}
	c, err := d.direct.DialContext(ctx, network, host)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { c.Close() })
	defer stop()
	c.SetDeadline(time.Now().Add(connectTimeout))
	buffered, err := d.connect(c, address)
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("proxy %s: %w", d.proxy.Host, err)
	}
	c.SetDeadline(time.Time{})
	return buffered, nil
}

func (d *connectDialer) connect(c net.Conn, address string) (net.Conn, error) {
	q := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: make(http.Header)}
	if user := d.proxy.User; user != nil {
		password, _ := user.Password()
		q.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	if err := q.Write(c); err != nil {
		return nil, err
	}
	r := bufio.NewReader(c)
	res, err := http.ReadResponse(r, q)
	if err != nil {
		return nil, err
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("it answered %s", res.Status)
	}
	return bufferedConn{c, r}, nil
}

// bufferedConn is a connection of which some was read ahead.
type bufferedConn struct {
	net.Conn
	r *bufio.Reader
}

// Read implements [net.Conn].
func (c bufferedConn) Read(b []byte) (int, error) { return c.r.Read(b) }

// CloseWrite ends what is sent, and leaves what is received open.
func (c bufferedConn) CloseWrite() error { return closeWrite(c.Conn) }
