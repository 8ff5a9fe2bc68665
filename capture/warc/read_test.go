package warc

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"testing"
)

// TestBodies reads the body of each exchange back.
func TestBodies(t *testing.T) {
	archive, _ := write(t)
	bodies, err := OpenBodies(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, x := range sample() {
		if x.r.Body == nil {
			continue
		}
		want, err := io.ReadAll(x.r.Body)
		if err != nil {
			t.Fatal(err)
		}
		got, err := bodies.Read(sha256.Sum256(want), int64(len(want)))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%q: got %.80q, %v, want %.80q", x.q.URL, got, err, want)
		}
		if _, err := bodies.Read(sha256.Sum256(want), int64(len(want))-1); len(want) > 0 && err == nil {
			t.Errorf("%q: got a body beyond the limit", x.q.URL)
		}
		found++
	}
	if found == 0 {
		t.Error("no exchange has a body")
	}
	if _, err := bodies.Read(sha256.Sum256([]byte("absent")), 1<<20); !errors.Is(err, ErrNoBody) {
		t.Errorf("got %v, want %v", err, ErrNoBody)
	}
}

// TestBodiesHostile has archives that say what isn't so.
func TestBodiesHostile(t *testing.T) {
	sum := sha256.Sum256(nil)
	for name, line := range map[string]string{
		"beyond the end": `x 1 {"digest":"` + digest(sum).String() + `","offset":"9999999","length":"10","filename":"data.warc.gz"}`,
		"not gzip":       `x 1 {"digest":"` + digest(sum).String() + `","offset":"0","length":"4","filename":"data.warc.gz"}`,
		"negative":       `x 1 {"digest":"` + digest(sum).String() + `","offset":"-1","length":"4","filename":"data.warc.gz"}`,
		"no JSON":        "{{{",
	} {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for path, content := range map[string]string{dataPath: "data", indexPath: line} {
			w, err := z.CreateHeader(&zip.FileHeader{Name: path, Method: zip.Store})
			if err == nil {
				_, err = io.WriteString(w, content)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		bodies, err := OpenBodies(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := bodies.Read(sum, 1<<20); err == nil {
			t.Errorf("%s: got a body", name)
		}
	}
	if _, err := OpenBodies(bytes.NewReader([]byte("no zip")), 6); err == nil {
		t.Error("got an archive from what is none")
	}
}

// FuzzBodies reads what an index and its records may say. A body that is had must
// have the digest that was asked for.
func FuzzBodies(f *testing.F) {
	archive, _ := write(f)
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		f.Fatal(err)
	}
	var parts [2][]byte
	for i, path := range []string{indexPath, dataPath} {
		r, err := z.Open(path)
		if err != nil {
			f.Fatal(err)
		}
		if parts[i], err = io.ReadAll(r); err != nil {
			f.Fatal(err)
		}
	}
	f.Add(parts[0], parts[1])
	f.Fuzz(func(t *testing.T, index, data []byte) {
		b := &Bodies{data: io.NewSectionReader(bytes.NewReader(data), 0, int64(len(data))), at: make(map[digest]member)}
		for line := range bytes.Lines(index) {
			b.index(line)
		}
		for sum := range b.at {
			if body, err := b.Read(sum, 1<<20); err == nil && sha256.Sum256(body) != sum {
				t.Errorf("got a body of another digest than %x", sum)
			}
		}
	})
}
