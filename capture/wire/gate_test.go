package wire

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/net/proxy"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// ended collects what a gate tells of its connections.
type ended struct {
	mu   sync.Mutex
	list []Connection
}

func (e *ended) add(c Connection) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, c)
}

// open opens a gate, and returns a client that goes through it.
func open(t *testing.T, o Options) (*Gate, *http.Client, *ended) {
	t.Helper()
	e := new(ended)
	o.Ended = e.add
	g, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.Close() })
	return g, throughProxy(t, g.Proxy()), e
}

func throughProxy(t *testing.T, address string) *http.Client {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	d, err := proxy.FromURL(u, &net.Dialer{})
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{
		Transport: &http.Transport{DialContext: d.(proxy.ContextDialer).DialContext, DisableKeepAlives: true},
		Timeout:   20 * time.Second,
	}
}

func get(t *testing.T, c *http.Client, address string) (string, error) {
	t.Helper()
	res, err := c.Get(address)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return string(b), err
}

func hello(t *testing.T) *httptest.Server {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprintf(w, "hello from %s", r.Host) }))
	t.Cleanup(srv.Close)
	return srv
}

func TestPass(t *testing.T) {
	srv := hello(t)
	g, client, e := open(t, Options{Policy: PolicyFor("127.0.0.1")})
	host := strings.TrimPrefix(srv.URL, "http://")
	if got, err := get(t, client, srv.URL); err != nil || got != "hello from "+host {
		t.Fatalf("got %q, %v", got, err)
	}
	g.Close()
	if len(e.list) != 1 {
		t.Fatalf("got %d connections, want 1", len(e.list))
	}
	c := e.list[0]
	if c.Outcome != Passed || c.Remote.String() != host || c.Sent == 0 || c.Received == 0 || len(c.Answers) != 1 {
		t.Errorf("got %+v", c)
	}
	if got := g.Remotes("127.0.0.1", c.Port); len(got) != 1 || got[0].String() != host {
		t.Errorf("got remotes %v, want %s", got, host)
	}
}

func TestRefuse(t *testing.T) {
	srv := hello(t)
	port := srv.Listener.Addr().(*net.TCPAddr).Port
	for _, test := range []struct {
		policy Policy
		host   string
	}{
		{PolicyFor("example.org"), "127.0.0.1"},
		{PolicyFor("example.org"), "localhost"}, // a name, refused after it is resolved
		{PolicyFor("example.org"), "::1"},
		{PolicyFor("192.168.7.7"), "127.0.0.1"},
		{PolicyFor("127.0.0.1"), "169.254.169.254"},
		{PolicyFor("127.0.0.1"), "10.0.0.1"},
		{PolicyFor("example.org"), "::ffff:127.0.0.1"},
		{PolicyFor("example.org"), "64:ff9b::7f00:1"},
	} {
		g, client, e := open(t, Options{Policy: test.policy})
		if got, err := get(t, client, "http://"+net.JoinHostPort(test.host, fmt.Sprint(port))); err == nil {
			t.Errorf("%s: got %q, want it refused", test.host, got)
		}
		g.Close()
		if len(e.list) != 1 || e.list[0].Outcome != Refused || e.list[0].Remote != nil {
			t.Errorf("%s: got %+v, want one refused connection", test.host, e.list)
		}
		if c, ok := g.Last(e.list[0].Host, port); !ok || c.Outcome != Refused {
			t.Errorf("%s: the gate doesn't remember why", test.host)
		}
	}
}

func TestClosedGateRefusesAll(t *testing.T) {
	srv := hello(t)
	_, client, _ := open(t, Options{Policy: PolicyFor("127.0.0.1"), Closed: true})
	if _, err := get(t, client, srv.URL); err == nil {
		t.Error("a closed gate let a connection through")
	}
}

func TestOutcomes(t *testing.T) {
	gone := hello(t)
	gone.Close()
	g, client, e := open(t, Options{Policy: PolicyFor("127.0.0.1")})
	get(t, client, gone.URL)
	get(t, client, "http://nowhere.invalid/")
	g.Close()
	if len(e.list) != 2 || e.list[0].Outcome != Unreachable || e.list[1].Outcome != Unresolved {
		t.Errorf("got %+v, want one unreachable and one unresolved", e.list)
	}
}

// TestLimits has an endless response run into each of the bounds.
func TestLimits(t *testing.T) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			w.Write(make([]byte, 4096))
		}
	}))
	defer srv.Close()
	for _, test := range []struct {
		name   string
		limits Options
		again  bool // a second connection is made
	}{
		{"bytes", Options{MaxBytes: 1 << 20}, false},
		{"bytes of a connection", Options{MaxConn: 1 << 20}, true},
		{"time", Options{MaxTime: 100 * time.Millisecond}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.limits.Policy = PolicyFor("127.0.0.1")
			g, client, e := open(t, test.limits)
			got, err := get(t, client, srv.URL)
			if most := max(test.limits.MaxBytes, test.limits.MaxConn); err == nil || most > 0 && int64(len(got)) > most {
				t.Errorf("got %d bytes and %v, want an error below the bound", len(got), err)
			}
			again, _ := get(t, client, srv.URL)
			if made := len(again) > 0; made != test.again {
				t.Errorf("after the bound, a new connection gave %d bytes", len(again))
			}
			g.Close()
			if g.Limit() == "" || e.list[0].Outcome != Limited || e.list[0].Error != g.Limit() {
				t.Errorf("got limit %q and %+v", g.Limit(), e.list)
			}
		})
	}
}

// TestUpstream goes through a proxy that is another gate, and through an HTTP
// proxy that asks for a password.
func TestUpstream(t *testing.T) {
	srv := hello(t)
	local := PolicyFor("127.0.0.1")
	second, err := Open(t.Context(), Options{Policy: local})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	asked := make(chan string, 1)
	connect := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- r.Method + " " + r.Header.Get("Proxy-Authorization")
		up, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		down, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(down, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { io.Copy(up, down); up.Close() }()
		io.Copy(down, up)
		down.Close()
	}))
	defer connect.Close()
	for _, address := range []string{second.Proxy(), strings.Replace(connect.URL, "http://", "http://me:secret@", 1)} {
		u, err := CheckProxy(address)
		if err != nil {
			t.Fatal(err)
		}
		g, client, e := open(t, Options{Policy: local, Upstream: u})
		if got, err := get(t, client, srv.URL); err != nil || !strings.HasPrefix(got, "hello") {
			t.Errorf("%s: got %q, %v", u.Scheme, got, err)
		}
		g.Close()
		if len(e.list) != 1 || e.list[0].Proxy != u.Host {
			t.Errorf("%s: got %+v", u.Scheme, e.list)
		}
	}
	if got, want := <-asked, "CONNECT Basic bWU6c2VjcmV0"; got != want {
		t.Errorf("the proxy got %q, want %q", got, want)
	}
	if _, err := CheckProxy("ftp://127.0.0.1"); err == nil {
		t.Error("a proxy of kind ftp was accepted")
	}
}

// TestRecord has tshark read the wire record of IPv4 and IPv6 connections.
func TestRecord(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		t.Fatal("this test needs tshark (scripts/setup installs it)")
	}
	body := bytes.Repeat([]byte("0123456789abcdef"), 20_000)
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(body)))
		w.Write(body)
	})
	four := httptest.NewServer(handler)
	defer four.Close()
	six := httptest.NewUnstartedServer(handler)
	if six.Listener, err = net.Listen("tcp", "[::1]:0"); err != nil {
		t.Fatal(err)
	}
	six.Start()
	defer six.Close()

	path := filepath.Join(t.TempDir(), "wire.pcapng")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	g, client, _ := open(t, Options{Policy: PolicyFor("127.0.0.1"), Record: f, Application: "Pugmark test"})
	for _, srv := range []*httptest.Server{four, six} {
		if got, err := get(t, client, srv.URL); err != nil || got != string(body) {
			t.Fatalf("got %d bytes, %v", len(got), err)
		}
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	f.Close()
	ports := fmt.Sprintf("tcp.port==%d,http", four.Listener.Addr().(*net.TCPAddr).Port)
	ports6 := fmt.Sprintf("tcp.port==%d,http", six.Listener.Addr().(*net.TCPAddr).Port)
	run := func(args ...string) string {
		out, err := exec.Command(tshark, append([]string{"-r", path, "-d", ports, "-d", ports6, "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"}, args...)...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if got := run("-Y", "http.response", "-T", "fields", "-e", "http.response.code", "-e", "http.content_length_header"); got != strings.Repeat(fmt.Sprintf("200\t%d\n", len(body)), 2) {
		t.Errorf("tshark found the responses %q", got)
	}
	if got := run("-Y", "tcp.analysis.flags || tcp.checksum.status==0 || ip.checksum.status==0 || _ws.malformed"); got != "" {
		t.Errorf("tshark complains:\n%s", got)
	}
	if got := strings.Count(run("-Y", "tcp.flags.syn==1 && tcp.flags.ack==0"), "\n"); got != 2 {
		t.Errorf("got %d handshakes, want 2", got)
	}
	if got := strings.Count(run("-Y", "tcp.flags.fin==1 || tcp.flags.reset==1"), "\n"); got != 4 {
		t.Errorf("got %d ends, want 4", got)
	}
}

func TestCloseCutsOff(t *testing.T) {
	begun := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		close(begun)
		<-r.Context().Done()
	}))
	defer srv.Close()
	ctx, cancel := context.WithCancel(t.Context())
	g, err := Open(ctx, Options{Policy: PolicyFor("127.0.0.1")})
	if err != nil {
		t.Fatal(err)
	}
	failed := make(chan error)
	client := throughProxy(t, g.Proxy())
	go func() {
		_, err := client.Get(srv.URL)
		failed <- err
	}()
	<-begun
	cancel()
	g.Close()
	if err := <-failed; err == nil {
		t.Error("the request outlived the gate")
	}
}

func TestNetworkOf(t *testing.T) {
	for text, want := range map[string]Network{
		"8.8.8.8": Public, "2606:4700::1111": Public, "127.0.0.53": Loopback, "::1": Loopback,
		"::ffff:127.0.0.1": Loopback, "10.1.2.3": Private, "172.31.0.1": Private, "172.32.0.1": Public,
		"192.168.0.1": Private, "100.64.0.1": Private, "fd00::1": Private, "169.254.169.254": LinkLocal,
		"fe80::1%eth0": LinkLocal, "0.0.0.0": Special, "::": Special, "224.0.0.1": Special,
		"255.255.255.255": Special, "64:ff9b::a00:1": Private, "2002:7f00:1::": Loopback, "::7f00:1": Loopback,
		"64:ff9b::808:808": Public, "2001:db8::1": Special,
	} {
		if got := NetworkOf(netip.MustParseAddr(text)); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
