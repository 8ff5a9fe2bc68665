package taxa

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"pugmark/assets"
	"pugmark/fold"
)

// OwnVersion is the version of the program's own table.
const OwnVersion = "2026.11.29"

// Own returns the program's own table. It must not be changed.
func Own() *Table { return own() }

// Code is a code of the CITES annual reports.
type Code struct {
	Kind    string `json:"kind"` // term, unit, purpose or source
	Code    string `json:"code"`
	Name    string `json:"name"`
	Note    string `json:"note,omitempty"`
	Checked Day    `json:"checked,omitempty"`
}

// Codes returns the codes of a kind: term, unit, purpose or source. They must not be
// changed.
func Codes(kind string) (out []Code) {
	for _, c := range codes() {
		if c.Kind == kind {
			out = append(out, c)
		}
	}
	return out
}

// What the program carries is right, or a test finds it.
var (
	own = sync.OnceValue(func() *Table {
		t, err := readOwn()
		if err != nil {
			panic("taxa: " + err.Error())
		}
		return t
	})
	codes = sync.OnceValue(func() []Code {
		c, err := readCodes(asset("codes.csv"))
		if err != nil {
			panic("taxa: " + err.Error())
		}
		return c
	})
)

func asset(name string) []byte {
	b, err := assets.Taxa.ReadFile("taxa/" + name)
	if err != nil {
		panic("taxa: " + err.Error())
	}
	return b
}

func readOwn() (*Table, error) {
	t := &Table{Name: "Pugmark", Version: OwnVersion}
	var err error
	if t.Taxa, err = readTaxa(asset("taxa.csv")); err != nil {
		return nil, fmt.Errorf("taxa.csv: %w", err)
	}
	if t.Listings, err = readListings(asset("listings.csv")); err != nil {
		return nil, fmt.Errorf("listings.csv: %w", err)
	}
	t.index()
	return t, t.check()
}

// check holds names and times against each other.
func (t *Table) check() error {
	var errs []error
	for i := range t.Taxa {
		x := &t.Taxa[i]
		if j := t.byName[fold.Text(x.Name)]; j != i {
			errs = append(errs, fmt.Errorf("%q is there twice", x.Name))
		}
		if x.Within != "" && t.Lookup(x.Within) == nil {
			errs = append(errs, fmt.Errorf("%q is within %q, which isn't there", x.Name, x.Within))
		}
		if len(t.History(x)) == 0 {
			errs = append(errs, fmt.Errorf("%q has no listing", x.Name))
		}
	}
	for i, l := range t.Listings {
		if x := t.Lookup(l.Taxon); x == nil || x.Name != l.Taxon {
			errs = append(errs, fmt.Errorf("listing of %q, which isn't there", l.Taxon))
		}
		for _, o := range t.Listings[:i] {
			if o.Taxon == l.Taxon && slices.Equal(o.Countries, l.Countries) && (o.covers(l.From) || l.covers(o.From)) {
				errs = append(errs, fmt.Errorf("listings of %q overlap from %s", l.Taxon, max(o.From, l.From)))
			}
		}
	}
	return errors.Join(errs...)
}

func readCodes(b []byte) (out []Code, err error) {
	r, err := newRows(b)
	if err != nil {
		return nil, err
	}
	if err := r.need("kind", "code", "name", "note", "checked"); err != nil {
		return nil, err
	}
	for r.next() {
		out = append(out, Code{r.filled("kind"), r.filled("code"), r.filled("name"), r.value("note"), r.day("checked")})
	}
	return out, errors.Join(r.errs...)
}
