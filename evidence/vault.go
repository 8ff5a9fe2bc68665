package evidence

import (
	"context"
	"crypto/ed25519"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// Names in a vault's folder.
const (
	infoFile    = "vault.json"
	keyFile     = "key.age"
	dbFile      = "vault.db"
	stagingDir  = "staging"
	casesDir    = "cases"
	importedDir = "imported"
)

// Errors of a vault.
var (
	ErrNotVault = errors.New("not a vault")
	ErrNotEmpty = errors.New("the folder is not empty")
	ErrLocked   = errors.New("the vault is locked")
)

// Vault is an open vault. Its methods may be called from several goroutines,
// and several processes may have the same vault open.
type Vault struct {
	dir  string // absolute
	info Info   // as it was when the vault was opened; its keys are in keys
	db   *sql.DB
	// readOnly says that nothing may be written in the folder.
	readOnly bool
	search   searchIndex

	mu      sync.Mutex
	keys    KeyRing            // guarded by mu; replaced, never changed
	signer  note.Signer        // guarded by mu; nil while locked
	key     ed25519.PrivateKey // likewise: what signer signs with
	private keySet             // likewise: key, and those that were retired
}

// CreateOptions describe a new vault.
type CreateOptions struct {
	Name         string // by default the folder's
	Operator     string // by default the name of the system's user
	Role         string
	Organisation string
	Passphrase   string
}

// Create makes a vault in a folder that is empty or isn't there yet, and opens
// it, unlocked. If it fails, it leaves nothing behind.
func Create(ctx context.Context, dir string, o CreateOptions) (*Vault, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("creating vault: %w", err)
	}
	v, err := create(ctx, dir, o)
	if err != nil {
		return nil, fmt.Errorf("creating vault in %q: %w", dir, err)
	}
	return v, nil
}

func create(ctx context.Context, dir string, o CreateOptions) (*Vault, error) {
	if o.Passphrase == "" {
		return nil, errors.New("the passphrase is empty")
	}
	if err := checkEmpty(dir); err != nil {
		return nil, err
	}
	key, err := newKey()
	if err != nil {
		return nil, err
	}
	sealedKey, err := keySet{key}.encrypt(o.Passphrase)
	if err != nil {
		return nil, err
	}
	info, err := newInfo(dir, o, key)
	if err != nil {
		return nil, err
	}
	v, err := initialise(ctx, dir, info, key, sealedKey)
	if err != nil {
		return nil, errors.Join(err, undo(dir))
	}
	return v, nil
}

// checkEmpty refuses a folder that holds anything.
func checkEmpty(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return ErrNotEmpty
	}
	return nil
}

// undo empties a folder in which a vault could not be made.
func undo(dir string) (err error) {
	for _, name := range []string{infoFile, keyFile, dbFile, dbFile + "-wal", dbFile + "-shm", stagingDir, casesDir, importedDir} {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, name)))
	}
	return err
}

func newInfo(dir string, o CreateOptions, key ed25519.PrivateKey) (Info, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Info{}, err
	}
	vkey, err := verifierKey(origin(id), key)
	if err != nil {
		return Info{}, err
	}
	if o.Name == "" {
		o.Name = filepath.Base(dir)
	}
	if o.Operator == "" {
		u, err := user.Current()
		if err != nil {
			return Info{}, fmt.Errorf("finding the operator's name: %w", err)
		}
		o.Operator = u.Username
	}
	now := time.Now().UTC()
	return Info{
		Format: VaultFormat, Version: VaultVersion, ID: id, Name: o.Name,
		Operator: o.Operator, Role: o.Role, Organisation: o.Organisation,
		Created: now, Keys: KeyRing{{VKey: vkey, Added: now}},
	}, nil
}

// initialise writes the vault. vault.json comes last: with it the folder is a
// vault.
func initialise(ctx context.Context, dir string, info Info, key ed25519.PrivateKey, sealedKey []byte) (*Vault, error) {
	b, err := canon.Marshal(info)
	if err != nil {
		return nil, err
	}
	for _, d := range []string{stagingDir, casesDir, importedDir} {
		if err := makeDir(filepath.Join(dir, d)); err != nil {
			return nil, err
		}
	}
	if err := writeFile(filepath.Join(dir, keyFile), sealedKey, fileMode); err != nil {
		return nil, err
	}
	if err := writeFile(filepath.Join(dir, importedDir, importLock), nil, fileMode); err != nil {
		return nil, err
	}
	v := &Vault{dir: dir, info: info, keys: info.Keys}
	if err := v.setKeys(keySet{key}); err != nil {
		return nil, err
	}
	if err := v.createDB(ctx); err != nil {
		return nil, err
	}
	if err := publishBytes(filepath.Join(dir, infoFile), b); err != nil {
		return nil, errors.Join(err, v.Close())
	}
	return v, nil
}

// createDB makes vault.db with the first events and leaves it open.
func (v *Vault) createDB(ctx context.Context) (err error) {
	path := filepath.Join(v.dir, dbFile)
	if err := writeFile(path, nil, fileMode); err != nil {
		return err
	}
	if v.db, err = openDB(ctx, path, dbWrite); err != nil {
		return err
	}
	err = v.update(ctx, func(tx *sql.Tx) error {
		if err := custody.CreateTables(ctx, tx); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, indexSchema+fmt.Sprintf("PRAGMA user_version = %d;", dbVersion)); err != nil {
			return err
		}
		return v.logCreation(ctx, tx)
	})
	if err != nil {
		return errors.Join(err, v.db.Close())
	}
	return nil
}

func (v *Vault) logCreation(ctx context.Context, tx *sql.Tx) error {
	created := custody.Event{
		Time: v.info.Created, Action: custody.VaultCreated, Subject: v.info.ID.String(),
		Details: details("name", v.info.Name, "operator", v.info.Operator, "role", v.info.Role, "organisation", v.info.Organisation),
	}
	if _, err := v.append(ctx, tx, created, nil); err != nil {
		return err
	}
	key := custody.Event{Time: v.info.Created, Action: custody.KeyAdded, Subject: v.info.Keys[0].VKey}
	_, err := v.append(ctx, tx, key, nil)
	return err
}

// details returns those of the pairs of name and value that have a value.
func details(pairs ...string) map[string]string {
	m := make(map[string]string)
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			m[pairs[i]] = pairs[i+1]
		}
	}
	return m
}

// Dir returns the vault's folder, as an absolute path.
func (v *Vault) Dir() string { return v.dir }

// Info describes the vault.
func (v *Vault) Info() Info {
	i := v.info
	i.Keys = v.Keys()
	return i
}

// Keys returns the keys that the vault's checkpoints may be signed with, the
// oldest first. Only the last isn't retired.
func (v *Vault) Keys() KeyRing {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.keys
}

// Close locks the vault and closes it.
func (v *Vault) Close() error {
	v.mu.Lock()
	v.signer, v.key, v.private = nil, nil, nil
	v.mu.Unlock()
	return errors.Join(v.search.close(), v.db.Close())
}

// Unlocked reports whether the signing key is open.
func (v *Vault) Unlocked() bool { return v.getSigner() != nil }

func (v *Vault) getSigner() note.Signer {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.signer
}

// setKeys takes private keys, of which one is what the vault signs with.
func (v *Vault) setKeys(private keySet) error {
	s, current, err := v.signerOf(private)
	if err != nil {
		return err
	}
	key, _ := private.find(origin(v.info.ID), current.VKey)
	v.mu.Lock()
	defer v.mu.Unlock()
	v.signer, v.key, v.private = s, key, private
	return nil
}
