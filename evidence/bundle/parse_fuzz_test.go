package bundle

import (
	"bytes"
	"slices"
	"testing"

	"pugmark/evidence/canon"
)

// seeds adds those files of the sample that are of a kind, and a damaged one.
func seeds(f *testing.F, path string) {
	b, ok := sampleBag(f)[path]
	if !ok {
		f.Fatalf("the sample has no %s", path)
	}
	f.Add(b)
	f.Add(b[:len(b)/2])
}

// wantSame checks that what was read of a file is written as the same bytes.
func wantSame(t *testing.T, v any, b []byte) {
	t.Helper()
	again, err := canon.Marshal(v)
	if err != nil || !bytes.Equal(again, b) {
		t.Errorf("got %q, %v, want %q", again, err, b)
	}
}

// FuzzParseKeys checks that keys.json has one encoding, and that its keys can be
// used.
func FuzzParseKeys(f *testing.F) {
	seeds(f, keysFile)
	f.Fuzz(func(t *testing.T, b []byte) {
		k, err := parseKeys(b)
		if err != nil {
			return
		}
		wantSame(t, k, b)
		if len(k.verifiers()) != len(k.Keys) {
			t.Errorf("got %d verifiers of %d keys", len(k.verifiers()), len(k.Keys))
		}
		for _, key := range k.Keys {
			if _, err := Fingerprint(key.VKey); err != nil {
				t.Error(err)
			}
		}
	})
}

// FuzzParseWithheld checks that withheld.json has one encoding, and names only
// what is in the bag's data.
func FuzzParseWithheld(f *testing.F) {
	f.Add([]byte(`{"format":"pugmark-withheld","items":[],"version":1}`))
	w := &withheld{Format: withheldFormat, Version: withheldVersion, Items: []withheldItem{{Capture: capturesPrefix + "0001_x", Why: whySecrets}}}
	b, err := canon.Marshal(w)
	check(f, err)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		w, err := parseWithheld(b)
		if err != nil {
			return
		}
		wantSame(t, w, b)
		for _, x := range w.Items {
			if !w.has(x.path()) {
				t.Errorf("item %q isn't found", x.path())
			}
		}
	})
}

// FuzzParseManifest checks that a bag's manifest has one encoding, of paths that
// are safe on any system.
func FuzzParseManifest(f *testing.F) {
	seeds(f, manifestFile)
	f.Fuzz(func(t *testing.T, b []byte) {
		lines, err := parseManifest(b)
		if err != nil {
			return
		}
		if again := formatManifest(lines); !bytes.Equal(again, b) {
			t.Errorf("got %q, want %q", again, b)
		}
		for _, l := range lines {
			if err := checkPath(l.path); err != nil {
				t.Error(err)
			}
		}
	})
}

// FuzzReader opens what may be a bundle, as who imports or reviews one does.
func FuzzReader(f *testing.F) {
	f.Add(sample.bytes)
	f.Add(bag{bagitFile: []byte(bagit), "data/x": []byte("y")}.zip(f))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := newReader(t.Context(), bytes.NewReader(b), int64(len(b)))
		if err == nil && r.Contents() == nil {
			t.Error("got no contents and no error")
		}
	})
}

// FuzzRecipient checks that only what names a key is taken for a recipient.
func FuzzRecipient(f *testing.F) {
	f.Add("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p")
	f.Add("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpXmTGsdmIEXOhPnlWnHyRqEJ0zBKmDAu8OhOZbTNUc a@b")
	f.Add("ssh-rsa AAAAB3NzaC1yc2E=")
	f.Fuzz(func(t *testing.T, text string) {
		r, err := ParseRecipient(text)
		if err == nil && (r.Name == "" || r.age == nil) {
			t.Errorf("got recipient %+v of %q", r, text)
		}
	})
}

// FuzzKeyLog checks that a key log that passes consists of whole lines.
func FuzzKeyLog(f *testing.F) {
	f.Add([]byte("CLIENT_RANDOM " + string(bytes.Repeat([]byte("0"), 64)) + " 00\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if checkKeyLog(b) != nil || len(b) == 0 {
			return
		}
		for line := range bytes.Lines(b) {
			if len(bytes.Fields(line)) != 3 || slices.Contains(line, 0) {
				t.Errorf("got line %q", line)
			}
		}
	})
}
