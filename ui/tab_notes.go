package ui

import (
	"context"
	"errors"
	"image"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pugmark/assessment"
	"pugmark/capture/listing"
	"pugmark/evidence"
)

// notesTab shows what people added to a capture: tags, notes, facts, regions of the
// picture, and redacted copies. All of it is in the custody log; the capture stays
// as it was sealed.
type notesTab struct {
	lazyTab
	window *Window
	added  additions
}

// additions are what people added to a capture.
type additions struct {
	annotations []evidence.Annotation
	derivations []evidence.Derivation
	facts       map[listing.Name]listing.Fact // of the page, to be corrected
}

func newNotesTab(w *Window) *notesTab { return &notesTab{lazyTab: newLazyTab(w.work), window: w} }

func (t *notesTab) leave() {
	t.lazyTab.leave()
	t.added = additions{}
}

func (t *notesTab) open(s subject) {
	fill(&t.lazyTab, s, tr("notes"),
		func(ctx context.Context) (additions, error) { return readAdditions(ctx, s) },
		func(a additions) {
			t.added = a
			t.show()
		})
}

func readAdditions(ctx context.Context, s subject) (a additions, err error) {
	if a.annotations, err = s.annotations(ctx); err != nil {
		return a, err
	}
	if s.origin == nil { // a bundle has no redacted copies
		if a.derivations, err = s.vault.Derivations(ctx, s.capture); err != nil {
			return a, err
		}
	}
	// Without a listing, or with one that was altered, there is nothing to correct.
	if l, err := readListing(ctx, s); err == nil {
		a.facts = l.Facts
	}
	return a, ctx.Err()
}

// annotations returns what people added to the capture: in this vault, or of an
// imported one where it was sealed.
func (s subject) annotations(ctx context.Context) ([]evidence.Annotation, error) {
	if s.origin == nil {
		return s.vault.Annotations(ctx, s.capture)
	}
	events, err := importedEvents(s)
	return evidence.AnnotationsOf(events), err
}

// standing returns the annotations of a kind that weren't withdrawn.
func (a additions) standing(k evidence.AnnotationKind) (out []evidence.Annotation) {
	for _, x := range a.annotations {
		if x.Kind == k && x.Withdrawn == nil {
			out = append(out, x)
		}
	}
	return out
}

// regions returns the regions of the picture, numbered.
func (a additions) regions() (out []region) {
	for i, x := range a.standing(evidence.Region) {
		out = append(out, region{x.Region, strconv.Itoa(i + 1)})
	}
	return out
}

func (t *notesTab) show() {
	w := t.window
	bar := container.NewHBox(
		widget.NewButton(tr("Assess…"), w.askRecord), widget.NewButton(tr("Note…"), w.askNote), widget.NewButton(tr("Tag…"), w.askTag),
		widget.NewButton(tr("Fact…"), w.askFact), widget.NewButton(tr("Region…"), w.askRegion),
		widget.NewButton(tr("Redacted copy…"), w.askRedaction))
	head := tabHead(tr("What people added. It is in the custody log; the capture itself stays as it was sealed."))
	swap(t.content, container.NewBorder(container.NewVBox(head, container.NewPadded(bar)), nil, nil, nil, container.NewVScroll(t.rows())))
}

// rows lists what was added, by kind, and last what was withdrawn.
func (t *notesTab) rows() *fyne.Container {
	box := container.NewVBox()
	section := func(name string, rows []fyne.CanvasObject) {
		if len(rows) > 0 {
			box.Add(newHead(name))
			box.Objects = append(box.Objects, rows...)
		}
	}
	section(tr("Tags"), t.rowsOf(evidence.Tag))
	section(tr("Listing record"), t.rowsOf(evidence.Assessment))
	section(tr("Facts that a person added or corrected"), t.rowsOf(evidence.Fact))
	section(tr("Regions of the picture"), t.rowsOf(evidence.Region))
	section(tr("Notes"), t.rowsOf(evidence.Note))
	section(tr("Redacted copies"), t.copies())
	section(tr("Withdrawn"), t.withdrawn())
	if len(box.Objects) == 0 {
		box.Add(wrapped(tr("Nothing yet. A note or a tag helps to find the capture again; a region shows where to look.")))
	}
	return box
}

func (t *notesTab) rowsOf(k evidence.AnnotationKind) (out []fyne.CanvasObject) {
	standing := t.added.standing(k)
	if k == evidence.Assessment { // earlier ones of a field are in the log
		r := assessment.Of(t.added.annotations)
		standing = slices.DeleteFunc(standing, func(a evidence.Annotation) bool { return !r.Holds(a.ID) })
	}
	for i, a := range standing {
		buttons := container.NewHBox()
		if k == evidence.Region {
			buttons.Add(widget.NewButton(tr("Show"), func() { t.window.detail.showInPicture(a.Region) }))
		}
		buttons.Add(widget.NewButton(tr("Withdraw…"), func() { t.window.askWithdraw(a) }))
		out = append(out, noteRow(annotationText(a, i+1), by(a.Actor, localTime(a.Time)), buttons))
	}
	return out
}

func (t *notesTab) withdrawn() (out []fyne.CanvasObject) {
	n := 0
	for _, a := range t.added.annotations {
		if a.Withdrawn == nil {
			continue
		}
		n++
		about := by(a.Actor, localTime(a.Time)) + " · " + trf("withdrawn by %s", by(a.Withdrawn.Actor, localTime(a.Withdrawn.Time)))
		if a.Withdrawn.Reason != "" {
			about += ": " + a.Withdrawn.Reason
		}
		out = append(out, noteRow(annotationText(a, n), about, nil))
	}
	return out
}

func (t *notesTab) copies() (out []fyne.CanvasObject) {
	for _, d := range t.added.derivations {
		digest := newCopyButton(d.ManifestDigest.String)
		save := widget.NewButton(tr("Save…"), func() { t.window.askSaveCopy(d) })
		text := trf("Of the picture, with its regions blackened. %s", d.Reason)
		about := by(d.Actor, localTime(d.Sealed)) + " · SHA-256 " + d.ManifestDigest.String()
		out = append(out, noteRow(text, about, container.NewHBox(digest, save)))
	}
	return out
}

// annotationText returns what an annotation says. Regions are numbered.
func annotationText(a evidence.Annotation, n int) string {
	switch a.Kind {
	case evidence.Region:
		return strings.TrimSpace(trf("%d · %d × %d px at %d, %d", n, a.Region.Dx(), a.Region.Dy(), a.Region.Min.X, a.Region.Min.Y) + "\n" + a.Text)
	case evidence.Assessment:
		f, ok := assessment.Find(a.Name)
		if !ok {
			f.Label = a.Name
		}
		return fieldLabel(f) + ": " + fieldText(f, a.Text)
	case evidence.Fact:
		name := factText(a.Name)
		if a.Was != "" {
			return trf("%s: %s, where the page says %s", name, a.Text, a.Was)
		}
		return name + ": " + a.Text
	}
	return a.Text
}

// factText returns what a fact is called.
func factText(name string) string {
	for _, n := range factNames {
		if string(n.name) == name {
			return tr(n.text)
		}
	}
	return name
}

func by(actor, when string) string { return actor + " · " + when }

// noteRow shows a text, and below it what is known of it.
func noteRow(text, about string, buttons fyne.CanvasObject) fyne.CanvasObject {
	says := widget.NewLabel(safeLines(strings.Split(text, "\n")))
	says.Wrapping = fyne.TextWrapWord
	who := widget.NewLabel(safe(about, valueLimit, covered))
	who.Wrapping = fyne.TextWrapBreak
	who.Importance = widget.LowImportance
	who.SizeName = theme.SizeNameCaptionText
	if buttons == nil {
		buttons = container.NewHBox()
	}
	return container.NewBorder(nil, nil, nil, container.NewVBox(buttons), container.New(tightColumn{}, says, who))
}

// showRegions draws the regions of a capture on its picture.
func (t *pictureTab) showRegions(s subject) {
	start(t.work, &t.marking, nil,
		func(ctx context.Context, _ *job) ([]evidence.Annotation, error) {
			return s.annotations(ctx)
		},
		func(all []evidence.Annotation, err error) {
			if err != nil {
				t.fail(s.capture.Name(), err)
				return
			}
			t.view.setRegions(additions{annotations: all}.regions())
		})
}

// annotated shows what was just added to the capture that is shown.
func (d *detail) annotated() {
	for i, side := range d.sides {
		if !d.looked[i] {
			continue
		}
		switch side := side.(type) {
		case *notesTab:
			side.open(d.subject)
		case *pictureTab:
			side.showRegions(d.subject)
		case *listingTab:
			side.open(d.subject)
		}
	}
}

// chosenRegion is the region that was drawn, or else what is seen of the picture.
func (w *Window) chosenRegion() (image.Rectangle, error) {
	view := w.detail.picture.view
	if w.detail.subject.manifest == nil || w.detail.subject.manifest.Picture == nil || view.picture == nil {
		return image.Rectangle{}, errNoWhole
	}
	return view.seen(), nil
}

var errNoWhole = errors.New("no picture of the whole page is shown")
