package evidence

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"

	"pugmark/evidence/custody"
)

// detailExhibit is the detail of a sealed event that holds the exhibit number.
const detailExhibit = "exhibit"

// log returns the custody log in a database or a transaction of it.
func (v *Vault) log(db custody.DB) *custody.Log { return custody.New(db, origin(v.info.ID)) }

// append adds an event to the log and brings the index up to it. With the vault
// unlocked it also signs the new head. The manifest belongs to an event of
// action capture.sealed.
func (v *Vault) append(ctx context.Context, tx *sql.Tx, e custody.Event, m *Manifest) (custody.Event, error) {
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	e.Time = e.Time.UTC()
	e.Actor, e.Tool = v.info.Operator, Tool
	host, err := os.Hostname()
	if err != nil {
		return custody.Event{}, fmt.Errorf("finding the machine's name: %w", err)
	}
	e.Host = host
	log := v.log(tx)
	if e, err = log.Append(ctx, e); err != nil {
		return custody.Event{}, err
	}
	if err := project(ctx, tx, e, m); err != nil {
		return custody.Event{}, err
	}
	if s := v.getSigner(); s != nil {
		_, err = log.Sign(ctx, s)
	}
	return e, err
}

// Log adds an event that concerns the vault as a whole or something in it, but
// changes nothing: an export, a verification. Sequence number, time, actor,
// host and tool are filled in.
func (v *Vault) Log(ctx context.Context, e custody.Event) error {
	switch e.Action {
	case custody.BundleExported, custody.ItemExported, custody.Verified:
	default:
		return fmt.Errorf("logging event: action %q is not one that is logged alone", e.Action)
	}
	err := v.update(ctx, func(tx *sql.Tx) error {
		_, err := v.append(ctx, tx, e, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("logging %s: %w", e.Action, err)
	}
	return nil
}

// Events returns the events that a filter selects, oldest first.
func (v *Vault) Events(ctx context.Context, f custody.Filter) ([]custody.Event, error) {
	return v.log(v.db).Events(ctx, f)
}

// SignCheckpoint signs the head of the log, if that isn't done yet. The vault
// must be unlocked.
func (v *Vault) SignCheckpoint(ctx context.Context) (c custody.Checkpoint, err error) {
	s := v.getSigner()
	if s == nil {
		return c, ErrLocked
	}
	err = v.update(ctx, func(tx *sql.Tx) error {
		c, err = v.log(tx).Sign(ctx, s)
		return err
	})
	return c, err
}

// LatestCheckpoint returns the newest signed head of the log.
func (v *Vault) LatestCheckpoint(ctx context.Context) (custody.Checkpoint, error) {
	return v.log(v.db).Latest(ctx)
}

// Extract returns the events of a case with proofs that they are in the log of
// the newest checkpoint. Events after it are left out: sign a checkpoint first.
func (v *Vault) Extract(ctx context.Context, ref string) (x *custody.Extract, err error) {
	c, err := v.Case(ctx, ref)
	if err != nil {
		return nil, err
	}
	err = v.view(ctx, func(tx *sql.Tx) error {
		x, err = v.log(tx).Extract(ctx, c.Ref)
		return err
	})
	return x, err
}
