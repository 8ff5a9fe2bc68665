package tsa

import (
	"crypto"
	"slices"
	"testing"
	"time"

	"github.com/digitorus/timestamp"

	"pugmark/evidence/canon"
)

// decade is a chain of three responses, each of an authority whose certificates
// last five years, and each obtained in the lifetime of the one before.
func decade(t *testing.T) (*renewals, [][]byte) {
	t.Helper()
	r := &renewals{t: t}
	want := digest
	var all [][]byte
	for i, year := range []int{2015, 2018, 2022} {
		all = append(all, r.add(2014+4*i, year, want))
		want = canon.Sum(all[i])
	}
	return r, all
}

type renewals struct {
	t *testing.T
	o Options
}

// add makes an authority whose certificates last five years, trusts it, and has
// it stamp d.
func (r *renewals) add(since, year int, d canon.Digest) []byte {
	r.t.Helper()
	from := time.Date(since, 1, 1, 0, 0, 0, 0, time.UTC)
	to := from.AddDate(5, 0, 0)
	root := issue(r.t, nil, "Root of "+from.Format("2006"), newKey(r.t, "P-256"), between(asCA, from, to))
	s := issue(r.t, root, "TSA", newKey(r.t, "P-256"), between(asTSA, from, to))
	r.o.Roots = append(r.o.Roots, root.cert)
	return s.mint(r.t, func(m *mold) {
		m.info.imprint = d[:]
		m.info.time = time.Date(year, 7, 1, 0, 0, 0, 0, time.UTC).Format("20060102150405Z")
	})
}

func TestRenewals(t *testing.T) {
	r, all := decade(t)
	results := VerifyRenewals(all, digest, r.o)
	for _, result := range results {
		wantKinds(t, result)
	}
	if p := Proven(results); p == nil || p.Response.GenTime.Year() != 2015 {
		t.Errorf("got proof %+v, want that of 2015", p)
	}
	if VerifyRenewals(nil, digest, r.o) != nil || Proven(nil) != nil {
		t.Error("got a proof from nothing")
	}
}

func TestRenewalsBroken(t *testing.T) {
	r, all := decade(t)
	for name, c := range map[string]struct {
		responses [][]byte
		want      []string // of all results together
		proven    int      // year; 0: nothing
	}{
		"first missing":  {all[1:], []string{ImprintMismatch}, 0},
		"middle missing": {[][]byte{all[0], all[2]}, []string{ImprintMismatch, RenewedLate}, 0},
		"reordered":      {[][]byte{all[0], all[2], all[1]}, []string{ImprintMismatch, RenewedLate, RenewedBefore}, 0},
		"not renewed":    {all[:1], nil, 2015},
		"late":           {append(all[:1:1], r.add(2018, 2020, canon.Sum(all[0]))), []string{RenewedLate}, 0},
		"backdated":      {append(all[1:2:2], r.add(2014, 2016, canon.Sum(all[1]))), []string{ImprintMismatch, RenewedBefore}, 0},
		"garbage last":   {append(all[:2:2], []byte("x")), []string{Malformed}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			results := VerifyRenewals(c.responses, digest, r.o)
			var all Result
			for _, result := range results {
				all.Findings = append(all.Findings, result.Findings...)
			}
			wantKinds(t, &all, c.want...)
			year := 0
			if p := Proven(results); p != nil {
				year = p.Response.GenTime.Year()
			}
			if year != c.proven {
				t.Errorf("got a proof of %d, want %d", year, c.proven)
			}
		})
	}
}

// When the oldest root isn't trusted any more, the renewal still proves its own
// time, since it leads to what was stamped.
func TestProvenByRenewal(t *testing.T) {
	r, all := decade(t)
	r.o.Roots = r.o.Roots[1:]
	results := VerifyRenewals(all, digest, r.o)
	if p := Proven(results); p == nil || p.Response.GenTime.Year() != 2018 {
		t.Errorf("got proof %+v, want that of 2018", p)
	}
	results = VerifyRenewals(all, other, r.o)
	if p := Proven(results); p != nil {
		t.Errorf("got proof %+v of something else", p)
	}
}

// Two authorities and OpenSSL: a response of one renewed by the other.
func TestRenewalOpenSSL(t *testing.T) {
	first := newTSA(t, "P-256", asTSA)
	second := newTSA(t, "RSA-2048", asTSA)
	old := first.forge(t, timestamp.Timestamp{HashAlgorithm: crypto.SHA256, HashedMessage: digest[:], Time: time.Now().Add(-time.Hour)})
	server := newOpenSSL(t, second, "sha512", "sha256")
	renewed := server.stamp(t, canon.Sum(old))

	results := VerifyRenewals([][]byte{old, renewed}, digest, Options{Roots: slices.Concat(first.root(), second.root()), Time: time.Now()})
	wantKinds(t, results[0])
	wantKinds(t, results[1])
	data := write(t, t.TempDir(), "old.tsr", old)
	runOpenSSL(t, results[1].Response, Files{Roots: server.Dir + "/root.pem", Data: data}, true)
}
