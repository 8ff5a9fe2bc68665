package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"path"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"pugmark/evidence"
)

func openSample(t testing.TB) *Reader {
	t.Helper()
	r, err := OpenReader(t.Context(), sample.result.Path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, r.Close()) })
	return r
}

func TestReader(t *testing.T) {
	r := openSample(t)
	if c := r.Contents(); c.Ref != "OP-1" || len(c.Captures) != 2 {
		t.Errorf("got contents %+v", c)
	}
	bag := sampleBag(t)
	for _, x := range r.Contents().Captures {
		fsys, err := r.Folder(x)
		if err != nil {
			t.Fatal(err)
		}
		check(t, fstest.TestFS(fsys, "manifest.json", "seal.json", "page.png", "strips/0001.png"))
		b, err := fs.ReadFile(fsys, "strips/0001.png")
		if err != nil || !bytes.Equal(b, bag[x.Folder+"/strips/0001.png"]) {
			t.Errorf("got %q, %v", b, err)
		}
		m, s, err := evidence.ReadRecords(fsys)
		if err != nil || m.Identity.Capture != x.ID || s.Event.Digest != x.ManifestDigest {
			t.Errorf("got manifest %+v and seal %+v, %v", m, s, err)
		}
		fence, found, err := evidence.ReadFenceFS(fsys, m, s, evidence.Trust{})
		if err != nil || len(found) > 0 || fence.Capture != fmt.Sprintf("OP-1/%d", x.Exhibit) {
			t.Errorf("got fence %+v, %v, %v", fence, found, err)
		}
	}
	report, err := r.Verify(t.Context(), VerifyOptions{Trust: evidence.Trust{Keys: sample.vault.Keys()}}, nil)
	if err != nil || report.Outcome != evidence.Verified {
		t.Errorf("got report %+v, %v", report, err)
	}
}

func TestReaderFind(t *testing.T) {
	r := openSample(t)
	second := r.Contents().Captures[1]
	id := second.ID.String()
	for _, name := range []string{"2", id, strings.ToUpper(id), id[:len(id)-1]} {
		if x, err := r.Find(name); err != nil || x != second {
			t.Errorf("%s: got %+v, %v, want %+v", name, x, err, second)
		}
		fsys, err := r.Capture(name)
		check(t, err)
		if b, err := fs.ReadFile(fsys, "dom.html"); err != nil || string(b) != "<html>https://example.org/2" {
			t.Errorf("%s: got %q, %v", name, b, err)
		}
	}
	for _, name := range []string{"", "0", "3", "02", "-", id[:3], id + "0", "../x"} {
		_, err := r.Find(name)
		wantErr(t, err, evidence.ErrNoCapture)
		_, err = r.Capture(name)
		wantErr(t, err, evidence.ErrNoCapture)
	}
	_, err := r.Find(id[:8]) // both are of the same minute
	wantErr(t, err, evidence.ErrAmbiguous)
	_, err = r.Folder(Exhibit{Folder: "data"})
	wantErr(t, err, evidence.ErrNoCapture)
}

// TestReaderSeek reads a file of an encrypted bundle at random places, from several
// goroutines at once.
func TestReaderSeek(t *testing.T) {
	key := newAgeKey(t)
	big := bytes.Repeat([]byte("0123456789abcdef"), 20_000)
	ref := newCase(t)
	check(t, addCaptureWith(t.Context(), sample.vault, ref, "https://example.org/big", func(s *evidence.Staging) error {
		w, err := s.Create("full.png", evidence.KindPage, "image/png")
		if err != nil {
			return err
		}
		_, err = w.Write(big)
		return errors.Join(err, w.Close())
	}))
	exported := exportTo(t, ref, key.recipient)
	_, err := OpenReader(t.Context(), exported.Path)
	wantErr(t, err, ErrEncrypted)
	r, err := OpenReader(t.Context(), exported.Path, key.identity)
	if err != nil {
		t.Fatal(err)
	}
	fsys, err := r.Capture("2")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			f, err := fsys.Open("full.png")
			if err != nil {
				t.Error(err)
				return
			}
			for range 100 {
				from := rand.Int64N(int64(len(big) - 1000))
				at, read := make([]byte, 1000), make([]byte, 1000)
				_, err := f.(io.ReaderAt).ReadAt(at, from)
				check(t, err)
				_, err = f.(io.Seeker).Seek(from, io.SeekStart)
				check(t, err)
				_, err = io.ReadFull(f, read)
				if want := big[from : from+1000]; err != nil || !bytes.Equal(at, want) || !bytes.Equal(read, want) {
					t.Errorf("at byte %d: got %q and %q, %v", from, at, read, err)
				}
			}
			check(t, f.Close())
		})
	}
	wg.Wait()
	check(t, r.Close())
	if _, err := fs.ReadFile(fsys, "full.png"); err == nil {
		t.Error("read from a bundle that is closed")
	}
}

// TestReaderWithheld has an item that the bundle leaves out.
func TestReaderWithheld(t *testing.T) {
	ref := newCase(t)
	addSecretCapture(t, ref, keyLog)
	path := path.Join(t.TempDir(), "x.zip")
	if _, err := Export(t.Context(), sample.vault, Options{Case: ref, Path: path}, nil); err != nil {
		t.Fatal(err)
	}
	r, err := OpenReader(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	fsys, err := r.Capture("2")
	check(t, err)
	m, _, err := evidence.ReadRecords(fsys)
	if err != nil {
		t.Fatal(err)
	}
	it, ok := m.Find(evidence.KindSecrets)
	if _, err := fsys.Open(it.Path); !ok || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got item %+v, %v", it, err)
	}
}

// TestReaderRefuses has a case.json that says what isn't so.
func TestReaderRefuses(t *testing.T) {
	folder := captureFolder(t, 1)
	for name, change := range map[string]func(b bag){
		"gone":    func(b bag) { delete(b, caseFile) },
		"version": func(b bag) { b.replace(t, caseFile, `"version":1`, `"version":2`) },
		"format":  func(b bag) { b.replace(t, caseFile, `pugmark-case`, `pugmark-cases`) },
		"case":    func(b bag) { b.replace(t, caseFile, `"ref":"OP-1"`, `"ref":"../../x"`) },
		"folder":  func(b bag) { b.replace(t, caseFile, folder, "data/../../../../etc") },
		"another": func(b bag) { b.replace(t, caseFile, `"exhibit":1,`, `"exhibit":7,`) },
		"absent": func(b bag) {
			for file := range b {
				if strings.HasPrefix(file, folder+"/") {
					delete(b, file)
				}
			}
		},
	} {
		b := sampleBag(t)
		change(b)
		b.relist()
		zipped := b.zip(t)
		r, err := newReader(t.Context(), bytes.NewReader(zipped), int64(len(zipped)))
		var failed *FailedError
		if !errors.As(err, &failed) || failed.Report.Outcome != evidence.FailedVerification || len(failed.Report.Findings) != 1 {
			t.Errorf("%s: got %+v, %v", name, r, err)
		}
	}
}

func TestReaderCustody(t *testing.T) {
	x, err := openSample(t).Custody()
	if err != nil {
		t.Fatal(err)
	}
	want, err := sample.vault.Extract(t.Context(), "OP-1")
	if err != nil || len(x.Events) == 0 || len(x.Events) > len(want.Events) {
		t.Fatalf("got %d events of %d, %v", len(x.Events), len(want.Events), err)
	}
	for i, p := range x.Events {
		if p.Event.Seq != want.Events[i].Event.Seq || p.Event.Action != want.Events[i].Event.Action {
			t.Errorf("got event %+v, want %+v", p.Event, want.Events[i].Event)
		}
	}
	for name, content := range map[string][]byte{"missing": nil, "malformed": []byte("{}")} {
		b := sampleBag(t)
		b[custodyFile] = content
		if content == nil {
			delete(b, custodyFile)
		}
		zipped := b.zip(t)
		r, err := newReader(t.Context(), bytes.NewReader(zipped), int64(len(zipped)))
		check(t, err)
		var failed *FailedError
		if _, err := r.Custody(); !errors.As(err, &failed) {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}
