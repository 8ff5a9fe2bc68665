package custody

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"pugmark/evidence/canon"
)

// MaxSize is the largest size of a log, in events.
const MaxSize = 1 << 40

// maxNote is the largest checkpoint that is read, in bytes: room for a hundred
// cosignatures.
const maxNote = 64 << 10

// ErrSignature reports a checkpoint that none of the given keys signed.
var ErrSignature = errors.New("no signature by a known key")

// Checkpoint is the head of a log at one size.
type Checkpoint struct {
	Origin string       // names the log
	Size   int64        // in events
	Root   canon.Digest // RFC 6962 tree head
	Note   string       // signed; empty if it isn't yet
}

// Text returns the part of the note that is signed.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, base64.StdEncoding.EncodeToString(c.Root[:]))
}

// sign returns c with its note.
func (c Checkpoint) sign(s note.Signer) (Checkpoint, error) {
	b, err := note.Sign(&note.Note{Text: c.Text()}, s)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("signing checkpoint: %w", err)
	}
	c.Note = string(b)
	return c, nil
}

// ParseCheckpoint reads a signed checkpoint without looking at its signatures.
// It accepts exactly the encoding that [Checkpoint.Text] gives.
func ParseCheckpoint(signed string) (Checkpoint, error) {
	c, err := parseCheckpoint(signed)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("reading checkpoint: %w", err)
	}
	return c, nil
}

func parseCheckpoint(signed string) (Checkpoint, error) {
	if len(signed) > maxNote {
		return Checkpoint{}, fmt.Errorf("got %d bytes, want at most %d", len(signed), maxNote)
	}
	text, _, ok := strings.Cut(signed, "\n\n")
	lines := strings.Split(text, "\n")
	if !ok || len(lines) != 3 {
		return Checkpoint{}, fmt.Errorf("got %d lines of text, want 3 and then signatures", len(lines))
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || size > MaxSize {
		return Checkpoint{}, fmt.Errorf("got size %q, want a number up to %d", lines[1], int64(MaxSize))
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != len(canon.Digest{}) {
		return Checkpoint{}, fmt.Errorf("got root %q, want 32 bytes of base64", lines[2])
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: canon.Digest(root), Note: signed}
	if c.Origin == "" || c.Text() != text+"\n" {
		return Checkpoint{}, errors.New("not in its one encoding")
	}
	return c, nil
}

// OpenCheckpoint reads a signed checkpoint and checks its signatures. It
// returns the key that signed: the first of the signers that is among keys. The
// error wraps [ErrSignature] when there is none.
func OpenCheckpoint(signed string, keys ...note.Verifier) (Checkpoint, note.Verifier, error) {
	c, err := ParseCheckpoint(signed)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	n, err := note.Open([]byte(signed), note.VerifierList(keys...))
	if err != nil {
		return Checkpoint{}, nil, fmt.Errorf("checkpoint of size %d: %w: %w", c.Size, ErrSignature, err)
	}
	for _, s := range n.Sigs {
		// Package note decodes leniently, so that a signature would have
		// several spellings.
		if _, err := base64.StdEncoding.Strict().DecodeString(s.Base64); err != nil {
			return Checkpoint{}, nil, fmt.Errorf("checkpoint of size %d: %w: %w", c.Size, ErrSignature, err)
		}
	}
	return c, find(keys, n.Sigs[0]), nil
}

func find(keys []note.Verifier, s note.Signature) note.Verifier {
	for _, k := range keys {
		if k.Name() == s.Name && k.KeyHash() == s.Hash {
			return k
		}
	}
	return nil
}
