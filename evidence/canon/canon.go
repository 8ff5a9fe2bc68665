// Package canon reads and writes the two encodings that every Pugmark record
// rests on: canonical JSON and the SHA-256 digest.
//
// # Canonical JSON
//
// A record is the canonical form of a JSON value (RFC 8785): members sorted by
// UTF-16 code units, no white space, shortest strings, ECMAScript numbers,
// UTF-8. It therefore has exactly one encoding, so that a digest of the bytes
// is a digest of the meaning. Integers stay below 2⁵³ and times are UTC,
// RFC 3339, with as many digits of a second as they need.
//
// [Unmarshal] accepts nothing else: not another spacing or order, not a
// duplicate or unknown member, not invalid UTF-8, not a value that a second
// reader could take for another.
//
// # Digest
//
// A digest is the SHA-256 (FIPS 180-4) of some bytes. Its text form is 64
// lowercase hexadecimal digits.
package canon

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// MaxSize is the largest record that [Unmarshal] reads, in bytes. A manifest
// of 10,000 items needs about a quarter of it.
const MaxSize = 16 << 20

// ErrNotCanonical reports bytes that are JSON, but not the canonical form of
// the value that they hold.
var ErrNotCanonical = errors.New("not in canonical form (RFC 8785)")

// Marshal returns the canonical JSON of v.
func Marshal(v any) ([]byte, error) {
	b, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	c := jsontext.Value(b)
	if err := c.Canonicalize(); err != nil {
		return nil, err
	}
	return c, nil
}

// Unmarshal reads the canonical JSON b into v. The error wraps
// [ErrNotCanonical] when b is another encoding of the same value.
func Unmarshal(b []byte, v any) error {
	if len(b) > MaxSize {
		return fmt.Errorf("got %d bytes, want at most %d", len(b), MaxSize)
	}
	if err := json.Unmarshal(b, v, json.RejectUnknownMembers(true)); err != nil {
		return err
	}
	again, err := Marshal(v)
	if err != nil {
		return err
	}
	if !bytes.Equal(b, again) {
		return ErrNotCanonical
	}
	return nil
}
