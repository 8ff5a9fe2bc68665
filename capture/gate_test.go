package capture

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"pugmark/capture/wire"
	"pugmark/evidence"
)

// TestNothingPassesTheGate opens a page that tries the ways around a proxy:
// WebRTC, prefetching and preconnecting, a worker, a socket, a service worker's
// own requests. Each connection that the server sees must be one that the gate
// made, and no UDP packet arrives.
func TestNothingPassesTheGate(t *testing.T) {
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer udp.Close()
	var packets atomic.Int64
	go func() {
		b := make([]byte, 2048)
		for {
			if _, _, err := udp.ReadFrom(b); err != nil {
				return
			}
			packets.Add(1)
		}
	}()
	var mu sync.Mutex
	seen := make(map[string]bool)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if r.URL.Path != "/" {
			return
		}
		port := udp.LocalAddr().(*net.UDPAddr).Port
		fmt.Fprintf(w, `<!doctype html><title>around</title>
			<link rel=dns-prefetch href="//prefetched.invalid"><link rel=preconnect href="http://localhost:%s">
			<link rel=prefetch href="/prefetched"><a ping="/ping" href="#">x</a><body><script>
			const peer = new RTCPeerConnection({iceServers: [{urls: "stun:127.0.0.1:%[2]d"}, {urls: "turn:127.0.0.1:%[2]d?transport=udp", username: "u", credential: "c"}]});
			peer.createDataChannel("x");
			peer.onicecandidate = e => { if (e.candidate) document.body.append(e.candidate.candidate) };
			peer.createOffer().then(o => peer.setLocalDescription(o));
			new WebSocket("ws://" + location.host + "/ws");
			new Worker(URL.createObjectURL(new Blob(["fetch('" + location.origin + "/worker')"])));
			fetch("/fetched"); navigator.sendBeacon("/beacon", "x"); document.querySelector("a").click();
			new Promise(done => setTimeout(done, 1500)).then(() => document.body.append("done"));
			</script>`, r.Host[strings.LastIndex(r.Host, ":")+1:], port)
	}))
	srv.Config.ConnState = func(c net.Conn, s http.ConnState) {
		if s == http.StateNew {
			mu.Lock()
			seen[c.RemoteAddr().String()] = true
			mu.Unlock()
		}
	}
	srv.Start()
	defer srv.Close()
	f, _ := take(t, Request{URL: srv.URL + "/"})

	made := make(map[string]bool)
	lines := bufio.NewScanner(bytes.NewReader(f.read(t, "connections.jsonl")))
	for lines.Scan() {
		var c wire.Connection
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			t.Fatal(err)
		}
		if c.Local != nil {
			made[c.Local.String()] = true
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(seen) == 0 {
		t.Fatal("the server saw no connection at all")
	}
	for address := range seen {
		if !made[address] {
			t.Errorf("the server saw a connection from %s, which the gate didn't make", address)
		}
	}
	if n := packets.Load(); n != 0 {
		t.Errorf("%d UDP packets got past the gate", n)
	}
}

// TestPrivateAddresses has a page that is led to an address that it may not
// reach: by a redirect, and by a picture.
func TestPrivateAddresses(t *testing.T) {
	mux := http.NewServeMux()
	mux.Handle("/moved", http.RedirectHandler("http://169.254.169.254/latest/meta-data/", http.StatusFound))
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, `<!doctype html><title>x</title><img src="http://10.0.0.1/admin.png" alt="" width=9 height=9>`)
	})
	srv := httptest.NewServer(mux)
	defer srv.Close()
	_, _, err := try(t, Request{URL: srv.URL + "/moved"})
	var failure *Failure
	if !errors.As(err, &failure) || failure.Code != FailureForbidden {
		t.Errorf("got %v, want a failure with code %q", err, FailureForbidden)
	}
	f, a := take(t, Request{URL: srv.URL})
	if a.Verdict != evidence.Partial || a.Interventions.Blocked == 0 {
		t.Errorf("got verdict %q with %v and %+v", a.Verdict, a.Problems, a.Interventions)
	}
	if log := string(f.read(t, "capture.log.jsonl")); !strings.Contains(log, `"what":"connection","url":"10.0.0.1:80"`) {
		t.Errorf("the log doesn't tell of the connection that was refused:\n%s", log)
	}
}

// TestUpstreamProxy captures through another proxy.
func TestUpstreamProxy(t *testing.T) {
	srv := site(t, map[string]string{"/": "<!doctype html><title>by proxy</title>x"})
	var passed atomic.Int64
	upstream, err := wire.Open(t.Context(), wire.Options{Policy: wire.PolicyFor("127.0.0.1"),
		Ended: func(wire.Connection) { passed.Add(1) }})
	if err != nil {
		t.Fatal(err)
	}
	_, a := take(t, Request{URL: srv.URL, Proxy: upstream.Proxy()})
	upstream.Close()
	if a.Verdict != evidence.Complete || passed.Load() == 0 || a.Environment.Proxy != upstream.Proxy() {
		t.Errorf("got verdict %q with %v, %d connections by proxy %q", a.Verdict, a.Problems, passed.Load(), a.Environment.Proxy)
	}
	_, _, err = try(t, Request{URL: srv.URL, Proxy: "gopher://127.0.0.1"})
	var failure *Failure
	if !errors.As(err, &failure) || failure.Code != FailureRequest {
		t.Errorf("got %v, want a failure with code %q", err, FailureRequest)
	}
}
