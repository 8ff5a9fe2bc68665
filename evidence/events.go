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
	e, err := v.complete(e)
	if err != nil {
		return custody.Event{}, err
	}
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

// complete fills in what every event has.
func (v *Vault) complete(e custody.Event) (custody.Event, error) {
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
	return e, nil
}

// Log adds an event that concerns the vault as a whole or something in it, but
// changes nothing: an export, a report, a verification. Sequence number, time, actor,
// host and tool are filled in.
func (v *Vault) Log(ctx context.Context, e custody.Event) error {
	switch e.Action {
	case custody.BundleExported, custody.ItemExported, custody.CaseHandedOver, custody.ReportMade, custody.Verified:
	default:
		return fmt.Errorf("logging event: action %q is not one that is logged alone", e.Action)
	}
	return v.logAlone(ctx, e)
}

// logAlone adds an event in a transaction of its own.
func (v *Vault) logAlone(ctx context.Context, e custody.Event) error {
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

// Head returns the newest signed head of the log, of which the signature is
// checked, and whether all of the log is below it. The error wraps
// [custody.ErrNoCheckpoint] or [custody.ErrSignature].
func (v *Vault) Head(ctx context.Context) (c custody.Checkpoint, whole bool, err error) {
	err = v.view(ctx, func(tx *sql.Tx) error {
		log := v.log(tx)
		size, err := log.Size(ctx)
		if err != nil {
			return err
		}
		if c, err = log.Latest(ctx); err != nil {
			return err
		}
		whole = c.Size == size
		_, _, err = custody.OpenCheckpoint(c.Note, v.Keys().verifiers()...)
		return err
	})
	return c, whole, err
}

// ProveGrowth proves that the log at a size extends the log at an older size,
// both of which [Vault.Head] or another signed checkpoint stated.
// [custody.CheckConsistency] checks it.
func (v *Vault) ProveGrowth(ctx context.Context, older, size int64) (p custody.Proof, err error) {
	err = v.view(ctx, func(tx *sql.Tx) error {
		p, err = v.log(tx).ProveConsistency(ctx, older, size)
		return err
	})
	return p, err
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
