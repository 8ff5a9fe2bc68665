package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
)

// isImportName reports whether a name is that of an imported bundle or of a
// capture of one: no case of this vault has such a reference.
func isImportName(name string) bool { return strings.Contains(name, "@") }

// importedCapture is a capture of an imported bundle, as that lists it.
type importedCapture struct {
	Name  string    `json:"name"`  // OP-1@1a2b3c4d/3
	Vault uuid.UUID `json:"vault"` // that sealed it
	bundle.Exhibit
}

func importedName(i evidence.Import, exhibit int) string { return i.Name + "/" + strconv.Itoa(exhibit) }

// withImport runs f with an imported bundle open.
func withImport(ctx context.Context, i evidence.Import, f func(*bundle.Reader) error) error {
	r, err := bundle.OpenReader(ctx, i.Path)
	if err != nil {
		return damagedImport(i, err)
	}
	return errors.Join(f(r), r.Close())
}

// damagedImport says that an imported bundle can't be read as it was imported.
func damagedImport(i evidence.Import, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return tell("damaged", fmt.Sprintf("The imported bundle %s can't be read as it was imported: %s.", i.Name, clean(bare(err).Error())),
		`"pug verify --all" says what is wrong. If it is lost, import it again.`)
}

// capturesIn lists the captures of an imported bundle.
func capturesIn(ctx context.Context, i evidence.Import) (out []importedCapture, err error) {
	err = withImport(ctx, i, func(r *bundle.Reader) error {
		for _, x := range r.Contents().Captures {
			out = append(out, importedCapture{importedName(i, x.Exhibit), i.Vault, x})
		}
		return nil
	})
	return out, err
}

// importedCaptures lists the captures of all imported bundles. One that can't be
// read is warned about.
func (a *app) importedCaptures(ctx context.Context, v *evidence.Vault) (out []importedCapture, err error) {
	all, err := v.Imports(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		found, err := capturesIn(ctx, i)
		var told *toldError
		if errors.As(err, &told) {
			a.warn("%s %s", told.Message, told.Hint)
		} else if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// findImported finds a capture of an imported bundle: by the bundle's name and
// the exhibit number, or by its id.
func findImported(ctx context.Context, v *evidence.Vault, name string) (evidence.Import, string, error) {
	ref, exhibit, ok := strings.Cut(name, "/")
	switch {
	case isImportName(name):
		i, err := v.Imported(ctx, ref)
		if err == nil && !ok {
			err = tell("usage", fmt.Sprintf("%s is a bundle with %s.", i.Name, count(i.Captures, "capture")),
				fmt.Sprintf("Name one of them; \"pug list --case %s\" lists them.", i.Name))
		}
		return i, exhibit, err
	case ok:
		return evidence.Import{}, "", evidence.ErrNoCapture
	}
	return findImportedID(ctx, v, name)
}

// findImportedID returns the newest of the bundles that hold the capture of an id.
func findImportedID(ctx context.Context, v *evidence.Vault, name string) (evidence.Import, string, error) {
	all, err := v.Imports(ctx)
	if err != nil {
		return evidence.Import{}, "", err
	}
	var in evidence.Import
	var id uuid.UUID
	for _, i := range all {
		x, err := findByID(ctx, i, name)
		switch {
		case errors.Is(err, evidence.ErrNoCapture):
			continue
		case err != nil:
			return i, "", err
		case id != uuid.Nil && id != x.ID:
			return i, "", evidence.ErrAmbiguous
		}
		in, id = i, x.ID
	}
	if id == uuid.Nil {
		return in, "", evidence.ErrNoCapture
	}
	return in, id.String(), nil
}

// minID is the shortest part of an id that names a capture.
const minID = 4

func findByID(ctx context.Context, i evidence.Import, id string) (x bundle.Exhibit, err error) {
	if len(id) < minID {
		return x, evidence.ErrNoCapture
	}
	err = withImport(ctx, i, func(r *bundle.Reader) (err error) {
		x, err = r.Find(id)
		if err == nil && !strings.HasPrefix(x.ID.String(), strings.ToLower(id)) {
			err = evidence.ErrNoCapture // an exhibit number
		}
		return err
	})
	return x, err
}

// showImported shows a capture of an imported bundle.
func (a *app) showImported(ctx context.Context, v *evidence.Vault, name string) (d showDoc, err error) {
	i, in, err := findImported(ctx, v, name)
	if err != nil {
		return d, about(name, err)
	}
	trust, err := v.Trust(ctx)
	if err != nil {
		return d, err
	}
	err = withImport(ctx, i, func(r *bundle.Reader) error {
		x, err := r.Find(in)
		if err != nil {
			return about(name, err)
		}
		d.Imported, d.exhibit, d.own = &i, x, i.Vault == v.Info().ID
		if err := d.readImported(r, trust); err != nil {
			return damagedImport(i, err)
		}
		return nil
	})
	return d, err
}

// readImported reads the capture's records in the bundle.
func (d *showDoc) readImported(r *bundle.Reader, trust evidence.Trust) error {
	fsys, err := r.Folder(d.exhibit)
	if err != nil {
		return err
	}
	if d.Manifest, d.Seal, err = evidence.ReadRecords(fsys); err != nil {
		return err
	}
	d.readListing(fsys)
	d.Time, d.TimeFindings, err = evidence.ReadFenceFS(fsys, d.Manifest, d.Seal, trust)
	if err != nil {
		return err
	}
	m, e := d.Manifest, d.Seal.Event
	d.Capture = evidence.Capture{
		Case: d.Imported.Name, Exhibit: m.Identity.Exhibit, ID: m.Identity.Capture,
		Requested: m.Target.Requested, Final: m.Target.Final, Title: m.Target.Title,
		Started: m.Time.Started, Sealed: e.Time, Verdict: m.Verdict, Problems: len(m.Problems), Items: len(m.Items),
		Bytes: d.exhibit.Bytes, ManifestDigest: e.Digest, Seq: e.Seq, Dir: d.Imported.Path,
	}
	return nil
}

// importFields say where an imported bundle is from.
func importFields(i evidence.Import) []field {
	fields := []field{{"sealed by", "vault " + i.Vault.String() + ", as case " + i.Case}}
	for n, key := range i.Keys {
		fields = append(fields, field{[]string{"sealed with", " "}[min(n, 1)], clean(key)})
	}
	file := clean(i.File)
	if !i.FileSHA256.IsZero() {
		file += ", which was encrypted"
	}
	return append(fields,
		field{"imported", bothTimes(i.Imported) + " by " + clean(i.Actor)},
		field{"from file", file},
		field{"verified then", outcomeText(i.Outcome)},
		field{"SHA-256", i.SHA256.String()},
		field{"kept as", i.Path})
}

// outcomeText says what the verification of a bundle said when it was imported.
func outcomeText(o evidence.Outcome) string {
	if o == evidence.Verified {
		return "VERIFIED: nothing was altered, and the key was one that was trusted"
	}
	return strings.ToUpper(string(o)) + ": nothing was altered, but nobody vouched for the key or the time"
}

// importDoc is the document of "pug case show" of an imported bundle.
type importDoc struct {
	Imported evidence.Import   `json:"imported"`
	Captures []importedCapture `json:"captures"`
}

func (a *app) showImport(ctx context.Context, name string) (out outcome, err error) {
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		i, err := v.Imported(ctx, name)
		if err != nil {
			return about(name, err)
		}
		found, err := capturesIn(ctx, i)
		doc := importDoc{i, found}
		out = outcome{doc: doc, text: doc.print}
		return err
	})
	return out, err
}

func (d importDoc) print(w io.Writer) {
	fmt.Fprintf(w, "Imported bundle %s: %s, for review\n", d.Imported.Name, count(len(d.Captures), "capture"))
	printFields(w, importFields(d.Imported))
	fmt.Fprintln(w)
	printImported(w, d.Captures)
}

func printImported(w io.Writer, captures []importedCapture) {
	rows := [][]string{captureHead}
	for _, c := range captures {
		rows = append(rows, []string{c.Name, string(c.Verdict), localTime(c.Sealed), sizeText(c.Bytes),
			shorten(clean(c.Title), titleWidth), shorten(clean(c.Requested), addressWidth)})
	}
	io.WriteString(w, table(rows))
}

// verifyImported verifies an imported bundle: that it is the one that was
// imported, and whole. The capture of a name is verified with all of its bundle.
func (a *app) verifyImported(ctx context.Context, name string, s standard) (r verification, err error) {
	ref, _, _ := strings.Cut(name, "/")
	err = a.withVault(ctx, func(v *evidence.Vault) error {
		i, err := v.Imported(ctx, ref)
		if err != nil {
			return about(name, err)
		}
		own, err := v.Trust(ctx)
		if err != nil {
			return err
		}
		found, err := v.VerifyImport(ctx, i, a.meter("Verifying"))
		if err != nil {
			return about(i.Path, err)
		}
		if found != nil { // it is another bundle, or none
			report := &evidence.Report{Findings: []evidence.Finding{*found}}
			r = verification{What: "bundle", Path: i.Path, Report: report.Conclude()}
			return nil
		}
		r, err = a.verifyBundle(ctx, i.Path, own.With(s.named), s)
		return err
	})
	return r, err
}
