package evidence

import (
	"context"
	"errors"
	"slices"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// adopt brings a ring up to the log: it adds the keys that the log was given
// since, as far as a key of the ring vouches for them, and notes which were
// retired.
func (r KeyRing) adopt(ctx context.Context, log *custody.Log) (KeyRing, error) {
	added, err := log.Events(ctx, custody.Filter{Action: custody.KeyAdded})
	if err != nil {
		return nil, err
	}
	retired, err := log.Events(ctx, custody.Filter{Action: custody.KeyRetired})
	if err != nil {
		return nil, err
	}
	out := slices.Clone(r)
	for _, e := range added {
		if out.Trusts(e.Subject) {
			continue
		}
		ok, err := log.Vouched(ctx, e, out.verifiers()...)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, Key{VKey: e.Subject, Added: e.Time})
		}
	}
	for _, e := range retired {
		out.retire(e)
	}
	return out, nil
}

// retire notes a retirement in a ring that nobody else has.
func (r KeyRing) retire(e custody.Event) {
	for i, k := range r {
		if k.VKey == e.Subject && k.Retired == nil {
			at := e.Time
			r[i].Retired = &at
		}
	}
}

// extends reports whether a ring has all that an older one had.
func (r KeyRing) extends(older KeyRing) bool {
	for _, k := range older {
		now, ok := r.find(k.VKey)
		if !ok || k.Retired != nil && (now.Retired == nil || !now.Retired.Equal(*k.Retired)) {
			return false
		}
	}
	return true
}

func (r KeyRing) equal(s KeyRing) bool {
	return slices.EqualFunc(r, s, Key.equal)
}

func (k Key) equal(l Key) bool {
	sameEnd := k.Retired == l.Retired || k.Retired != nil && l.Retired != nil && k.Retired.Equal(*l.Retired)
	return k.VKey == l.VKey && k.Added.Equal(l.Added) && sameEnd
}

// refreshKeys reads from vault.json what other processes made of the keys.
func (v *Vault) refreshKeys() error {
	info, err := readInfo(v.path(infoFile))
	if err != nil {
		return err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if info.Keys.extends(v.keys) {
		v.keys = info.Keys
	}
	return nil
}

// settleInfo brings the keys in vault.json, and those of the open vault, up to
// the log.
func (v *Vault) settleInfo(ctx context.Context, db custody.DB) error {
	info, err := readInfo(v.path(infoFile))
	if err != nil {
		return err
	}
	ring, err := info.Keys.adopt(ctx, v.log(db))
	if err != nil {
		return err
	}
	if !ring.equal(info.Keys) {
		info.Keys = ring
		b, err := canon.Marshal(info)
		if err := errors.Join(err, replaceBytes(v.path(infoFile), b)); err != nil {
			return err
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if ring.extends(v.keys) {
		v.keys = ring
	}
	return nil
}
