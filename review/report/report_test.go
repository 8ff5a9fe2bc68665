package report

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io/fs"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pugmark/evidence"
	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
	"pugmark/review"
)

// hostile is a page that would harm who reads a report of it.
var hostile = page{
	title:   "\u202egnp.exe <script>document.title='owned'</script> {{.}} </style><img src=http://outside.test/t> 象牙 " + strings.Repeat("long ", 300),
	address: "https://example.org/<b>?q=\"'><img src=http://outside.test/a>",
	width:   640, height: 3000,
	log: `{"kind":"script","name":"<i>x</i>.js","sha256":"` + strings.Repeat("ab", 32) + `"}` + "\n",
	listing: `{"address":"https://example.org/","extractor":{"perceptual_hash":"p","rules":"1"},"facts":{` +
		`"price":{"candidates":[{"property":"/offers/<price>","raw":"<u>3</u>","source":"json-ld","value":"3 USD"}],"value":"3 USD"},` +
		`"title":{"candidates":[{"raw":"` + strings.Repeat("t", 5000) + `","source":"dom"}],"value":"` + strings.Repeat("t", 5000) + `"}` +
		`},"format":"pugmark-listing","version":1}`,
	problems: []evidence.Problem{{Code: "<code>", Detail: "a </li> detail", URL: "javascript:alert(1)"}},
}

// judge runs a program that judges a PDF.
func judge(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s (scripts/setup installs it): %v\n%s", name, err, out)
	}
	return string(out)
}

func wantText(t *testing.T, text string, all ...string) {
	t.Helper()
	for _, want := range all {
		if !strings.Contains(text, want) {
			t.Errorf("got no %q in\n%.1500s", want, text)
		}
	}
}

// TestDocument looks at the document before it is printed: what others wrote is text,
// and is cut.
func TestDocument(t *testing.T) {
	v := newVault(t, hostile)
	l := review.OfVault(v)
	x := readCase(t, l).Captures[0]
	_, err := v.Annotate(t.Context(), x.Capture, evidence.Annotation{Kind: evidence.Fact, Name: "price", Text: "<s>30</s> USD", Was: "3 USD"})
	check(t, err)
	m, err := newMaker(l, readCase(t, l), Options{})
	check(t, err)
	dir := t.TempDir()
	m.v, err = verify(t.Context(), l, m.c, m.captures, nil)
	check(t, err)
	check(t, m.prepare(t.Context(), dir))
	_, err = m.writePictures(t.Context(), dir)
	check(t, err)
	view := m.newView()
	view.Exhibits = append(view.Exhibits, m.captureView(m.read[0]))
	check(t, m.write(dir, view))
	b, err := os.ReadFile(filepath.Join(dir, documentFile))
	check(t, err)
	text := string(b)
	wantText(t, text, "⟨U&#43;202E⟩gnp.exe &lt;script&gt;", "{{.}}", "… [&#43;", "&lt;i&gt;x&lt;/i&gt;.js", "/offers/&lt;price&gt;", "a &lt;/li&gt; detail",
		"Corrected by a person: &lt;s&gt;30&lt;/s&gt; USD (A. Rao, ", "javascript:alert(1)")
	for _, bad := range []string{"<script", "<img src=http", "href=\"javascript", "href=\"http", "\u202e", "<s>", "%!", strings.Repeat("t", 2000)} {
		if strings.Contains(text, bad) {
			t.Errorf("got %q in the document", bad)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "p0-1.jpg")); err != nil {
		t.Error(err)
	}
}

// TestMake makes a report, which other programs judge, and looks at the log.
func TestMake(t *testing.T) {
	v := newVault(t, hostile, page{title: "Second", address: "https://example.org/2"})
	l := review.OfVault(v)
	path := filepath.Join(t.TempDir(), "r.pdf")
	res, err := Make(t.Context(), shared, l, readCase(t, l), Options{Path: path, Signature: newSignature(t)})
	check(t, err)
	b, err := os.ReadFile(path)
	check(t, err)
	if res.SHA256 != canon.Sum(b) || res.Bytes != int64(len(b)) || !res.Logged || res.Captures != 2 || res.Outcome != evidence.Verified {
		t.Errorf("got %+v", res)
	}
	events, err := v.Events(t.Context(), custody.Filter{Case: "OP-1"})
	check(t, err)
	e := events[len(events)-1]
	if e.Action != custody.ReportMade || e.Subject != "r.pdf" || e.Digest != res.SHA256 || e.Details["captures"] != "2" || e.Details["signed"] == "" {
		t.Errorf("got event %+v", e)
	}
	wantText(t, judge(t, "pdfinfo", path), "Tagged:          yes", "Title:           Report on case OP-1: Bangles 象牙", "JavaScript:      no")
	wantText(t, judge(t, "pdfsig", path), "Signature is Valid", "Total document signed", "Signer Certificate Common Name: Unit 7")
	wantText(t, judge(t, "qpdf", "--check", path), "No syntax or stream encoding errors found")
	wantText(t, judge(t, "qpdf", "--json", "--json-key=outlines", path), `"Exhibits"`, `"Exhibit 2: Second"`, `"How to verify"`)
	wantText(t, judge(t, "qpdf", "--json", "--json-key=qpdf", path), `"/Lang": "u:en"`)
	wantText(t, judge(t, "pdftotext", "-layout", path, "-"), "page 1 of ", "Verified", "Exhibit 1, part 2 of 3", "continues in part 2 on page ",
		"There is no picture of the page.", "there is no picture of the whole page.", "DRAFT", "902(14)", "3 USD")
	if report, err := v.Verify(t.Context(), nil); err != nil || len(report.Findings) > 0 {
		t.Errorf("verifying the vault: got %+v, %v", report, err)
	}
	if _, err := Make(t.Context(), shared, l, readCase(t, l), Options{Path: path}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v, want that the file is there", err)
	}
}

// TestMakeAltered makes a report of a capture that was altered, of a vault that is
// open to read only: it says so first, and nothing is logged.
func TestMakeAltered(t *testing.T) {
	v := newVault(t, hostile)
	x := readCase(t, review.OfVault(v)).Captures[0]
	item := filepath.Join(x.Dir, "page.png")
	check(t, os.Chmod(item, 0o600))
	b, err := os.ReadFile(item)
	check(t, err)
	b[len(b)/2] ^= 1
	check(t, os.WriteFile(item, b, 0o600))
	dir := v.Dir()
	check(t, v.Close())
	readOnly, err := evidence.OpenReadOnly(t.Context(), dir)
	check(t, err)
	defer readOnly.Close()
	l := review.OfVault(readOnly)
	path := filepath.Join(t.TempDir(), "r.pdf")
	res, err := Make(t.Context(), shared, l, readCase(t, l), Options{Path: path, Lang: "zh-Hans"})
	check(t, err)
	if res.Logged || res.Outcome != evidence.FailedVerification || res.Findings != 1 {
		t.Errorf("got %+v", res)
	}
	wantText(t, judge(t, "pdftotext", "-l", "1", path, "-"), "验证未通过", "记录与封存时不符")
	wantText(t, judge(t, "pdftotext", path, "-"), "本证物与封存时不符", "截图未予显示")
}

// TestStopped stops a report: nothing of it is left.
func TestStopped(t *testing.T) {
	v := newVault(t, page{title: "x", address: "https://example.org/"})
	l := review.OfVault(v)
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	o := Options{Path: filepath.Join(dir, "r.pdf"), Progress: func(p Progress) {
		if p.Step == "print" {
			cancel()
		}
	}}
	if _, err := Make(ctx, shared, l, readCase(t, l), o); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// newSignature makes a certificate that signs itself.
func newSignature(t *testing.T) *Signature {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Unit 7"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public(), key)
	check(t, err)
	parsed, err := x509.ParseCertificate(der)
	check(t, err)
	return &Signature{Chain: []*x509.Certificate{parsed}, Signer: key}
}
