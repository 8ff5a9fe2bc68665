package main

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pugmark/evidence"
	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// block is a block of a pcapng with nothing in it that anyone reads.
func block(kind, size uint32) []byte {
	b := make([]byte, size)
	binary.LittleEndian.PutUint32(b, kind)
	binary.LittleEndian.PutUint32(b[4:], size)
	binary.LittleEndian.PutUint32(b[size-4:], size)
	return b
}

// wireVault is an unlocked vault with a capture that has a wire record and TLS
// secrets.
func wireVault(t *testing.T) (v *evidence.Vault, c evidence.Capture, record evidence.Item) {
	t.Helper()
	dir := t.TempDir()
	if err := newVault(dir); err != nil {
		t.Fatal(err)
	}
	v, err := evidence.Open(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close() })
	if err := v.Unlock(t.Context(), passphrase); err != nil {
		t.Fatal(err)
	}
	s, err := v.Stage(t.Context(), evidence.StageRequest{Case: "OP-1", Requested: "https://example.org/"})
	if err != nil {
		t.Fatal(err)
	}
	w, err := s.Create("wire.pcapng", evidence.KindWire, "application/x-pcapng")
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{block(0x0A0D0D0A, 28), block(1, 20), block(6, 64)} {
		w.Write(b)
	}
	secrets, err := s.Create("tls-secrets.age", evidence.KindSecrets, "application/age")
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := v.Encrypt(secrets)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(sealed, "CLIENT_RANDOM 00 11\n")
	if err := errors.Join(err, w.Close(), sealed.Close(), secrets.Close()); err != nil {
		t.Fatal(err)
	}
	return v, finish(t, s), s.Items()[1]
}

// finish seals a capture.
func finish(t *testing.T, s *evidence.Staging) evidence.Capture {
	t.Helper()
	now := time.Now().UTC()
	sealed, err := s.Seal(t.Context(), &evidence.Acquisition{
		Time: evidence.Time{Started: now, Finished: now}, Verdict: evidence.Complete,
		Environment: evidence.Environment{Flags: []string{}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return sealed.Capture
}

// exportedItems returns what the log has of files that were written.
func exportedItems(t *testing.T, v *evidence.Vault) []custody.Event {
	t.Helper()
	events, err := v.Events(t.Context(), custody.Filter{Action: custody.ItemExported})
	if err != nil {
		t.Error(err)
	}
	return events
}

// namesIn lists a folder.
func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestWriteWire(t *testing.T) {
	v, c, record := wireVault(t)
	path := filepath.Join(t.TempDir(), "x.pcapng")
	doc, err := writeWire(t.Context(), v, c, record, path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil || canon.Sum(b) != doc.SHA256 || int64(len(b)) != doc.Bytes || !strings.Contains(string(b), "CLIENT_RANDOM 00 11\n") {
		t.Errorf("got %d bytes for %+v, %v", len(b), doc, err)
	}
	if e := exportedItems(t, v); len(e) != 1 || e[0].Digest != doc.SHA256 || e[0].Subject != c.ID.String() || e[0].Case != "OP-1" {
		t.Errorf("got events %+v", e)
	}
}

// TestWriteWireTaken has the name taken at the last moment: the log has the
// file, and what was there stays.
func TestWriteWireTaken(t *testing.T) {
	v, c, record := wireVault(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "x.pcapng")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := writeWire(t.Context(), v, c, record, path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got error %v, want %v", err, fs.ErrExist)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "mine" {
		t.Errorf("got %q, %v", b, err)
	}
	if names := namesIn(t, dir); len(names) != 1 {
		t.Errorf("got files %q, want one", names)
	}
	if n := len(exportedItems(t, v)); n != 1 {
		t.Errorf("got %d events, want 1", n)
	}
}

// TestWriteWireUnlogged can't write to the log: then there is no file.
func TestWriteWireUnlogged(t *testing.T) {
	v, c, record := wireVault(t)
	dir := t.TempDir()
	readOnly, err := evidence.OpenReadOnly(t.Context(), v.Dir())
	if err != nil {
		t.Fatal(err)
	}
	defer readOnly.Close()
	if err := readOnly.Unlock(t.Context(), passphrase); err != nil {
		t.Fatal(err)
	}
	if _, err := writeWire(t.Context(), readOnly, c, record, filepath.Join(dir, "x.pcapng")); err == nil {
		t.Error("got no error")
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := writeWire(stopped, v, c, record, filepath.Join(dir, "x.pcapng")); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
	if names := namesIn(t, dir); len(names) != 0 {
		t.Errorf("got files %q, want none", names)
	}
	if n := len(exportedItems(t, v)); n != 0 {
		t.Errorf("got %d events, want none", n)
	}
}
