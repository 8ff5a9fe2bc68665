package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/google/uuid"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/review"
)

// isImportName reports whether a name is that of an imported bundle or of a
// capture of one: no case of this vault has such a reference.
func isImportName(name string) bool { return review.IsImportName(name) }

// importedCapture is a capture of an imported bundle, as that lists it.
type importedCapture struct {
	Name  string    `json:"name"`  // OP-1@1a2b3c4d/3
	Vault uuid.UUID `json:"vault"` // that sealed it
	bundle.Exhibit
}

// importedIn lists the captures of an imported bundle.
func importedIn(c *review.Case) (out []importedCapture) {
	for _, x := range c.Captures {
		out = append(out, importedCapture{x.Name(), c.Imported.Vault, exhibitOf(x)})
	}
	return out
}

func exhibitOf(x *review.Capture) bundle.Exhibit {
	return bundle.Exhibit{
		Exhibit: x.Exhibit, ID: x.ID, Folder: x.Folder, Requested: x.Requested, Title: x.Title, Started: x.Started,
		Sealed: x.Sealed, Verdict: x.Verdict, Items: x.Items, Bytes: x.Bytes, ManifestDigest: x.ManifestDigest, Seq: x.Seq,
	}
}

// damagedImport says that an imported bundle can't be read as it was imported.
func damagedImport(i evidence.Import, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return tell("damaged", fmt.Sprintf("The imported bundle %s can't be read as it was imported: %s.", i.Name, clean(bare(err).Error())),
		`"pug verify --all" says what is wrong. If it is lost, import it again.`)
}

// warnDamaged warns of imported bundles that can't be read.
func (a *app) warnDamaged(all []*review.ImportError) {
	for _, e := range all {
		adv := advise(damagedImport(e.Import, e.Err))
		a.warn("%s %s", adv.Message, adv.Hint)
	}
}

// importedCaptures lists the captures of all imported bundles. One that can't be
// read is warned about.
func (a *app) importedCaptures(ctx context.Context, l *review.Library) (out []importedCapture, err error) {
	imports, err := l.Vault().Imports(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range imports {
		c, err := l.Case(ctx, i.Name)
		var damaged *review.ImportError
		switch {
		case errors.As(err, &damaged) && ctx.Err() == nil:
			a.warnDamaged([]*review.ImportError{damaged})
		case err != nil:
			return nil, err
		default:
			out = append(out, importedIn(c)...)
		}
	}
	return out, nil
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

// verifyReviewed verifies the bundle's file that is reviewed.
func (a *app) verifyReviewed(ctx context.Context, args []string, s standard) (v verification, err error) {
	if len(args) > 0 {
		return v, tell("usage", "A bundle is verified as a whole.", fmt.Sprintf("Leave out %q.", clean(args[0])))
	}
	own, err := a.ownTrust(ctx)
	if err != nil {
		return v, err
	}
	s.decrypt = a.bundle.decrypt.and(s.decrypt)
	return a.verifyBundle(ctx, a.bundle.path, own.With(s.named), s)
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
