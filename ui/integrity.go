package ui

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/google/uuid"

	"pugmark/evidence"
	"pugmark/evidence/custody"
)

// integrity is what is known of a capture without reading it.
type integrity struct {
	missing bool // its folder isn't there
	stamped bool // the log has a timestamp after the seal
	last    verification
}

// verification is the last one that is known of a capture.
type verification struct {
	outcome evidence.Outcome // empty: none is known
	when    time.Time
}

// later returns the newer of two.
func (v verification) later(o verification) verification {
	if o.outcome != "" && o.when.After(v.when) {
		return o
	}
	return v
}

// word says in a badge what is known, and when it was verified.
func (i integrity) word() string {
	if i.missing || i.last.outcome == "" {
		return i.state()
	}
	return i.state() + " · " + localDay(i.last.when)
}

// state says what is known. That something is as it was sealed, it says only of
// what was verified.
func (i integrity) state() string {
	switch {
	case i.missing:
		return tr("Missing")
	case i.last.outcome == evidence.FailedVerification:
		return tr("Not as sealed")
	case i.last.outcome == evidence.Verified:
		return tr("Verified")
	case i.last.outcome == evidence.IntegrityOnly:
		return tr("Unaltered")
	case !i.stamped:
		return tr("Not stamped yet")
	}
	return tr("Not verified yet")
}

func (i integrity) colour() fyne.ThemeColorName {
	switch {
	case i.missing, i.last.outcome == evidence.FailedVerification:
		return theme.ColorNameError
	case i.last.outcome == evidence.Verified:
		return theme.ColorNameSuccess
	case i.last.outcome == evidence.IntegrityOnly:
		return theme.ColorNameWarning
	}
	return theme.ColorNameDisabled
}

// text says the same in a sentence.
func (i integrity) text() string {
	stamp := tr("no timestamp of an authority yet")
	if i.stamped {
		stamp = tr("stamped by an authority")
	}
	switch {
	case i.missing:
		return tr("Its folder is missing: verify the vault")
	case i.last.outcome == "":
		return tr("Not known to have been verified") + " · " + stamp
	}
	return trf("Last verified %s: %s", localTime(i.last.when), strings.ToUpper(string(i.last.outcome))) + " · " + stamp
}

// standing is one of the groups that captures are filtered by.
type standing string

// The standings.
const (
	standsUnverified standing = "unverified"
	standsVerified   standing = "verified"
	standsBad        standing = "bad"
	standsUnstamped  standing = "unstamped"
)

// stands reports whether a capture is of a standing. The empty one is anything.
func (i integrity) stands(s standing) bool {
	bad := i.missing || i.last.outcome == evidence.FailedVerification
	switch s {
	case standsUnverified:
		return i.last.outcome == ""
	case standsVerified:
		return i.last.outcome != "" && !bad
	case standsBad:
		return bad
	case standsUnstamped:
		return !i.stamped
	}
	return true
}

// verifications is what the vault's log and this window know of verifications.
type verifications struct {
	captures map[uuid.UUID]verification
	vaults   []verification // of all that was sealed before
}

// of returns the last verification of a capture.
func (v verifications) of(c evidence.Capture) verification {
	last := v.captures[c.ID]
	for _, all := range v.vaults {
		if c.Sealed.Before(all.when) {
			last = last.later(all)
		}
	}
	return last
}

// with adds those that the window itself made.
func (v verifications) with(captures map[uuid.UUID]verification, vaults []verification) verifications {
	for id, o := range captures {
		v.captures[id] = v.captures[id].later(o)
	}
	v.vaults = append(v.vaults, vaults...)
	return v
}

// loggedVerifications returns what the custody log has of verifications. A
// failure of the vault as a whole says nothing of any one capture.
func loggedVerifications(events []custody.Event, vault uuid.UUID) verifications {
	out := verifications{captures: make(map[uuid.UUID]verification)}
	for _, e := range events {
		v := verification{evidence.Outcome(e.Details["outcome"]), e.Time}
		id, err := uuid.Parse(e.Subject)
		switch {
		case e.Action != custody.Verified || err != nil:
		case id != vault:
			out.captures[id] = out.captures[id].later(v)
		case v.outcome != evidence.FailedVerification:
			out.vaults = append(out.vaults, v)
		}
	}
	return out
}

// stampedIn returns the captures that have a timestamp after the seal by a log.
func stampedIn(events []custody.Event) map[uuid.UUID]bool {
	out := make(map[uuid.UUID]bool)
	for _, e := range events {
		if id, err := uuid.Parse(e.Subject); err == nil && e.Action == custody.TimestampObtained {
			out[id] = true
		}
	}
	return out
}

// presence knows which folders there are. It reads each folder of folders once.
type presence map[string]map[string]bool

func (p presence) has(ctx context.Context, dir string) (bool, error) {
	parent, name := filepath.Split(dir)
	names, ok := p[parent]
	if !ok {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		names = make(map[string]bool)
		entries, err := os.ReadDir(parent)
		if err != nil && !isNotExist(err) {
			return false, err
		}
		for _, e := range entries {
			names[e.Name()] = e.Type()&fs.ModeType == fs.ModeDir
		}
		p[parent] = names
	}
	return names[name], nil
}
