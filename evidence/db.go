package evidence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"pugmark/evidence/custody"
)

// dbVersion is the user_version of vault.db: the version of its tables.
// The first had no table of annotations.
const dbVersion = 2

// indexSchema holds the projections of the log. They can be dropped and made
// again at any time.
const indexSchema = `
CREATE TABLE cases (
	ref       TEXT PRIMARY KEY COLLATE NOCASE,
	title     TEXT NOT NULL,
	authority TEXT NOT NULL,
	purpose   TEXT NOT NULL,
	opened    TEXT NOT NULL,
	closed    TEXT,
	seq       INTEGER NOT NULL
) STRICT;
CREATE TABLE captures (
	id        TEXT PRIMARY KEY,
	case_ref  TEXT NOT NULL COLLATE NOCASE,
	exhibit   INTEGER NOT NULL,
	requested TEXT NOT NULL,
	final     TEXT NOT NULL,
	title     TEXT NOT NULL,
	started   TEXT NOT NULL,
	sealed    TEXT NOT NULL,
	verdict   TEXT NOT NULL,
	problems  INTEGER NOT NULL,
	items     INTEGER NOT NULL,
	bytes     INTEGER NOT NULL,
	digest    TEXT NOT NULL,
	seq       INTEGER NOT NULL,
	UNIQUE (case_ref, exhibit)
) STRICT;
CREATE INDEX captures_requested ON captures (requested, seq);
CREATE TABLE annotations (
	id        TEXT PRIMARY KEY,
	capture   TEXT NOT NULL,
	case_ref  TEXT NOT NULL COLLATE NOCASE,
	kind      TEXT NOT NULL,
	text      TEXT NOT NULL,
	name      TEXT NOT NULL,
	was       TEXT NOT NULL,
	x         INTEGER NOT NULL,
	y         INTEGER NOT NULL,
	width     INTEGER NOT NULL,
	height    INTEGER NOT NULL,
	added     TEXT NOT NULL,
	actor     TEXT NOT NULL,
	withdrawn TEXT,
	withdrawn_actor  TEXT NOT NULL DEFAULT '',
	withdrawn_reason TEXT NOT NULL DEFAULT '',
	seq       INTEGER NOT NULL
) STRICT;
CREATE INDEX annotations_capture ON annotations (capture, seq);
CREATE INDEX annotations_kind ON annotations (kind, seq);
`

// Ways to open vault.db.
var (
	dbWrite = url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(30000)", "journal_mode(WAL)", "synchronous(FULL)"},
	}
	dbRead = url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(30000)"}}
	// dbFrozen needs no lock files, and takes for granted that nobody
	// writes.
	dbFrozen = url.Values{"mode": {"ro"}, "immutable": {"1"}}
)

// openDB opens vault.db. Every transaction that isn't read-only begins as
// immediate, so that what it read still holds when it writes.
func openDB(ctx context.Context, path string, how url.Values) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	abs = filepath.ToSlash(abs)
	if !strings.HasPrefix(abs, "/") {
		abs = "/" + abs // a drive letter
	}
	u := url.URL{Scheme: "file", Path: abs, RawQuery: how.Encode()}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, err
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// openVersion opens a vault.db of the version that this program knows.
func openVersion(ctx context.Context, path string, how url.Values) (*sql.DB, error) {
	db, err := openDB(ctx, path, how)
	if err != nil {
		return nil, err
	}
	if err := checkDBVersion(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func openWritableDB(ctx context.Context, path string) (*sql.DB, error) {
	return openVersion(ctx, path, dbWrite)
}

// openReadOnlyDB opens vault.db to read. On a medium that can't be written
// SQLite can't make its lock files; it needs none there, as long as the last
// writer left no write-ahead log behind.
func openReadOnlyDB(ctx context.Context, path string) (*sql.DB, error) {
	db, err := openVersion(ctx, path, dbRead)
	if !isSQLite(err, sqlite3.SQLITE_CANTOPEN) {
		return db, err
	}
	if fi, statErr := os.Stat(path + "-wal"); statErr == nil && fi.Mode().IsRegular() && fi.Size() > 0 {
		return nil, err
	}
	return openVersion(ctx, path, dbFrozen)
}

// isSQLite reports whether an error has a primary result code of SQLite.
func isSQLite(err error, code int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == code
}

// checkDBVersion refuses a database that a newer Pugmark wrote. The tables of an
// older one are brought up to date when the vault is opened to write.
func checkDBVersion(ctx context.Context, db *sql.DB) error {
	var got int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&got); err != nil {
		return err
	}
	switch {
	case got > dbVersion:
		return &VersionError{Format: "pugmark-vault database", Got: got, Want: dbVersion}
	case got < 1:
		return fmt.Errorf("got database version %d, want 1 to %d", got, dbVersion)
	}
	return nil
}

// update runs f in a transaction that writes. What f did is kept if it returns
// nil, and none of it otherwise.
func (v *Vault) update(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := v.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // an error after Commit is the rule
	if err := f(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// outlive makes sure that what isn't in the log now never was. A transaction that
// could not be committed, since the disk failed, can have left itself in SQLite's
// write-ahead log; the next process to read that would take it for committed,
// unless another transaction was written over it. It must be called, and must
// succeed, before anything is removed because the log doesn't have it.
func (v *Vault) outlive(ctx context.Context) error {
	return v.update(ctx, func(tx *sql.Tx) error { return rewrite(ctx, tx) })
}

// rewrite writes the database's version once more: a transaction that changes
// nothing would write nothing.
func rewrite(ctx context.Context, db custody.DB) error {
	_, err := db.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", dbVersion))
	return err
}

// view runs f on a state of the database that stands still.
func (v *Vault) view(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := v.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // nothing was written
	return f(tx)
}

// IsReadOnly reports whether an error of this package means that the vault lies on
// a medium that can't be written.
func IsReadOnly(err error) bool { return readOnly(err) || isSQLite(err, sqlite3.SQLITE_READONLY) }

// IsDiskFull reports whether an error of this package means that there is no
// space left for the vault.
func IsDiskFull(err error) bool {
	return noSpace(err) || isSQLite(err, sqlite3.SQLITE_FULL)
}
