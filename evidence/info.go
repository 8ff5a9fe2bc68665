package evidence

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"

	"pugmark/evidence/custody"
)

// VaultVersion is the version of the vault that this program writes, and the
// newest that it opens.
const VaultVersion = 1

// VaultFormat is the value of [Info.Format].
const VaultFormat = "pugmark-vault"

// Info describes a vault. Its canonical JSON is the file vault.json.
type Info struct {
	Format       string    `json:"format"`  // "pugmark-vault"
	Version      int       `json:"version"` // VaultVersion
	ID           uuid.UUID `json:"id"`
	Name         string    `json:"name"`
	Operator     string    `json:"operator"` // who works with it: the actor of its events
	Role         string    `json:"role,omitempty"`
	Organisation string    `json:"organisation,omitempty"`
	Created      time.Time `json:"created"`
	Keys         KeyRing   `json:"keys"`
}

// Key is a public key that signs checkpoints, and since and until when.
type Key struct {
	VKey    string     `json:"vkey"` // verifier key: name, hash, key
	Added   time.Time  `json:"added,omitzero"`
	Retired *time.Time `json:"retired,omitempty"`
}

// KeyRing is a set of keys that somebody trusts.
type KeyRing []Key

// find returns the key of a verifier key.
func (r KeyRing) find(vkey string) (Key, bool) {
	i := slices.IndexFunc(r, func(k Key) bool { return k.VKey == vkey })
	if i < 0 {
		return Key{}, false
	}
	return r[i], true
}

// current returns the key that signs: the newest that isn't retired.
func (r KeyRing) current() (Key, bool) {
	for _, k := range slices.Backward(r) {
		if k.Retired == nil {
			return k, true
		}
	}
	return Key{}, false
}

// verifiers returns those keys of which the text can be read.
func (r KeyRing) verifiers() (out []note.Verifier) {
	for _, k := range r {
		if v, err := custody.ParseKey(k.VKey); err == nil {
			out = append(out, v)
		}
	}
	return out
}

// ParseInfo reads vault.json. The error wraps a [*VersionError] when a newer
// Pugmark wrote it.
func ParseInfo(b []byte) (*Info, error) {
	i := new(Info)
	if err := parseRecord(b, VaultFormat, VaultVersion, i); err != nil {
		return nil, fmt.Errorf("reading vault: %w", err)
	}
	if err := i.check(); err != nil {
		return nil, fmt.Errorf("reading vault: %w", err)
	}
	return i, nil
}

func (i *Info) check() error {
	for _, k := range i.Keys {
		v, err := custody.ParseKey(k.VKey)
		if err != nil {
			return err
		}
		if v.Name() != origin(i.ID) {
			return fmt.Errorf("got a key of %q, want %q", v.Name(), origin(i.ID))
		}
		if err := checkUTC(&k.Added, k.Retired); err != nil {
			return err
		}
	}
	return checkUTC(&i.Created)
}

// Trusts reports whether a verifier key is one of the ring.
func (r KeyRing) Trusts(vkey string) bool {
	_, ok := r.find(vkey)
	return ok
}
