package evidence

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestReferences(t *testing.T) {
	v := newVault(t)
	ctx := t.Context()
	first := Reference{Kind: LexiconReference, Name: "ours", Version: "1", Entries: 2, File: "/tmp/words.csv"}
	r, err := v.ImportReference(ctx, first, []byte("one"))
	if err != nil {
		t.Fatal(err)
	}
	if r.File != "words.csv" || r.Entries != 2 || r.Imported.IsZero() {
		t.Errorf("got %+v", r)
	}
	if _, err := v.ImportReference(ctx, first, []byte("one")); !errors.Is(err, ErrReferenceKept) {
		t.Errorf("got error %v, want %v", err, ErrReferenceKept)
	}
	first.Version = "2"
	if _, err := v.ImportReference(ctx, first, []byte("two")); err != nil {
		t.Fatal(err)
	}
	if _, err := v.ImportReference(ctx, Reference{Kind: TaxaReference, Name: "ours", File: "t.csv"}, []byte("three")); err != nil {
		t.Fatal(err)
	}
	kept, err := v.References(ctx, LexiconReference)
	if err != nil || len(kept) != 1 || kept[0].Version != "2" {
		t.Fatalf("got %+v and error %v, want version 2 alone", kept, err)
	}
	if b, err := v.ReadReference(kept[0]); err != nil || string(b) != "two" {
		t.Errorf("got %q and error %v", b, err)
	}
	if report, err := v.Verify(ctx, nil); err != nil || len(report.Findings) > 0 {
		t.Errorf("got %+v and error %v", report, err)
	}
	tamperReferences(t, v, r, kept[0])
}

// tamperReferences changes one file and removes another.
func tamperReferences(t *testing.T, v *Vault, gone, changed Reference) {
	t.Helper()
	path := filepath.Join(v.Dir(), changed.at())
	if err := errors.Join(os.Chmod(path, 0o600), os.WriteFile(path, []byte("2"), 0o600), os.Remove(filepath.Join(v.Dir(), gone.at()))); err != nil {
		t.Fatal(err)
	}
	if _, err := v.ReadReference(changed); err == nil {
		t.Error("a changed file was read")
	}
	report, err := v.Verify(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, f := range report.Findings {
		kinds = append(kinds, f.Kind)
	}
	if len(kinds) != 2 || kinds[0] != ImportMissing || kinds[1] != ImportDigest {
		t.Errorf("got findings %+v", report.Findings)
	}
}
