package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"pugmark/evidence"
)

// withReferences runs f with the vault open to read, if there is one: without, and
// when nobody named one, f gets nil. The program's own tables need none.
func (a *app) withReferences(ctx context.Context, f func(*evidence.Vault) error) error {
	dir, named, err := a.vaultDir()
	if err != nil {
		return err
	}
	if !named {
		if _, err := os.Stat(dir); err != nil {
			return f(nil)
		}
	}
	err = a.withVault(ctx, f)
	if !named && errors.Is(err, evidence.ErrNotVault) {
		return f(nil)
	}
	return err
}

// readUserFile reads a file that was named, of at most so many bytes; "-" is what is
// piped in.
func (a *app) readUserFile(path string, most int64) ([]byte, error) {
	var in io.Reader = a.stdin
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	b, err := io.ReadAll(io.LimitReader(in, most+1))
	if err == nil && int64(len(b)) > most {
		err = tell("too_large", fmt.Sprintf("%q has more than %s.", path, sizeText(most)), "")
	}
	return b, err
}

// tableName is what a file is called in the vault, unless it says so itself.
func tableName(path string) string {
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
}

// importTable keeps a table in the vault.
func (a *app) importTable(ctx context.Context, r evidence.Reference, content []byte) (out outcome, err error) {
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		kept, err := v.ImportReference(ctx, r, content)
		if errors.Is(err, evidence.ErrReferenceKept) {
			return tell("imported", fmt.Sprintf("This file is in force in the vault already, as %q.", r.Name), "")
		}
		if err != nil {
			return err
		}
		out = outcome{doc: kept, text: func(w io.Writer) {
			fmt.Fprintf(w, "Imported %q, version %s: %s\n", clean(kept.Name), clean(kept.Version), countEntries(kept.Entries))
			printFields(w, []field{{"file", clean(kept.File)}, {"SHA-256", kept.SHA256.String()}})
		}}
		return nil
	})
	return out, err
}

func countEntries(n int) string {
	if n == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", n)
}

// badTable says what is wrong with a table, line by line.
func badTable(path, what string, err error) error {
	_, why, _ := strings.Cut(err.Error(), ": ")
	var b strings.Builder
	for line := range strings.Lines(why) {
		b.WriteString("\n    " + clean(strings.TrimSpace(line)))
	}
	return tell("bad_table", fmt.Sprintf("%q is no %s that can be used:%s", path, what, b.String()), "docs/lexicon.md describes the columns.")
}
