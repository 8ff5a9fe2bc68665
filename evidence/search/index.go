package search

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// version is the user_version of the database. It changes with every rule of the
// package comment that changes what is in it.
const version = 3

const schema = `
CREATE TABLE meta (mark TEXT NOT NULL) STRICT;
INSERT INTO meta VALUES ('');
CREATE TABLE docs (
	seq    INTEGER PRIMARY KEY,
	id     TEXT NOT NULL,
	source TEXT NOT NULL,
	sealed INTEGER NOT NULL, -- nanoseconds since 1970
	unread INTEGER NOT NULL,
	low REAL, high REAL, currency TEXT NOT NULL -- of the price
) STRICT;
CREATE TABLE sources (name TEXT PRIMARY KEY, entered INTEGER NOT NULL) STRICT;
CREATE TABLE texts (seq INTEGER PRIMARY KEY, texts BLOB NOT NULL) STRICT;
CREATE INDEX docs_sealed ON docs (sealed);
CREATE INDEX docs_unread ON docs (unread) WHERE unread;
CREATE INDEX docs_price ON docs (high, low) WHERE high IS NOT NULL;
CREATE VIRTUAL TABLE words USING fts5(title, notes, tags, seller, facts, address, text,
	headchars, textchars, filters, species, content = '', contentless_delete = 1, tokenize = 'ascii');
`

// errVersion reports an index that was made by other rules.
var errVersion = errors.New("the index is of another version")

// Index is an open index. Its methods may be called from several goroutines, and
// several processes may have the same index open.
type Index struct{ db *sql.DB }

// Open opens the index in a file, which may be empty. See [IsBroken].
func Open(ctx context.Context, path string) (*Index, error) {
	x, err := open(ctx, path, url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"busy_timeout(60000)", "journal_mode(WAL)", "synchronous(NORMAL)"},
	})
	if err != nil {
		return nil, err
	}
	if err := x.create(ctx); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

// OpenReadOnly opens an index that stands as it is, also on a medium that can't be
// written.
func OpenReadOnly(ctx context.Context, path string) (*Index, error) {
	x, err := openVersion(ctx, path, url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(60000)"}})
	if !isCode(err, sqlite3.SQLITE_CANTOPEN) {
		return x, err
	}
	// Without lock files nobody may write, and nothing may lie beside it.
	if fi, statErr := os.Stat(path + "-wal"); statErr == nil && fi.Size() > 0 {
		return nil, err
	}
	return openVersion(ctx, path, url.Values{"mode": {"ro"}, "immutable": {"1"}})
}

// OpenTemporary makes an index of this process alone. It takes memory, then disk
// space, and is gone when it is closed or the process ends.
func OpenTemporary(ctx context.Context) (*Index, error) { return openOwn(ctx, "", "DEFAULT") }

// OpenInMemory is OpenTemporary for what must be written nowhere.
func OpenInMemory(ctx context.Context) (*Index, error) { return openOwn(ctx, ":memory:", "MEMORY") }

func openOwn(ctx context.Context, name, temporary string) (*Index, error) {
	db, err := sql.Open("sqlite", "file:"+name+"?_txlock=immediate&_pragma=synchronous(OFF)&_pragma=journal_mode(MEMORY)&_pragma=temp_store("+temporary+")")
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1) // another one would have another database
	x := &Index{db}
	if err := x.create(ctx); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

func open(ctx context.Context, path string, how url.Values) (*Index, error) {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: how.Encode()}
	db, err := sql.Open("sqlite", u.String())
	if err != nil {
		return nil, err
	}
	if err := db.PingContext(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Index{db}, nil
}

func openVersion(ctx context.Context, path string, how url.Values) (*Index, error) {
	x, err := open(ctx, path, how)
	if err != nil {
		return nil, err
	}
	if err := checkVersion(ctx, x.db); err != nil {
		return nil, errors.Join(err, x.Close())
	}
	return x, nil
}

// querier is a database or a transaction of it.
type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func checkVersion(ctx context.Context, db querier) error {
	var got int
	if err := db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&got); err != nil {
		return err
	}
	if got != version {
		return fmt.Errorf("%w: got %d, want %d", errVersion, got, version)
	}
	return nil
}

// create makes the tables, unless they are there.
func (x *Index) create(ctx context.Context) error {
	if err := checkVersion(ctx, x.db); err == nil {
		return nil
	}
	tx, err := x.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // an error after Commit is the rule
	var tables int
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master").Scan(&tables); err != nil {
		return err
	}
	if tables > 0 { // another process was faster, or a program was other
		return checkVersion(ctx, tx)
	}
	if _, err := tx.ExecContext(ctx, schema+picturesSchema+fmt.Sprintf("PRAGMA user_version = %d;", version)); err != nil {
		return err
	}
	return tx.Commit()
}

// Close closes the index.
func (x *Index) Close() error { return x.db.Close() }

// IsBroken reports whether an error means that the index is damaged or was made by
// other rules: it must be made anew.
func IsBroken(err error) bool {
	for _, code := range []int{sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT} {
		if isCode(err, code) {
			return true
		}
	}
	return errors.Is(err, errVersion) || errors.Is(err, errTexts) || errors.Is(err, errPictures) || isCode(err, sqlite3.SQLITE_ERROR) && lacksTable(err)
}

// lacksTable reports whether SQLite says that a table isn't there, or a part of
// words. Other errors of its kind tell nothing of the index.
func lacksTable(err error) bool {
	return strings.Contains(err.Error(), "no such table") || strings.Contains(err.Error(), "vtable constructor failed")
}

func isCode(err error, code int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == code
}

// Mark returns what the owner noted of the state that the index has.
func (x *Index) Mark(ctx context.Context) (mark string, err error) {
	err = x.db.QueryRowContext(ctx, "SELECT mark FROM meta").Scan(&mark)
	return mark, err
}

// Batch is a change of the index under way.
type Batch struct{ tx *sql.Tx }

// Update changes the index by f, in whole if f returns nil, else not at all. Other
// processes wait meanwhile.
func (x *Index) Update(ctx context.Context, f func(*Batch) error) error {
	tx, err := x.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // an error after Commit is the rule
	if err := f(&Batch{tx}); err != nil {
		return err
	}
	return tx.Commit()
}

// Mark returns the mark that was set last, or "".
func (b *Batch) Mark(ctx context.Context) (mark string, err error) {
	err = b.tx.QueryRowContext(ctx, "SELECT mark FROM meta").Scan(&mark)
	return mark, err
}

// Entered returns how many documents of a source were entered: see
// [Batch.SetEntered].
func (x *Index) Entered(ctx context.Context, source string) (int, error) {
	return entered(ctx, x.db, source)
}

// Entered is [Index.Entered] within the batch.
func (b *Batch) Entered(ctx context.Context, source string) (int, error) {
	return entered(ctx, b.tx, source)
}

func entered(ctx context.Context, db querier, source string) (n int, err error) {
	err = db.QueryRowContext(ctx, "SELECT coalesce(max(entered), 0) FROM sources WHERE name = ?", source).Scan(&n)
	return n, err
}

// SetEntered notes how many documents of a source were entered after this batch.
func (b *Batch) SetEntered(ctx context.Context, source string, n int) error {
	_, err := b.tx.ExecContext(ctx, "INSERT OR REPLACE INTO sources VALUES (?, ?)", source, n)
	return err
}

// SetMark notes the state that the index has after this batch.
func (b *Batch) SetMark(ctx context.Context, mark string) error {
	_, err := b.tx.ExecContext(ctx, "UPDATE meta SET mark = ?", mark)
	return err
}

// Put enters a document, in place of the one that had its number.
func (b *Batch) Put(ctx context.Context, d Document) error {
	texts, err := encodeTexts(d.Texts)
	if err != nil {
		return err
	}
	low, high, currency := d.Price.columns()
	_, err = b.tx.ExecContext(ctx, "INSERT OR REPLACE INTO docs VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
		d.Seq, d.ID, d.Source, d.Sealed.UnixNano(), d.Unread, low, high, currency)
	if err == nil {
		_, err = b.tx.ExecContext(ctx, "INSERT OR REPLACE INTO texts (seq, texts) VALUES (?, ?)", d.Seq, texts)
	}
	if err == nil {
		err = b.putPictures(ctx, d.Seq, d.Pictures)
	}
	if err != nil {
		return err
	}
	args := []any{d.Seq}
	var head, text singles
	for _, f := range fields {
		chars := &head
		if f.Field == Text {
			chars = &text
		}
		args = append(args, tokenised(d.Texts[f.Field], chars))
	}
	_, err = b.tx.ExecContext(ctx, insertWords, append(args, head.String(), text.String(), d.filters(), tokenised(d.Texts[Species], new(singles)))...)
	return err
}

var insertWords = "INSERT OR REPLACE INTO words (rowid, " + strings.ReplaceAll(allColumns, " ", ", ") +
	", headchars, textchars, filters, species) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

// columns returns a price for docs.
func (p *Price) columns() (low, high sql.NullFloat64, currency string) {
	if p == nil {
		return low, high, ""
	}
	return sql.NullFloat64{Float64: p.Low, Valid: true}, sql.NullFloat64{Float64: p.High, Valid: true}, strings.ToUpper(p.Currency)
}

var (
	encoder, _ = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	decoder, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxTexts))
)

// maxTexts bounds the texts of one document, decompressed.
const maxTexts = 64 << 20

// errTexts reports texts that can't be decoded.
var errTexts = errors.New("the texts of a document are damaged")

func encodeTexts(texts map[Field]string) ([]byte, error) {
	b, err := json.Marshal(texts)
	if err != nil {
		return nil, err
	}
	return encoder.EncodeAll(b, nil), nil
}

func decodeTexts(b []byte) (texts map[Field]string, err error) {
	if b, err = decoder.DecodeAll(b, nil); err == nil {
		err = json.Unmarshal(b, &texts)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errTexts, err)
	}
	return texts, nil
}
