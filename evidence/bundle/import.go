package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"filippo.io/age"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// ImportOptions say what to import.
type ImportOptions struct {
	Path  string
	Trust evidence.Trust // beyond what the vault trusts
	// Identities decrypt a bundle that is encrypted.
	Identities []age.Identity
}

// Imported is what an import made.
type Imported struct {
	evidence.Import
	Contents *Contents        `json:"contents"`
	Report   *evidence.Report `json:"report"` // of the verification of the copy
}

// Import takes a bundle into a vault for review, if nothing in it was altered
// since it was sealed: its zip as it is, or what it decrypts to. Of what lies in
// the zip nothing becomes a file. It is verified as it lies in the vault. The vault
// may be locked.
//
// A bundle whose signers or time-stamp roots nobody trusts is taken too: the
// outcome says so, here and in the log. One with findings isn't, and nothing of it
// is left: then the error is a [*FailedError]. It is an [*evidence.ImportedError]
// when the vault has the bundle, and may wrap [ErrNotBundle], [ErrEncrypted] or
// [ErrWrongIdentity], or be an [*evidence.VersionError].
func Import(ctx context.Context, v *evidence.Vault, o ImportOptions, p evidence.Progress) (*Imported, error) {
	i := &importer{ctx: ctx, trust: o.Trust, meter: &meter{report: p}}
	out, err := i.run(v, o)
	if err != nil {
		return nil, fmt.Errorf("importing bundle: %w", err)
	}
	return out, nil
}

// importer imports one bundle.
type importer struct {
	ctx   context.Context
	trust evidence.Trust
	meter *meter
	file  *opened // outside of the vault

	out        Imported
	fileSHA256 evidence.Digest // zero unless the file is encrypted
}

func (i *importer) run(v *evidence.Vault, o ImportOptions) (_ *Imported, err error) {
	own, err := v.Trust(i.ctx)
	if err != nil {
		return nil, err
	}
	i.trust = own.With(i.trust)
	if i.file, err = openFile(o.Path, o.Identities); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, i.file.Close()) }()
	// What is no bundle, or none that is whole, isn't even copied.
	if _, err := scanWhole(i.ctx, i.file, i.file.size); err != nil {
		return nil, err
	}
	i.meter.total = 2 * i.file.size // to copy, to verify
	if err := i.sumFile(); err != nil {
		return nil, err
	}
	i.out.Import, err = v.Import(i.ctx, evidence.Received{Name: o.Path, Write: i.write, Check: i.check})
	if err != nil {
		return nil, err
	}
	return &i.out, nil
}

// sumFile takes the digest of a file that is encrypted. That of the zip follows
// from the copy.
func (i *importer) sumFile() (err error) {
	if !i.file.encrypted {
		return nil
	}
	raw := io.NewSectionReader(i.file.file, 0, math.MaxInt64)
	i.fileSHA256, _, err = canon.SumReader(&tally{ctx: i.ctx, r: raw, meter: new(meter)})
	return err
}

func (i *importer) write(w io.Writer) error {
	zip := io.NewSectionReader(i.file, 0, i.file.size)
	_, err := io.CopyBuffer(w, &tally{ctx: i.ctx, r: zip, meter: i.meter}, make([]byte, 256<<10))
	return err
}

// check verifies the copy, and says where it is from.
func (i *importer) check(zip io.ReaderAt, size int64) (from evidence.Origin, err error) {
	i.out.Report, err = verify(i.ctx, zip, size, VerifyOptions{Trust: i.trust}, i.meter)
	if err != nil {
		return from, err
	}
	if i.out.Report.Outcome == evidence.FailedVerification {
		return from, &FailedError{i.out.Report}
	}
	r, err := newReader(i.ctx, zip, size)
	if err != nil {
		return from, err
	}
	i.out.Contents = r.contents
	first, err := r.Folder(r.contents.Captures[0]) // no bundle is verified that has none
	if err != nil {
		return from, err
	}
	m, _, err := evidence.ReadRecords(first)
	if err != nil {
		return from, err
	}
	from = evidence.Origin{
		Vault: m.Identity.VaultID, Case: r.contents.Ref, Captures: len(r.contents.Captures),
		Outcome: i.out.Report.Outcome, FileSHA256: i.fileSHA256,
	}
	for _, s := range i.out.Report.Signers {
		from.Keys = append(from.Keys, s.VKey)
	}
	return from, nil
}
