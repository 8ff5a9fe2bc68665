package bundle

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"pugmark/evidence"
)

func readSource(t testing.TB, f *source) []byte {
	t.Helper()
	r, err := f.open()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	check(t, err)
	return b
}

// TestUnpack has other programs read the bundle.
func TestUnpack(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{
		{"unzip", "-tq", sample.result.Path},
		{"unzip", "-q", sample.result.Path, "-d", dir},
		{"sh", "-c", "cd OP-1_2026-11-24.pugmark && sha256sum --quiet --strict -c manifest-sha256.txt tagmanifest-sha256.txt"},
	} {
		cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "warning") {
			t.Errorf("%q: %v\n%s", args, err, out)
		}
	}
	fi, err := os.Stat(filepath.Join(dir, "OP-1_2026-11-24.pugmark", "bagit.txt"))
	if err != nil || fi.Mode() != 0o444 || fi.ModTime().Year() != 1980 {
		t.Errorf("got file %v, %v", fi, err)
	}
	z, err := zip.NewReader(bytes.NewReader(sample.bytes), int64(len(sample.bytes)))
	if err != nil {
		t.Fatal(err)
	}
	sub, err := z.Open("OP-1_2026-11-24.pugmark/data/case.json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(sub)
	if err != nil || !bytes.Equal(got, sampleBag(t)[caseFile]) {
		t.Errorf("got case.json %q, %v", got, err)
	}
}

// largeZip lays out files of more than 4 GiB in a file with holes. It returns the
// file, its size, and where something begins in it.
func largeZip(t testing.TB) (*os.File, []*entry, []int64) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "large.zip"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { check(t, f.Close()) })
	var offset int64
	var directory []byte
	var starts []int64
	entries := []*entry{{path: bagitFile, size: 3}, {path: "data/a", size: 5 << 30}, {path: "data/b", size: 7}, {path: "data/c", size: max32}}
	for _, e := range entries {
		e.offset = offset
		head := e.localHeader("bag")
		if _, err := f.WriteAt(head, offset); err != nil {
			t.Fatal(err)
		}
		starts = append(starts, offset, offset+int64(len(head)))
		offset += int64(len(head)) + e.size
		directory = append(directory, e.centralHeader("bag")...)
	}
	tail := append(directory, end(len(entries), offset, int64(len(directory)))...)
	if _, err := f.WriteAt(tail, offset); err != nil {
		t.Fatal(err)
	}
	for i := range tail { // that all begins with its signature
		if bytes.HasPrefix(tail[i:], []byte("PK")) {
			starts = append(starts, offset+int64(i))
		}
	}
	return f, entries, append(starts, offset+int64(len(tail)))
}

// TestZip64 has other readers understand a zip of the zip64 form, and ours too.
func TestZip64(t *testing.T) {
	f, entries, starts := largeZip(t)
	size := starts[len(starts)-1]
	z, err := zip.NewReader(f, size)
	if err != nil {
		t.Fatal(err)
	}
	c, err := scan(t.Context(), f, size)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		if got := z.File[i]; got.Name != "bag/"+e.path || got.UncompressedSize64 != uint64(e.size) {
			t.Errorf("another reader: got %s of %d bytes, want %+v", got.Name, got.UncompressedSize64, e)
		}
		if *c.entries[i] != *e {
			t.Errorf("got %+v, want %+v", c.entries[i], e)
		}
	}
	out, err := exec.CommandContext(t.Context(), "unzip", "-l", f.Name()).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "5368709120  1980-01-01 00:00   bag/data/a") {
		t.Errorf("unzip: %v\n%s", err, out)
	}
}

// TestEveryByte flips a bit of each byte of the zip's own structure, and of
// every 601st of what the files hold; of all with PUGMARK_TEST_ALL_STEPS=1.
func TestEveryByte(t *testing.T) {
	c, err := scan(t.Context(), bytes.NewReader(sample.bytes), int64(len(sample.bytes)))
	if err != nil {
		t.Fatal(err)
	}
	inFile := make([]bool, len(sample.bytes))
	for _, e := range c.entries {
		from := e.offset + int64(len(e.localHeader(c.base)))
		for i := range e.size {
			inFile[from+i] = true
		}
	}
	b, step := bytes.Clone(sample.bytes), 601
	if os.Getenv("PUGMARK_TEST_ALL_STEPS") == "1" {
		step = 1
	}
	for i := range b {
		if inFile[i] && i%step != 0 {
			continue
		}
		b[i] ^= 1 << (i % 8)
		if r, err := verifyBytes(t, b, sample.vault.Keys()); err == nil && r.Outcome != evidence.FailedVerification {
			t.Errorf("byte %d flipped: %s", i, r.Outcome)
		}
		b[i] = sample.bytes[i]
	}
}

func TestTruncated(t *testing.T) {
	for n := 0; n < len(sample.bytes); n += 1 + n/40 {
		r, err := verifyBytes(t, sample.bytes[:n], sample.vault.Keys())
		if err == nil && r.Outcome != evidence.FailedVerification {
			t.Errorf("%d bytes: %s", n, r.Outcome)
		}
	}
}

// at returns where a field of a file's local header is.
func at(t testing.TB, path string, field int) int {
	t.Helper()
	c, err := scan(t.Context(), bytes.NewReader(sample.bytes), int64(len(sample.bytes)))
	if err != nil {
		t.Fatal(err)
	}
	return int(c.byPath[path].offset) + field
}

// hostileZip is a change of the zip, not of what the files hold, and what a
// verification finds.
type hostileZip struct {
	change func([]byte) []byte
	want   string
}

func hostileZips(t testing.TB) map[string]hostileZip {
	put16 := func(field int, n uint16) func([]byte) []byte {
		return func(b []byte) []byte {
			binary.LittleEndian.PutUint16(b[at(t, caseFile, field):], n)
			return b
		}
	}
	central := func(b []byte) int { // where the directory has the file
		return bytes.LastIndex(b, []byte("OP-1_2026-11-24.pugmark/"+caseFile)) - centralSize
	}
	mode := func(n uint32) func([]byte) []byte {
		return func(b []byte) []byte {
			binary.LittleEndian.PutUint32(b[central(b)+38:], n<<16)
			return b
		}
	}
	rename := func(name string) func([]byte) []byte {
		old := "OP-1_2026-11-24.pugmark/" + eventsFile
		return func(b []byte) []byte { return bytes.ReplaceAll(b, []byte(old), []byte(name+old[len(name):])) }
	}
	return map[string]hostileZip{
		"encrypted":  {put16(6, 1), caseFile + ": " + EntryEncrypted},
		"descriptor": {put16(6, 8), caseFile + ": " + ContainerChanged},
		"compressed": {put16(8, 8), caseFile + ": " + EntryCompressed},
		"dated":      {put16(12, 0x5555), caseFile + ": " + ContainerChanged},
		"sizes": {func(b []byte) []byte {
			b[at(t, caseFile, 18)]++
			return b
		}, caseFile + ": " + EntrySize},
		"size": {func(b []byte) []byte {
			b[at(t, caseFile, 18)+3], b[at(t, caseFile, 22)+3] = 0x70, 0x70
			return b
		}, caseFile + ": " + EntrySize},
		"checksum": {func(b []byte) []byte {
			i := central(b)
			b[at(t, caseFile, 14)]++
			b[i+16]++
			return b
		}, caseFile + ": " + ContainerChanged},
		"content": {func(b []byte) []byte {
			b[at(t, caseFile, localSize+len("OP-1_2026-11-24.pugmark/"+caseFile))] ^= 1
			return b
		}, caseFile + ": " + FileDigest},
		"link":        {mode(0o120777), caseFile + ": " + EntryType},
		"folder":      {mode(0o040755), caseFile + ": " + EntryType},
		"device":      {mode(0o020666), caseFile + ": " + EntryType},
		"disk":        {mode(0o060666), caseFile + ": " + EntryType},
		"pipe":        {mode(0o010644), caseFile + ": " + EntryType},
		"socket":      {mode(0o140755), caseFile + ": " + EntryType},
		"set user id": {mode(0o104755), caseFile + ": " + EntryType},
		"other name": {func(b []byte) []byte { // in the directory alone
			copy(b[central(b)+centralSize:], "../../")
			return b
		}, caseFile + ": " + ContainerChanged},
		"other offset": {func(b []byte) []byte { // of two files one
			binary.LittleEndian.PutUint32(b[central(b)+42:], 0)
			return b
		}, caseFile + ": " + ContainerChanged},
		"other size": {func(b []byte) []byte {
			b[central(b)+20]++
			return b
		}, caseFile + ": " + ContainerChanged},
		"not listed": {func(b []byte) []byte {
			i := central(b)
			return append(b[:i], b[i+centralSize+len("OP-1_2026-11-24.pugmark/"+caseFile):]...)
		}, caseFile + ": " + ContainerChanged},
		"fewer files": {func(b []byte) []byte {
			b[len(b)-12]--
			return b
		}, "zip: " + ContainerChanged},
		"directory elsewhere": {func(b []byte) []byte {
			b[len(b)-6]++
			return b
		}, "zip: " + ContainerChanged},
		"size of zip64": {func(b []byte) []byte { // and no field for it
			copy(b[at(t, caseFile, 18):], bytes.Repeat([]byte{0xff}, 8))
			return b
		}, caseFile + ": " + ContainerChanged},
		"overlap": {func(b []byte) []byte { // a file that holds the next one
			n := uint32(at(t, custodyFile, 0) + 1000 - at(t, caseFile, localSize+len("OP-1_2026-11-24.pugmark/"+caseFile)))
			binary.LittleEndian.PutUint32(b[at(t, caseFile, 18):], n)
			binary.LittleEndian.PutUint32(b[at(t, caseFile, 22):], n)
			return b
		}, "zip: " + ContainerChanged},
		"absolute":  {rename("/etc/cron.d/"), `"/etc/cron.d/-24.pugmark/` + eventsFile + `": ` + EntryName},
		"traversal": {rename("../../../../../root/.ssh/"), "\"../../../../../root/.ssh/" + eventsFile[1:] + "\": " + EntryName},
		"trailing":  {func(b []byte) []byte { return append(b, 0) }, "zip: " + ContainerChanged},
		"comment": {func(b []byte) []byte {
			b[len(b)-2] = 4
			return append(b, "gift"...)
		}, "zip: " + ContainerChanged},
		"twice": {func(b []byte) []byte { return append(b, b...) }, "zip: " + ContainerChanged},
	}
}

func TestHostileZip(t *testing.T) {
	for name, c := range hostileZips(t) {
		t.Run(name, func(t *testing.T) {
			r, err := verifyBytes(t, c.change(bytes.Clone(sample.bytes)), sample.vault.Keys())
			if err != nil {
				t.Fatal(err)
			}
			wantFindings(t, r, c.want)
		})
	}
}

// hostileNames are names that no file in a bundle may have.
var hostileNames = []string{
	"../x", "data/../x", "data/../../x", "/x", "data//x", "data/./x", "data/", "data/x/", "data/.x", "data/x.", "data/x ",
	`data\x`, `..\x`, "data/x\\y", "C:/x", "data/x:y", "data/x\x00y", "data/x\ny", "data/x\x1b[2J", "data/é", "data/a%b",
	`C:\x`, `\\server\share\x`, `\\?\C:\x`, `data/..\..\x`, "~/x", "data/$HOME", "data/-x/..", "\xff", "data/x\x7f", "data/\u202ex",
	"data/e\u0301", "data/\u00e9", "data/\u0435.png", "data/\uff0e\uff0e\uff0fx", "data/c\u00adase.json", "data/case.json\u200b", "data/CASE.JSON",
	"data/CON", "data/CONIN$", "data/LPT9.txt", "data/x/prn", "data/aux.txt", "data/com1/x", "data/nul", "data/CASE.json", "data/Keys.json", "data/case.json/x",
	"data/" + strings.Repeat("x", maxPath),
}

// TestHostileName adds a file to the zip, in its order.
func TestHostileName(t *testing.T) {
	for _, path := range hostileNames {
		b := sampleBag(t)
		b[path] = []byte("x")
		r, err := verifyBytes(t, b.zip(t), sample.vault.Keys())
		if err != nil {
			t.Errorf("%q: %v", path, err)
			continue
		}
		if len(r.Findings) != 1 || r.Findings[0].Kind != EntryName || r.Outcome != evidence.FailedVerification {
			t.Errorf("%q: got %v", path, r.Findings)
		}
		if s := fmt.Sprint(r.Findings); strings.ContainsAny(s, "\x00\x1b\n") {
			t.Errorf("%q: got unprintable findings %q", path, s)
		}
	}
}

func TestDuplicate(t *testing.T) {
	var files []*source
	for path, content := range sampleBag(t) {
		files = append(files, bytesSource(path, content))
	}
	files = append(files, bytesSource(caseFile, []byte("{}")))
	var buf bytes.Buffer
	if _, _, err := writeZip(t.Context(), &buf, "bag", files, &meter{}); err != nil {
		t.Fatal(err)
	}
	r, err := verifyBytes(t, buf.Bytes(), sample.vault.Keys())
	if err != nil {
		t.Fatal(err)
	}
	wantFindings(t, r, caseFile+": "+EntryName)
}

// TestManyFiles has one file more than a bundle may.
func TestManyFiles(t *testing.T) {
	c := &container{base: "b", entries: make([]*entry, maxFiles)}
	_, _, err := c.scanFile((&entry{path: "data/x"}).localHeader("b"), 1<<30)
	var d *deviation
	if !errors.As(err, &d) || d.Kind != ContainerChanged {
		t.Errorf("got error %v", err)
	}
}

// TestForeignZip packs the same bag with another program.
func TestForeignZip(t *testing.T) {
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	b := sampleBag(t)
	for _, path := range append(root, guideFile) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: "bag/" + path, Method: zip.Deflate})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(b[path]); err != nil {
			t.Fatal(err)
		}
	}
	check(t, w.Close())
	r, err := verifyBytes(t, buf.Bytes(), sample.vault.Keys())
	if err != nil {
		t.Fatal(err)
	}
	wantFindings(t, r, bagitFile+": "+EntryCompressed)
}

func TestNotBundle(t *testing.T) {
	dir := t.TempDir()
	var other bytes.Buffer
	w := zip.NewWriter(&other)
	if _, err := w.Create("word/document.xml"); err != nil {
		t.Fatal(err)
	}
	check(t, w.Close())
	for name, content := range map[string][]byte{
		"empty": nil, "text": []byte("PK? no"), "other.zip": other.Bytes(), "moved.zip": append([]byte("#!/bin/sh\n"), sample.bytes...),
		"long.zip": (&entry{path: strings.Repeat("x", 1000)}).localHeader("b"),
		"base.zip": (&entry{path: bagitFile}).localHeader("../b"),
	} {
		path := filepath.Join(dir, name)
		check(t, os.WriteFile(path, content, 0o600))
		_, err := Verify(t.Context(), path, VerifyOptions{Trust: evidence.Trust{}}, nil)
		wantErr(t, err, ErrNotBundle)
		_, err = Open(t.Context(), path)
		wantErr(t, err, ErrNotBundle)
	}
	_, err := Verify(t.Context(), dir, VerifyOptions{Trust: evidence.Trust{}}, nil)
	wantErr(t, err, ErrNotBundle)
	_, err = Verify(t.Context(), filepath.Join(dir, "absent"), VerifyOptions{Trust: evidence.Trust{}}, nil)
	wantErr(t, err, os.ErrNotExist)
}

func TestNewerVersion(t *testing.T) {
	b := sampleBag(t)
	b.replace(t, infoFile, "Version: 1\n", "Version: 2\nOther: x\n")
	b.relist()
	zipped := append(b.zip(t), "and another layout"...)
	_, err := verifyBytes(t, zipped, nil)
	var newer *evidence.VersionError
	if !errors.As(err, &newer) || newer.Got != 2 || newer.Want != 1 || newer.Format != BundleFormat {
		t.Errorf("got error %v", err)
	}
}

func TestTree(t *testing.T) {
	files := map[string]string{"a": "1", "b/c": "22", "b/d/e": "333", "b/d/f": "", "z": "4"}
	var entries []*entry
	for path, content := range files {
		entries = append(entries, &entry{path: "at/" + path, size: int64(len(content)), crc: crc32.ChecksumIEEE([]byte(content))})
	}
	open := func(e *entry) io.Reader { return strings.NewReader(files[strings.TrimPrefix(e.path, "at/")]) }
	check(t, fstest.TestFS(newTree("at/", entries, open), "a", "b/c", "b/d/e", "b/d/f", "z"))
}
