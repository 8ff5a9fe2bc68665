package evidence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"pugmark/evidence/custody"
)

// Errors of a case.
var (
	ErrCaseExists = errors.New("the case exists")
	ErrNoCase     = errors.New("no such case")
	ErrCaseClosed = errors.New("the case is closed")
)

// Case is a named investigation. References that differ only in capitals are
// the same.
type Case struct {
	Ref       string     `json:"ref"`
	Title     string     `json:"title"`
	Authority string     `json:"authority,omitempty"` // legal basis
	Purpose   string     `json:"purpose,omitempty"`
	Opened    time.Time  `json:"opened"`
	Closed    *time.Time `json:"closed,omitempty"`
	Captures  int        `json:"captures"` // sealed
}

// NewCase opens a case. Opened, Closed and Captures are not looked at. The
// error wraps [ErrCaseExists] when the reference is taken.
func (v *Vault) NewCase(ctx context.Context, c Case) error {
	if err := CheckRef(c.Ref); err != nil {
		return err
	}
	err := v.update(ctx, func(tx *sql.Tx) error {
		old, err := getCase(ctx, tx, c.Ref)
		if err == nil {
			return fmt.Errorf("%w as %q", ErrCaseExists, old.Ref)
		}
		if !errors.Is(err, ErrNoCase) {
			return err
		}
		_, err = v.append(ctx, tx, custody.Event{
			Action: custody.CaseOpened, Subject: c.Ref, Case: c.Ref,
			Details: details("title", c.Title, "authority", c.Authority, "purpose", c.Purpose),
		}, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("opening case %q: %w", c.Ref, err)
	}
	return nil
}

// CloseCase closes a case: nothing can be captured for it any more. The reason
// may be empty.
func (v *Vault) CloseCase(ctx context.Context, ref, reason string) error {
	err := v.update(ctx, func(tx *sql.Tx) error {
		c, err := openCase(ctx, tx, ref)
		if err != nil {
			return err
		}
		_, err = v.append(ctx, tx, custody.Event{
			Action: custody.CaseClosed, Subject: c.Ref, Case: c.Ref, Reason: reason,
		}, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("closing case %q: %w", ref, err)
	}
	return nil
}

const selectCase = `
SELECT ref, title, authority, purpose, opened, closed,
	(SELECT count(*) FROM captures WHERE case_ref = ref)
FROM cases`

// Cases returns all cases, in the order in which they were opened.
func (v *Vault) Cases(ctx context.Context) ([]Case, error) { return listCases(ctx, v.db) }

func listCases(ctx context.Context, db custody.DB) (cases []Case, err error) {
	rows, err := db.QueryContext(ctx, selectCase+" ORDER BY seq")
	if err != nil {
		return nil, fmt.Errorf("reading cases: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		c, err := scanCase(rows)
		if err != nil {
			return nil, fmt.Errorf("reading cases: %w", err)
		}
		cases = append(cases, c)
	}
	return cases, rows.Err()
}

// Case returns the case of a reference. The error wraps [ErrNoCase] when there
// is none.
func (v *Vault) Case(ctx context.Context, ref string) (Case, error) {
	c, err := getCase(ctx, v.db, ref)
	if err != nil {
		return Case{}, fmt.Errorf("reading case %q: %w", ref, err)
	}
	return c, nil
}

func getCase(ctx context.Context, db custody.DB, ref string) (Case, error) {
	c, err := scanCase(db.QueryRowContext(ctx, selectCase+" WHERE ref = ?", ref))
	if errors.Is(err, sql.ErrNoRows) {
		return Case{}, ErrNoCase
	}
	return c, err
}

// openCase returns a case that isn't closed.
func openCase(ctx context.Context, db custody.DB, ref string) (Case, error) {
	c, err := getCase(ctx, db, ref)
	if err == nil && c.Closed != nil {
		err = ErrCaseClosed
	}
	return c, err
}

// scanner is a row of a query.
type scanner interface{ Scan(...any) error }

func scanCase(r scanner) (c Case, err error) {
	var opened string
	var closed sql.NullString
	if err := r.Scan(&c.Ref, &c.Title, &c.Authority, &c.Purpose, &opened, &closed, &c.Captures); err != nil {
		return Case{}, err
	}
	if c.Opened, err = time.Parse(time.RFC3339Nano, opened); err != nil || !closed.Valid {
		return c, err
	}
	t, err := time.Parse(time.RFC3339Nano, closed.String)
	c.Closed = &t
	return c, err
}
