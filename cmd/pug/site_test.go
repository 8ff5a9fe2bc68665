package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"pugmark/assets"
	"pugmark/evidence/tsa/tsatest"
)

// site is what the tests capture: the sample site, and servers that misbehave.
type site struct {
	addresses map[string]string // by the name that scripts know them by
}

func newSite(t *testing.T) *site {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle("/", assets.Sample())
	mux.HandleFunc("/small", small)
	mux.HandleFunc("/escape", escape)
	mux.HandleFunc("/hang", hang)
	mux.HandleFunc("/agent", agent)
	mux.HandleFunc("/consent", consent)
	mux.HandleFunc("/again", again)
	mux.HandleFunc("/again/{name}", againPhoto)
	mux.Handle("/offer", new(offer))
	plain := httptest.NewServer(mux)
	t.Cleanup(plain.Close)
	secureMux := http.NewServeMux()
	secureMux.HandleFunc("/", small)
	secureMux.HandleFunc("/session", session)
	secure := httptest.NewUnstartedServer(secureMux)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0) // that browsers refuse its certificate
	secure.StartTLS()
	t.Cleanup(secure.Close)
	authority, err := tsatest.New(t.TempDir(), "Test TSA", time.Now().AddDate(9, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	stamping := httptest.NewServer(authority)
	t.Cleanup(stamping.Close)
	return &site{map[string]string{
		"SITE": plain.URL, "INVALID": secure.URL, "REFUSED": refused(t),
		"TSA": stamping.URL, "ROOT": authority.RootFile,
	}}
}

// refused returns an address where nothing listens.
func refused(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

func small(w http.ResponseWriter, _ *http.Request) { page(w, "Small page", "<p>hello") }

func page(w io.Writer, title, body string) {
	if h, ok := w.(http.ResponseWriter); ok {
		h.Header().Set("Content-Type", "text/html; charset=utf-8")
	}
	fmt.Fprintf(w, "<!doctype html><title>%s</title>%s", title, body)
}

// escape has a title that would change what a terminal shows.
func escape(w http.ResponseWriter, _ *http.Request) {
	page(w, "red \x1b[31m text \u202e end", "<p>hello")
}

// agent shows how the browser presents itself.
func agent(w http.ResponseWriter, r *http.Request) { page(w, r.UserAgent(), "<p>hello") }

// session gives the visitor a cookie.
func session(w http.ResponseWriter, _ *http.Request) {
	http.SetCookie(w, &http.Cookie{Name: "session", Value: "c0ffee"})
	page(w, "Session", "<p>ivory bangle, old stock")
}

// consent has a banner of a kind that is known.
func consent(w http.ResponseWriter, _ *http.Request) {
	page(w, "Consent", `<p>hello<div id="cookie-banner" style="position:fixed;inset:0;background:white">Cookies?
<button class="cky-btn-reject" onclick="this.parentNode.remove()">Reject all</button></div>`)
}

// offer is a listing that changes: when it is seen the second time it costs less and
// has a banner, the third time it is gone, and then it is there again.
type offer struct{ seen atomic.Int64 }

func (o *offer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	const body = `%s<script type="application/ld+json">{"@type": "Product", "name": "Bangle 手镯", "offers": {"price": "%s", "priceCurrency": "CNY"}}</script>
<h1>Bangle 手镯</h1><p>Price: %[2]s yuan, old stock<p style="height:1500px;background:linear-gradient(teal,navy)"><p>旧藏手镯一只`
	switch o.seen.Add(1) {
	case 1:
		page(w, "Bangle", fmt.Sprintf(body, "", "100.00"))
	case 3:
		http.NotFound(w, nil)
	default:
		page(w, "Bangle", fmt.Sprintf(body, `<div style="height:64px;background:firebrick">Sale</div>`, "80.00"))
	}
}

// hang answers nothing until the browser gives up.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
