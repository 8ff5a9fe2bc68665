package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
	"github.com/google/uuid"

	"pugmark/evidence"
)

// caseEntry is a case of the list: the vault's own, or an imported bundle, which
// has the bundle's name for a reference and no title.
type caseEntry struct {
	evidence.Case
	origin *origin // nil for the vault's own

	folded string // what is searched
}

// readCases reads the vault's cases and, after them, its imported bundles.
func readCases(ctx context.Context, v *evidence.Vault) (out []caseEntry, err error) {
	cases, err := v.Cases(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range cases {
		out = append(out, caseEntry{Case: c, folded: foldText(c.Ref + "\n" + c.Title)})
	}
	imports, err := v.Imports(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range imports {
		c := evidence.Case{Ref: i.Name, Opened: i.Imported, Captures: i.Captures}
		out = append(out, caseEntry{Case: c, origin: &origin{Import: i}, folded: foldText(i.Name + "\n" + i.File)})
	}
	return out, nil
}

// Kinds of cases, in the order in which they are offered.
const (
	anyCase = iota
	openCases
	closedCases
	importedCases
)

// caseKinds returns the names of the kinds.
func caseKinds() []string {
	return []string{tr("All cases"), tr("Open cases"), tr("Closed cases"), tr("Imported cases")}
}

// is reports whether the case is of a kind.
func (c caseEntry) is(kind int) bool {
	switch kind {
	case openCases:
		return c.origin == nil && c.Closed == nil
	case closedCases:
		return c.Closed != nil
	case importedCases:
		return c.origin != nil
	}
	return true
}

// caseList lists cases: those that a search and a kind leave.
type caseList struct {
	list    *pickList[caseEntry]
	search  *searchEntry
	kind    *widget.Select
	head    *SafeLabel
	body    *fyne.Container // a notice, or the list
	content fyne.CanvasObject
	all     []caseEntry
	chosen  string // reference of the case of which the captures are shown
	empty   func() // shows that there is no case
	picked  func(caseEntry)
}

func newCaseList(empty func(), picked func(caseEntry)) *caseList {
	c := &caseList{head: newHead(tr("Cases")), body: container.NewStack(), empty: empty, picked: picked}
	c.list = newPickList(newCaseRow, c.pick)
	c.search = newSearchEntry(tr("Find a case"), func(string) { c.apply() }, func() { focus(c.list) })
	c.kind = widget.NewSelect(caseKinds(), func(string) { c.apply() })
	c.kind.SetSelectedIndex(anyCase)
	top := container.NewVBox(c.head, container.NewPadded(container.NewVBox(c.search, c.kind)))
	c.content = container.NewBorder(top, nil, nil, nil, c.body)
	return c
}

// pick notes which case is chosen.
func (c *caseList) pick(e caseEntry) {
	c.chosen = e.Ref
	c.picked(e)
}

// current returns the case that is chosen, whether the list shows it or not.
func (c *caseList) current() (caseEntry, bool) {
	for _, e := range c.all {
		if e.Ref == c.chosen {
			return e, true
		}
	}
	return caseEntry{}, false
}

// show lists cases, and returns the one with a reference, or else the first. Where
// that is another one than before, the search that would hide it ends.
func (c *caseList) show(all []caseEntry, ref string) (caseEntry, bool) {
	was := c.chosen
	c.all, c.chosen = all, ref
	if _, ok := c.current(); !ok && len(all) > 0 {
		c.chosen = all[0].Ref
	}
	e, ok := c.current()
	if ok && e.Ref != was && !c.fits(e) {
		c.reset()
	}
	c.apply()
	return e, ok
}

// clear forgets all cases.
func (c *caseList) clear() {
	c.all, c.chosen = nil, ""
	c.list.set(nil)
}

func (c *caseList) fits(e caseEntry) bool {
	return e.is(c.kind.SelectedIndex()) && hasWords(e.folded, wordsOf(c.search.Text))
}

// reset ends search and filter.
func (c *caseList) reset() {
	c.search.SetText("")
	c.kind.SetSelectedIndex(anyCase)
}

// apply lists what search and filter leave.
func (c *caseList) apply() {
	var found []caseEntry
	chosen := -1
	for _, e := range c.all {
		if c.fits(e) {
			if e.Ref == c.chosen {
				chosen = len(found)
			}
			found = append(found, e)
		}
	}
	c.head.SetText(tr("Cases") + " · " + ofText(len(found), len(c.all)))
	c.list.set(found)
	c.list.mark(chosen)
	switch {
	case len(c.all) == 0:
		c.empty()
	case len(found) == 0:
		swap(c.body, notice{
			heading: tr("No such case"), lines: []string{trf("None of %s is of this kind and has these words.", count(len(c.all), "case"))},
			button: tr("Show all cases"), tapped: c.reset,
		}.object())
	default:
		swap(c.body, c.list.framed())
	}
}

// ofText says how many there are, of which some are shown.
func ofText(shown, all int) string {
	if shown == all {
		return grouped(int64(all))
	}
	return trf("%s of %s", grouped(int64(shown)), grouped(int64(all)))
}

// shortVault returns the beginning of a vault's id, for a line that has no room.
func shortVault(id uuid.UUID) string {
	short, _, _ := strings.Cut(id.String(), "-")
	return short
}
