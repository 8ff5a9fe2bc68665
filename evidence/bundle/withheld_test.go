package bundle

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// keyLog is a line of a TLS key log.
var keyLog = "CLIENT_TRAFFIC_SECRET_0 " + strings.Repeat("a1", 32) + " " + strings.Repeat("b2", 48) + "\n"

// addSecretCapture makes a sealed capture that has TLS secrets.
func addSecretCapture(t testing.TB, ref, keyLog string) {
	t.Helper()
	check(t, addCaptureWith(t.Context(), sample.vault, ref, "https://example.org/1", func(s *evidence.Staging) error {
		w, err := s.Create("tls-secrets.age", evidence.KindSecrets, "application/age")
		if err != nil {
			return err
		}
		sealed, err := sample.vault.Encrypt(w)
		if err != nil {
			return err
		}
		_, err = io.WriteString(sealed, keyLog)
		return errors.Join(err, sealed.Close(), w.Close())
	}))
}

// secretCase is a case with two captures that have TLS secrets, and one between
// them that has none.
const secretCase = "S-1"

var secretCaseMade sync.Once

func makeSecretCase(t testing.TB) {
	t.Helper()
	secretCaseMade.Do(func() {
		check(t, sample.vault.NewCase(t.Context(), evidence.Case{Ref: secretCase}))
		addSecretCapture(t, secretCase, keyLog)
		check(t, addCapture(t.Context(), sample.vault, secretCase, "https://example.org/2"))
		addSecretCapture(t, secretCase, "")
	})
}

// secretBag exports the case, with the TLS secrets or without.
func secretBag(t testing.TB, with bool) (bag, *Result) {
	t.Helper()
	makeSecretCase(t)
	file := filepath.Join(t.TempDir(), "x.zip")
	r, err := Export(t.Context(), sample.vault, Options{Case: secretCase, Path: file, WithSecrets: with}, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return unzip(t, b), r
}

// secretFolder returns the path of a capture of the case in its bag.
func secretFolder(t testing.TB, b bag, exhibit string) string {
	t.Helper()
	for file := range b {
		if dir := path.Dir(file); path.Base(file) == captureManifest && strings.HasPrefix(path.Base(dir), exhibit+"_") {
			return dir
		}
	}
	t.Fatalf("no capture %s", exhibit)
	return ""
}

func TestWithheld(t *testing.T) {
	b, r := secretBag(t, false)
	if r.Report.Outcome != evidence.Verified || r.Report.Withheld != 2 || r.Report.Items != 9 || r.Secrets != 0 {
		t.Errorf("got result %+v, report %+v", r, r.Report)
	}
	for file, content := range b {
		if strings.Contains(file, "secrets") || bytes.Contains(content, []byte(strings.TrimSpace(keyLog))) {
			t.Errorf("got %q in the bundle", file)
		}
	}
	w, err := parseWithheld(b[withheldFile])
	if err != nil || len(w.Items) != 2 || w.Items[0].path() != secretFolder(t, b, "0001")+"/tls-secrets.age" || w.Items[0].Item.Bytes < 100 {
		t.Errorf("got %+v, %v", w, err)
	}
	wantFindings(t, b.verify(t))
	if e := exports(t, secretCase); len(e) == 0 || e[len(e)-1].Details != nil {
		t.Errorf("got events %+v", e)
	}
}

func TestWithSecrets(t *testing.T) {
	b, r := secretBag(t, true)
	if r.Report.Outcome != evidence.Verified || r.Report.Withheld != 0 || r.Report.Items != 11 || r.Secrets != 1 {
		t.Errorf("got result %+v, report %+v", r, r.Report)
	}
	first, third := secretFolder(t, b, "0001"), secretFolder(t, b, "0003")
	if got := string(b[secretsPrefix+path.Base(first)+".txt"]); got != keyLog {
		t.Errorf("got key log %q", got)
	}
	if got, ok := b[secretsPrefix+path.Base(third)+".txt"]; !ok || len(got) != 0 {
		t.Errorf("got key log %q, %t, want an empty one", got, ok)
	}
	if _, ok := b[withheldFile]; ok || b[first+"/tls-secrets.age"] == nil {
		t.Error("an item is withheld")
	}
	if e := exports(t, secretCase); len(e) == 0 || e[len(e)-1].Details["secrets"] != "included" {
		t.Errorf("got events %+v", e)
	}
}

// TestWithSecretsOfNone exports a case that has no TLS secrets.
func TestWithSecretsOfNone(t *testing.T) {
	ref := newCase(t)
	r, err := Export(t.Context(), sample.vault, Options{Case: ref, Path: filepath.Join(t.TempDir(), "x.zip"), WithSecrets: true}, nil)
	if err != nil || r.Secrets != 0 || r.Report.Outcome != evidence.Verified {
		t.Errorf("got %+v, %v", r, err)
	}
	if e := exports(t, ref); len(e) != 1 || e[0].Details != nil {
		t.Errorf("got events %+v", e)
	}
}

// TestStrangeSecrets exports secrets that no program could have read.
func TestStrangeSecrets(t *testing.T) {
	for _, text := range []string{"no key log\n", strings.TrimSuffix(keyLog, "\n"), strings.ToUpper(keyLog), keyLog + "\n", "\x1b[31m\n"} {
		ref, dir := newCase(t), t.TempDir()
		addSecretCapture(t, ref, text)
		_, err := Export(t.Context(), sample.vault, Options{Case: ref, Path: filepath.Join(dir, "x.zip"), WithSecrets: true}, nil)
		if err == nil || !strings.Contains(err.Error(), "TLS secrets: ") {
			t.Errorf("%q: got error %v", text, err)
		}
		wantFiles(t, dir)
	}
}

// declare changes what a bundle says that it leaves out.
func (b bag) declare(t testing.TB, change func(w *withheld)) {
	t.Helper()
	w, err := parseWithheld(b[withheldFile])
	if err != nil {
		t.Fatal(err)
	}
	change(w)
	b[withheldFile], err = encode(withheldFile, w)
	check(t, err)
}

// itemOf returns an item of a capture as its manifest lists it.
func (b bag) itemOf(t testing.TB, folder, name string) evidence.Item {
	t.Helper()
	m, err := evidence.ParseManifest(b[folder+"/"+captureManifest])
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range m.Items {
		if it.Path == name {
			return it
		}
	}
	t.Fatalf("no item %q", name)
	return evidence.Item{}
}

// TestWithheldForger leaves out what it doesn't say, says what it doesn't leave
// out, and has the bag's manifests agree. Some are looked for by hand too.
func TestWithheldForger(t *testing.T) {
	intact, _ := secretBag(t, false)
	full, _ := secretBag(t, true)
	first, second, third := secretFolder(t, intact, "0001"), secretFolder(t, intact, "0002"), secretFolder(t, intact, "0003")
	secret, other := first+"/tls-secrets.age", third+"/tls-secrets.age"
	const files, rest = "its files are those of its manifest.json", "withheld.json lists no other item"
	for name, c := range map[string]struct {
		change func(b bag)
		want   []string
		byHand []string
	}{
		"one not declared": {func(b bag) {
			b.declare(t, func(w *withheld) { w.Items = w.Items[1:] })
		}, []string{secret + ": " + evidence.ItemMissing}, []string{files}},
		"none declared": {func(b bag) { delete(b, withheldFile) }, []string{
			secret + ": " + evidence.ItemMissing, other + ": " + evidence.ItemMissing}, nil},
		"a picture": {func(b bag) {
			delete(b, first+"/page.png")
			b.declare(t, func(w *withheld) {
				w.Items = append([]withheldItem{{first, b.itemOf(t, first, "page.png"), whySecrets}}, w.Items...)
			})
		}, []string{first + "/page.png: " + evidence.ItemMissing, first + "/page.png: " + WithheldKind}, []string{files, rest}},
		"a picture as a secret": {func(b bag) {
			delete(b, first+"/page.png")
			b.declare(t, func(w *withheld) {
				it := b.itemOf(t, first, "page.png")
				it.Kind = evidence.KindSecrets
				w.Items = append([]withheldItem{{first, it, whySecrets}}, w.Items...)
			})
		}, []string{first + "/page.png: " + evidence.ItemMissing, first + "/page.png: " + WithheldDiffers}, []string{files}},
		"a secret as a picture": {func(b bag) {
			b.declare(t, func(w *withheld) { w.Items[0].Item.Kind = evidence.KindPage })
		}, []string{secret + ": " + WithheldDiffers}, nil},
		"present": {func(b bag) { b[secret] = full[secret] }, []string{secret + ": " + WithheldPresent}, []string{files}},
		"digest": {func(b bag) {
			b.declare(t, func(w *withheld) { w.Items[0].Item.SHA256[0] ^= 1 })
		}, []string{secret + ": " + WithheldDiffers}, []string{files}},
		"size": {func(b bag) {
			b.declare(t, func(w *withheld) { w.Items[1].Item.Bytes++ })
		}, []string{other + ": " + WithheldDiffers}, nil},
		"of a capture without": {func(b bag) {
			b.declare(t, func(w *withheld) {
				x := w.Items[0]
				x.Capture = second
				w.Items = []withheldItem{w.Items[0], x, w.Items[1]}
			})
		}, []string{second + "/tls-secrets.age: " + WithheldDiffers}, nil},
		"of no capture": {func(b bag) {
			b.declare(t, func(w *withheld) {
				x := w.Items[1]
				x.Capture = "data/captures/0009_x"
				w.Items = append(w.Items, x)
			})
		}, []string{"data/captures/0009_x/tls-secrets.age: " + WithheldDiffers}, []string{rest}},
		"a picture, and a secret twice": {func(b bag) {
			delete(b, first+"/page.png")
			b.declare(t, func(w *withheld) { w.Items = append(w.Items[:1:1], w.Items...) })
		}, []string{
			withheldFile + ": " + RecordMalformed, first + "/page.png: " + evidence.ItemMissing,
			secret + ": " + evidence.ItemMissing, other + ": " + evidence.ItemMissing}, []string{files, rest}},
		"another reason": {func(b bag) {
			b.declare(t, func(w *withheld) { w.Items[0].Why = "lost" })
		}, []string{withheldFile + ": " + RecordMalformed, secret + ": " + evidence.ItemMissing, other + ": " + evidence.ItemMissing}, nil},
		"key log without the item": {func(b bag) { b[secretsPrefix+path.Base(first)+".txt"] = []byte(keyLog) }, []string{
			secretsPrefix + path.Base(first) + ".txt: " + FileUnlisted}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := unzip(t, intact.zip(t))
			text := commands(b[guideFile])
			c.change(b)
			b.relist()
			r := b.verify(t)
			r.Findings = withoutDerived(r.Findings)
			wantFindings(t, r, c.want...)
			if c.byHand == nil {
				return
			}
			out, ok := byHand(t, b.unpack(t), text)
			if ok {
				t.Error("all is said to be well")
			}
			for _, says := range c.byHand {
				if !failed(out, says) {
					t.Errorf("got no failure of %q in\n%s", says, out)
				}
			}
		})
	}
}

// withoutDerived drops the finding that the guide is another: it also says
// whether anything is left out.
func withoutDerived(findings []evidence.Finding) (out []evidence.Finding) {
	for _, f := range findings {
		if f.Path != guideFile {
			out = append(out, f)
		}
	}
	return out
}

// TestWithheldEncoding holds that what is left out is said in one way only.
func TestWithheldEncoding(t *testing.T) {
	intact, _ := secretBag(t, false)
	for name, change := range map[string]func(w *withheld){
		"none":    func(w *withheld) { w.Items = []withheldItem{} },
		"order":   func(w *withheld) { w.Items[0], w.Items[1] = w.Items[1], w.Items[0] },
		"twice":   func(w *withheld) { w.Items[1] = w.Items[0] },
		"version": func(w *withheld) { w.Version = 2 },
		"format":  func(w *withheld) { w.Format = "x" },
		"path":    func(w *withheld) { w.Items[0].Item.Path = "../x" },
		"folder":  func(w *withheld) { w.Items[0].Capture = "/etc" },
	} {
		b := unzip(t, intact.zip(t))
		b.declare(t, change)
		if _, err := parseWithheld(b[withheldFile]); err == nil {
			t.Errorf("%s: got no error", name)
		}
		if _, err := parseWithheld(append(intact[withheldFile], '\n')); err == nil {
			t.Error("a second encoding is taken")
		}
	}
}

// TestSecretsForger changes a bundle with TLS secrets.
func TestSecretsForger(t *testing.T) {
	intact, _ := secretBag(t, true)
	first, second := secretFolder(t, intact, "0001"), secretFolder(t, intact, "0002")
	clear := secretsPrefix + path.Base(first) + ".txt"
	stray := secretsPrefix + path.Base(second) + ".txt"
	for name, c := range map[string]struct {
		change func(b bag)
		want   []string
	}{
		"no key log":           {func(b bag) { b[clear] = []byte("$(reboot)\n") }, []string{clear + ": " + RecordMalformed}},
		"clear missing":        {func(b bag) { delete(b, clear) }, []string{clear + ": " + FileMissing}},
		"encrypted missing":    {func(b bag) { delete(b, first+"/tls-secrets.age") }, []string{first + "/tls-secrets.age: " + evidence.ItemMissing}},
		"encrypted altered":    {func(b bag) { b.flip(first + "/tls-secrets.age") }, []string{first + "/tls-secrets.age: " + evidence.ItemDigest}},
		"of a capture without": {func(b bag) { b[stray] = []byte(keyLog) }, []string{stray + ": " + FileUnlisted}},
	} {
		t.Run(name, func(t *testing.T) {
			b := unzip(t, intact.zip(t))
			c.change(b)
			b.relist()
			wantFindings(t, b.verify(t), c.want...)
		})
	}
}

// TestSecretsAreAStatement shows that nothing but the word of who exported vouches
// for the key log: a wrong key decrypts nothing.
func TestSecretsAreAStatement(t *testing.T) {
	b, _ := secretBag(t, true)
	clear := secretsPrefix + path.Base(secretFolder(t, b, "0001")) + ".txt"
	b.replace(t, clear, " a1", " b1")
	b.relist()
	wantFindings(t, b.verify(t), signatureFile+": "+BagSignature)
	b.sign(t, Namespace)
	wantFindings(t, b.verify(t))
}

// TestSecretGuide follows VERIFY.txt, with items left out and with secrets.
func TestSecretGuide(t *testing.T) {
	for _, with := range []bool{false, true} {
		b, _ := secretBag(t, with)
		out, ok := byHand(t, b.unpack(t), commands(b[guideFile]))
		if !ok || !strings.Contains(out, "\n0 checks failed\n") {
			t.Errorf("with secrets %t: got\n%s", with, out)
		}
		if says := strings.Contains(out, "ok      withheld.json lists no other item\n"); says == with {
			t.Errorf("with secrets %t: got\n%s", with, out)
		}
		if says := strings.Contains(string(b[guideFile]), "tshark -o tls.keylog_file:"+secretsPrefix); says != with {
			t.Errorf("with secrets %t: the guide speaks of tshark: %t", with, says)
		}
		for line := range strings.Lines(string(b[guideFile])) {
			if prose := !strings.HasPrefix(line, "  "); prose && len(line) > 81 || strings.Trim(line, " \n") == "" && line != "\n" {
				t.Errorf("got line %q", line)
			}
		}
	}
}

// TestSecretFlippedByte changes a byte in each file, but not in the bag's
// manifests.
func TestSecretFlippedByte(t *testing.T) {
	for _, with := range []bool{false, true} {
		intact, _ := secretBag(t, with)
		for file := range intact {
			if len(intact[file]) == 0 {
				continue // the key log of a capture without TLS
			}
			b := unzip(t, intact.zip(t))
			b.flip(file)
			if b.verify(t).Outcome != evidence.FailedVerification {
				t.Errorf("%s: got another outcome than failed", file)
			}
		}
	}
}

// TestSecretSameBytes makes each bundle twice, before it is logged.
func TestSecretSameBytes(t *testing.T) {
	makeSecretCase(t)
	captures, err := sample.vault.Captures(t.Context(), secretCase)
	if err != nil {
		t.Fatal(err)
	}
	for _, with := range []bool{false, true} {
		var digests [2]evidence.Digest
		for i := range digests {
			x := &exporter{v: sample.vault, ref: secretCase, path: "x.zip", secrets: with, meter: &meter{}}
			check(t, x.collect(t.Context(), captures))
			var buf bytes.Buffer
			if _, _, err := writeZip(t.Context(), &buf, "x", x.files, x.meter); err != nil {
				t.Fatal(err)
			}
			digests[i] = canon.Sum(buf.Bytes())
		}
		if digests[0] != digests[1] {
			t.Errorf("with secrets %t: got digests %s and %s", with, digests[0], digests[1])
		}
	}
}
