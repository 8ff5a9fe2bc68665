package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"

	"pugmark/capture/wire"
	"pugmark/evidence"
	"pugmark/evidence/custody"
)

// wireDoc is the document of "pug show --wire-with-secrets".
type wireDoc struct {
	Capture string          `json:"capture"`
	Path    string          `json:"path"`
	Bytes   int64           `json:"bytes"`
	SHA256  evidence.Digest `json:"sha256"`
}

// exportWire writes the wire record of a capture with its TLS secrets.
func (a *app) exportWire(ctx context.Context, name, path string) (out outcome, err error) {
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		c, err := v.Capture(ctx, name)
		if err != nil {
			return about(name, err)
		}
		record, err := wireRecord(c)
		if err != nil {
			return err
		}
		if err := checkTarget(path); err != nil {
			return err
		}
		if err := a.unlock(ctx, v); err != nil {
			return err
		}
		a.step("Writing the wire record of %s with its TLS secrets", c.Name())
		doc, err := writeWire(ctx, v, c, record, path)
		if err != nil {
			return err
		}
		a.warn("%s holds the TLS secrets of %s: who has it can read the cookies of the session", path, c.Name())
		out = outcome{doc: doc, text: doc.print}
		return nil
	})
	return out, err
}

// wireRecord returns the wire record of a capture that has TLS secrets, before
// anybody is asked for a passphrase.
func wireRecord(c evidence.Capture) (evidence.Item, error) {
	m, err := c.Manifest()
	if err != nil {
		return evidence.Item{}, damaged(c, err)
	}
	record, ok := m.Find(evidence.KindWire)
	if _, secrets := m.Find(evidence.KindSecrets); !ok || !secrets {
		return evidence.Item{}, noSecrets(c)
	}
	return record, nil
}

func noSecrets(c evidence.Capture) error {
	return tell("no_secrets", fmt.Sprintf("The capture %s has no TLS secrets.", c.Name()),
		"None of its connections used TLS, or the program that made it did not keep them.\n"+
			"What went without TLS is in clear in its file wire.pcapng.")
}

// writeWire writes the file, for its owner alone. It gets its name once it is
// whole, on disk and logged: a file that exists is always in the log. After a
// crash between the two, the log has a file that nobody ever got.
func writeWire(ctx context.Context, v *evidence.Vault, c evidence.Capture, record evidence.Item, path string) (doc wireDoc, err error) {
	keyLog, err := v.Secrets(c)
	if err != nil {
		return doc, damaged(c, err)
	}
	if len(keyLog) == 0 {
		return doc, noSecrets(c)
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*.partial") // mode 0600
	if err != nil {
		return doc, err
	}
	defer func() {
		if err != nil {
			_, _ = f.Close(), os.Remove(f.Name())
		}
	}()
	sum := &summer{w: f, hash: sha256.New()}
	if err := joinWire(ctx, sum, c, record, keyLog); err != nil {
		return doc, err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return doc, err
	}
	doc = wireDoc{Capture: c.Name(), Path: path, Bytes: sum.n, SHA256: sum.digest()}
	err = v.Log(ctx, custody.Event{
		Action: custody.ItemExported, Subject: c.ID.String(), Digest: doc.SHA256, Case: c.Case,
		Details: map[string]string{"item": record.Path, "file": filepath.Base(path), "secrets": "included"},
	})
	if err != nil {
		return doc, err
	}
	if err := evidence.PublishFile(f.Name(), path); err != nil {
		return doc, fmt.Errorf("the log has the file %q, but it could not be made: %w", path, err)
	}
	return doc, nil
}

// joinWire writes the wire record, which must be the one that was sealed, with
// the secrets ahead of its packets.
func joinWire(ctx context.Context, w io.Writer, c evidence.Capture, record evidence.Item, keyLog []byte) error {
	f, err := os.OpenInRoot(c.Dir, filepath.FromSlash(record.Path))
	if err != nil {
		return damaged(c, err)
	}
	defer f.Close()
	sum := sha256.New()
	if err := wire.WithSecrets(w, io.TeeReader(evidence.UntilDone(ctx, f), sum), keyLog); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return fmt.Errorf("%s of %s: %w", record.Path, c.Name(), err)
	}
	if got := evidence.Digest(sum.Sum(nil)); got != record.SHA256 {
		return damaged(c, fmt.Errorf("item %q: got digest %s, want %s", record.Path, got, record.SHA256))
	}
	return nil
}

// summer counts and hashes what it writes.
type summer struct {
	w    io.Writer
	hash hash.Hash
	n    int64
}

func (s *summer) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	s.hash.Write(p[:n])
	s.n += int64(n)
	return n, err
}

func (s *summer) digest() evidence.Digest { return evidence.Digest(s.hash.Sum(nil)) }

func (d wireDoc) print(w io.Writer) {
	fmt.Fprintf(w, "Wrote the wire record of %s, with its TLS secrets\n", d.Capture)
	printFields(w, []field{{"file", d.Path}, {"size", sizeText(d.Bytes)}, {"SHA-256", d.SHA256.String()}})
	fmt.Fprintf(w, "To see what the server sent: tshark -r %s -Y 'http or http2'\n", d.Path)
}
