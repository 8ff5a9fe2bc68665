package capture

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pugmark/capture/wire"
)

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// TestWireInClear has tshark read, with the secrets, what passed the gate over
// TLS 1.3: HTTP/1.1 and HTTP/2, with the bodies.
func TestWireInClear(t *testing.T) {
	for _, protocol := range []string{"h2", "http/1.1"} {
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, "<!doctype html><title>wire</title><p>ivory bangle, old stock")
		}))
		srv.EnableHTTP2 = protocol == "h2"
		srv.StartTLS()
		defer srv.Close()
		f, a := take(t, Request{URL: srv.URL, AllowInvalidCertificate: true,
			Encrypt: func(w io.Writer) (io.WriteCloser, error) { return nopCloser{w}, nil }})
		if a.Target.Protocol != protocol {
			t.Errorf("got protocol %q, want %q", a.Target.Protocol, protocol)
		}
		record, err := f.Open("wire.pcapng")
		if err != nil {
			t.Fatal(err)
		}
		defer record.Close()
		path := filepath.Join(t.TempDir(), "clear.pcapng")
		clear, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := wire.WithSecrets(clear, record, f.read(t, "tls-secrets.age")); err != nil {
			t.Fatal(err)
		}
		clear.Close()
		out, err := exec.Command(tool(t, "tshark"), "-r", path, "-Y", "http.response or http2.data.data", "-V").Output()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(out), "ivory bangle, old stock") {
			t.Errorf("%s: tshark doesn't show the body:\n%.2000s", protocol, out)
		}
	}
}
