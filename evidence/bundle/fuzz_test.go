package bundle

import (
	"bytes"
	"slices"
	"testing"

	"pugmark/evidence"
)

// splice replaces some bytes by others.
func splice(b []byte, at, cut uint16, insert []byte) []byte {
	from := int(at) % (len(b) + 1)
	to := min(from+int(cut), len(b))
	return slices.Concat(b[:from], insert, b[to:])
}

// FuzzVerify looks for bytes that Verify can't cope with.
func FuzzVerify(f *testing.F) {
	f.Add(sample.bytes)
	f.Add(bag{bagitFile: []byte(bagit), "data/x": []byte("y")}.zip(f))
	f.Add((&entry{path: bagitFile, size: 1 << 62}).localHeader("b"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := verify(t.Context(), bytes.NewReader(b), int64(len(b)), VerifyOptions{}, &meter{})
		if err == nil && r.Outcome == evidence.Verified {
			t.Error("verified without a key")
		}
	})
}

// FuzzZip changes the zip.
func FuzzZip(f *testing.F) {
	f.Add(uint16(0), uint16(4), []byte("PK\x05\x06"))
	f.Add(uint16(100), uint16(0), []byte{0})
	f.Add(uint16(len(sample.bytes)), uint16(0), sample.bytes)
	f.Fuzz(func(t *testing.T, at, cut uint16, insert []byte) {
		b := splice(sample.bytes, at, cut, insert)
		r, err := verifyBytes(t, b, sample.vault.Keys())
		if err == nil && r.Outcome != evidence.FailedVerification && !bytes.Equal(b, sample.bytes) {
			t.Errorf("changed, but %s", r.Outcome)
		}
	})
}

// FuzzFile changes one file in a zip that is right, with or without new
// manifests of the bag.
func FuzzFile(f *testing.F) {
	for i := range uint16(len(sampleBag(f))) {
		f.Add(i, i*7, uint16(1), []byte{'"'}, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, file, at, cut uint16, insert []byte, forge bool) {
		b := sampleBag(t)
		paths := make([]string, 0, len(b))
		for path := range b {
			paths = append(paths, path)
		}
		slices.Sort(paths)
		path := paths[int(file)%len(paths)]
		old := b[path]
		b[path] = splice(old, at, cut, insert)
		if bytes.Equal(old, b[path]) {
			return
		}
		if forge {
			b.relist()
		}
		r, err := verifyBytes(t, b.zip(t), sample.vault.Keys())
		remade := forge && slices.Contains([]string{manifestFile, tagManifestFile}, path)
		if err == nil && r.Outcome != evidence.FailedVerification && !remade {
			t.Errorf("%s changed, but %s", path, r.Outcome)
		}
	})
}
