package evidence

import (
	"cmp"
	"context"
	"crypto/x509"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"pugmark/evidence/custody"
	"pugmark/evidence/tsa"
)

// Errors of the vault's settings for timestamps.
var (
	ErrAuthorityExists = errors.New("there is an authority of that name")
	ErrNoAuthority     = errors.New("no such authority")
	ErrRootExists      = errors.New("the root is trusted already")
	ErrNoRoot          = errors.New("no such root")
)

// maxAuthorities bounds how many authorities a vault asks for each response.
const maxAuthorities = 8

// authorityName is what an authority may be called: a name that needs no care
// wherever it is printed.
var authorityName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}$`)

// Authorities returns the time-stamp authorities that the vault asks, in the
// order in which they were added. They are what the log says: nothing else holds
// them, so that every change of them is in it.
func (v *Vault) Authorities(ctx context.Context) ([]tsa.Authority, error) {
	out, err := v.authorities(ctx, v.db)
	if err != nil {
		return nil, fmt.Errorf("reading authorities: %w", err)
	}
	return out, nil
}

func (v *Vault) authorities(ctx context.Context, db custody.DB) (out []tsa.Authority, err error) {
	events, err := v.settings(ctx, db, custody.AuthorityAdded, custody.AuthorityRemoved)
	for _, e := range events {
		if e.Action == custody.AuthorityAdded {
			out = append(out, tsa.Authority{Name: e.Subject, URL: e.Details["url"], Policy: e.Details["policy"]})
		} else {
			out = slices.DeleteFunc(out, func(a tsa.Authority) bool { return a.Name == e.Subject })
		}
	}
	return out, err
}

// settings returns the events of two actions, in the log's order.
func (v *Vault) settings(ctx context.Context, db custody.DB, added, removed custody.Action) ([]custody.Event, error) {
	a, err := v.log(db).Events(ctx, custody.Filter{Action: added})
	if err != nil || len(a) == 0 {
		return nil, err
	}
	b, err := v.log(db).Events(ctx, custody.Filter{Action: removed})
	all := slices.Concat(a, b)
	slices.SortFunc(all, func(x, y custody.Event) int { return cmp.Compare(x.Seq, y.Seq) })
	return all, err
}

// AddAuthority makes an authority one that is asked from now on. The error wraps
// [ErrAuthorityExists] when the name is taken.
func (v *Vault) AddAuthority(ctx context.Context, a tsa.Authority) error {
	err := a.Check()
	if err == nil && !authorityName.MatchString(a.Name) {
		err = fmt.Errorf("name %q: want up to 64 letters, digits, spaces, dots, dashes and underscores", a.Name)
	}
	if err != nil {
		return fmt.Errorf("adding authority: %w", err)
	}
	err = v.update(ctx, func(tx *sql.Tx) error {
		have, err := v.authorities(ctx, tx)
		if err != nil {
			return err
		}
		if i := findAuthority(have, a.Name); i >= 0 {
			return fmt.Errorf("%w: %q", ErrAuthorityExists, have[i].Name)
		}
		if len(have) == maxAuthorities {
			return fmt.Errorf("got %d authorities, want at most %d", len(have)+1, maxAuthorities)
		}
		_, err = v.append(ctx, tx, custody.Event{
			Action: custody.AuthorityAdded, Subject: a.Name, Details: details("url", a.URL, "policy", a.Policy),
		}, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("adding authority %q: %w", a.Name, err)
	}
	return nil
}

func findAuthority(all []tsa.Authority, name string) int {
	return slices.IndexFunc(all, func(a tsa.Authority) bool { return strings.EqualFold(a.Name, name) })
}

// RemoveAuthority makes an authority one that is asked no more. Its responses
// stay. The error wraps [ErrNoAuthority] when there is none of the name.
func (v *Vault) RemoveAuthority(ctx context.Context, name string) error {
	err := v.update(ctx, func(tx *sql.Tx) error {
		have, err := v.authorities(ctx, tx)
		if err != nil {
			return err
		}
		i := findAuthority(have, name)
		if i < 0 {
			return ErrNoAuthority
		}
		_, err = v.append(ctx, tx, custody.Event{Action: custody.AuthorityRemoved, Subject: have[i].Name}, nil)
		return err
	})
	if err != nil {
		return fmt.Errorf("removing authority %q: %w", name, err)
	}
	return nil
}

// Root is a certificate that the vault trusts for timestamps.
type Root struct {
	Fingerprint Digest            `json:"fingerprint"` // SHA-256, of the DER
	Name        string            `json:"name"`
	NotBefore   time.Time         `json:"not_before"`
	NotAfter    time.Time         `json:"not_after"`
	Added       time.Time         `json:"added"`
	Certificate *x509.Certificate `json:"-"`
}

func newRoot(c *x509.Certificate, added time.Time) Root {
	return Root{
		Fingerprint: tsa.Fingerprint(c), Name: tsa.Name(c),
		NotBefore: c.NotBefore.UTC(), NotAfter: c.NotAfter.UTC(), Added: added, Certificate: c,
	}
}

// Roots returns the roots that the vault trusts for timestamps, in the order in
// which they were added. Like the authorities they are what the log says.
func (v *Vault) Roots(ctx context.Context) ([]Root, error) {
	out, err := v.roots(ctx, v.db)
	if err != nil {
		return nil, fmt.Errorf("reading trust roots: %w", err)
	}
	return out, nil
}

func (v *Vault) roots(ctx context.Context, db custody.DB) (out []Root, err error) {
	events, err := v.settings(ctx, db, custody.TrustAdded, custody.TrustRemoved)
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		if e.Action == custody.TrustRemoved {
			out = slices.DeleteFunc(out, func(r Root) bool { return r.Fingerprint.String() == e.Subject })
			continue
		}
		c, err := tsa.ParseCertificates([]byte(e.Details["certificate"]))
		if err != nil {
			return nil, fmt.Errorf("event %d: %w", e.Seq, err)
		}
		if got := tsa.Fingerprint(c[0]).String(); len(c) != 1 || got != e.Subject {
			return nil, fmt.Errorf("event %d: got %d certificates, the first of fingerprint %s, want one of %s", e.Seq, len(c), got, e.Subject)
		}
		out = append(out, newRoot(c[0], e.Time))
	}
	return out, nil
}

// AddRoots makes certificates trusted for timestamps. Those that are already are
// passed over; the error wraps [ErrRootExists] when all are.
func (v *Vault) AddRoots(ctx context.Context, certificates []*x509.Certificate) (added []Root, err error) {
	err = v.update(ctx, func(tx *sql.Tx) error {
		have, err := v.roots(ctx, tx)
		if err != nil {
			return err
		}
		for _, c := range certificates {
			if slices.ContainsFunc(have, func(r Root) bool { return r.Certificate.Equal(c) }) {
				continue
			}
			e, err := v.append(ctx, tx, custody.Event{
				Action: custody.TrustAdded, Subject: tsa.Fingerprint(c).String(),
				Details: details("certificate", string(tsa.FormatCertificates([]*x509.Certificate{c})), "name", canonText(tsa.Name(c))),
			}, nil)
			if err != nil {
				return err
			}
			added = append(added, newRoot(c, e.Time))
		}
		if len(added) == 0 {
			return ErrRootExists
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("adding trust roots: %w", err)
	}
	return added, nil
}

// RemoveRoot makes a root trusted no more. It is named by its fingerprint or the
// beginning of it, eight digits at least. The error wraps [ErrNoRoot], or
// [ErrAmbiguous].
func (v *Vault) RemoveRoot(ctx context.Context, fingerprint string) (removed Root, err error) {
	err = v.update(ctx, func(tx *sql.Tx) error {
		have, err := v.roots(ctx, tx)
		if err != nil {
			return err
		}
		if removed, err = findRoot(have, fingerprint); err != nil {
			return err
		}
		_, err = v.append(ctx, tx, custody.Event{
			Action: custody.TrustRemoved, Subject: removed.Fingerprint.String(), Details: details("name", canonText(removed.Name)),
		}, nil)
		return err
	})
	if err != nil {
		return Root{}, fmt.Errorf("removing trust root %q: %w", fingerprint, err)
	}
	return removed, nil
}

func findRoot(roots []Root, fingerprint string) (Root, error) {
	// Other programs show fingerprints with capitals and colons.
	prefix := strings.ToLower(strings.ReplaceAll(fingerprint, ":", ""))
	var found []Root
	for _, r := range roots {
		if len(prefix) >= 8 && strings.HasPrefix(r.Fingerprint.String(), prefix) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return Root{}, ErrNoRoot
	case 1:
		return found[0], nil
	}
	return Root{}, ErrAmbiguous
}

// canonText returns a text without what canonical JSON can't hold.
func canonText(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
