package evidence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// project brings the index up to an event. It is the only thing that writes
// the index, whether the event is new or [Vault.Rebuild] reads it again. The
// manifest belongs to an event of action capture.sealed; it is nil when it is
// lost.
func project(ctx context.Context, db custody.DB, e custody.Event, m *Manifest) (err error) {
	at := e.Time.Format(time.RFC3339Nano)
	switch e.Action {
	case custody.CaseOpened:
		c := caseOf(e)
		_, err = db.ExecContext(ctx, "INSERT INTO cases (ref, title, authority, purpose, opened, seq) VALUES (?, ?, ?, ?, ?, ?)",
			c.Ref, c.Title, c.Authority, c.Purpose, at, e.Seq)
	case custody.CaseClosed:
		_, err = db.ExecContext(ctx, "UPDATE cases SET closed = ? WHERE ref = ?", at, e.Subject)
	case custody.CaptureSealed:
		var c Capture
		if c, err = captureOf(e, m); err == nil {
			err = c.insert(ctx, db)
		}
	case custody.AnnotationAdded:
		var a Annotation
		if a, err = annotationOf(e); err == nil {
			err = a.insert(ctx, db, e.Case)
		}
	case custody.AnnotationWithdrawn:
		err = withdraw(ctx, db, e)
	}
	if err != nil {
		return fmt.Errorf("indexing event %d: %w", e.Seq, err)
	}
	return nil
}

// caseOf derives the record of a case from its opened event.
func caseOf(e custody.Event) Case {
	return Case{
		Ref: e.Subject, Title: e.Details["title"],
		Authority: e.Details["authority"], Purpose: e.Details["purpose"], Opened: e.Time,
	}
}

// captureOf derives the record of a capture from its sealed event and its
// manifest. Without the manifest it says only what the event says.
func captureOf(e custody.Event, m *Manifest) (Capture, error) {
	id, err := uuid.Parse(e.Subject)
	if err != nil {
		return Capture{}, fmt.Errorf("subject %q: %w", e.Subject, err)
	}
	exhibit, err := strconv.Atoi(e.Details[detailExhibit])
	if err != nil {
		return Capture{}, fmt.Errorf("exhibit %q: %w", e.Details[detailExhibit], err)
	}
	c := Capture{
		Case: e.Case, Exhibit: exhibit, ID: id,
		Sealed: e.Time, ManifestDigest: e.Digest, Seq: e.Seq,
	}
	if m != nil {
		c.Requested, c.Final, c.Title = m.Target.Requested, m.Target.Final, m.Target.Title
		c.Started, c.Verdict = m.Time.Started, m.Verdict
		c.Problems, c.Items = len(m.Problems), len(m.Items)
		for _, it := range m.Items {
			c.Bytes += it.Bytes
		}
	}
	return c, nil
}

const captureColumns = "id, case_ref, exhibit, requested, final, title, started, sealed, verdict, problems, items, bytes, digest, seq"

func (c Capture) insert(ctx context.Context, db custody.DB) error {
	_, err := db.ExecContext(ctx, "INSERT INTO captures ("+captureColumns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		c.ID.String(), c.Case, c.Exhibit, c.Requested, c.Final, c.Title,
		c.Started.Format(time.RFC3339Nano), c.Sealed.Format(time.RFC3339Nano),
		string(c.Verdict), c.Problems, c.Items, c.Bytes, c.ManifestDigest.String(), c.Seq)
	return err
}

func scanCapture(r scanner) (c Capture, err error) {
	var id, started, sealed, digest string
	err = r.Scan(&id, &c.Case, &c.Exhibit, &c.Requested, &c.Final, &c.Title,
		&started, &sealed, &c.Verdict, &c.Problems, &c.Items, &c.Bytes, &digest, &c.Seq)
	if err != nil {
		return Capture{}, err
	}
	var errs [4]error
	c.ID, errs[0] = uuid.Parse(id)
	c.Started, errs[1] = time.Parse(time.RFC3339Nano, started)
	c.Sealed, errs[2] = time.Parse(time.RFC3339Nano, sealed)
	c.ManifestDigest, errs[3] = canon.ParseDigest(digest)
	return c, errors.Join(errs[:]...)
}

// Rebuild makes the index again from the log and the captures' folders.
func (v *Vault) Rebuild(ctx context.Context) error {
	err := v.update(ctx, func(tx *sql.Tx) error {
		const drop = "DROP TABLE IF EXISTS cases; DROP TABLE IF EXISTS captures; DROP TABLE IF EXISTS annotations;"
		if _, err := tx.ExecContext(ctx, drop+indexSchema); err != nil {
			return err
		}
		if err := rewrite(ctx, tx); err != nil {
			return err
		}
		events, err := v.log(tx).Events(ctx, custody.Filter{})
		if err != nil {
			return err
		}
		for _, e := range events {
			if err := project(ctx, tx, e, v.manifestOf(e)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("rebuilding the index: %w", err)
	}
	return nil
}

// manifestOf returns the manifest that an event of action capture.sealed
// commits to, or nil if it is lost or another.
func (v *Vault) manifestOf(e custody.Event) *Manifest {
	if e.Action != custody.CaptureSealed {
		return nil
	}
	c, err := captureOf(e, nil)
	if err != nil {
		return nil
	}
	c.Dir = v.place(c)
	m, err := c.Manifest()
	if err != nil {
		return nil
	}
	return m
}

// finalDir returns where a capture is published.
func (v *Vault) finalDir(c Capture) string {
	return filepath.Join(v.dir, filepath.FromSlash(publishedPath(c)))
}

// publishedPath is the place of a capture in its vault.
func publishedPath(c Capture) string {
	return path.Join(casesDir, c.Case, "captures", fmt.Sprintf("%04d_%s", c.Exhibit, c.ID))
}

// place returns where a capture is: published, or still staged, if the process
// that sealed it is just about to publish it or died before it could.
func (v *Vault) place(c Capture) string {
	final := v.finalDir(c)
	if _, err := os.Lstat(final); err == nil {
		return final
	}
	staged := filepath.Join(v.dir, stagingDir, c.ID.String())
	if _, err := os.Lstat(staged); err == nil {
		return staged
	}
	return final
}

// indexed reports whether the index is there and has every case, capture and
// annotation of the log.
func (v *Vault) indexed(ctx context.Context) (ok bool, err error) {
	var tables int
	const have = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('cases', 'captures', 'annotations')"
	if err := v.db.QueryRowContext(ctx, have).Scan(&tables); err != nil || tables < 3 {
		return false, err
	}
	const same = `SELECT
		(SELECT count(*) FROM cases) = (SELECT count(*) FROM events WHERE action = ?) AND
		(SELECT count(*) FROM captures) = (SELECT count(*) FROM events WHERE action = ?) AND
		(SELECT count(*) FROM annotations) = (SELECT count(*) FROM events WHERE action = ?)`
	err = v.db.QueryRowContext(ctx, same, custody.CaseOpened, custody.CaptureSealed, custody.AnnotationAdded).Scan(&ok)
	return ok, err
}
