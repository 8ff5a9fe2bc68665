package ui

import (
	"context"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/recorder"
)

// withCapture does something that adds to the capture that is shown.
func (w *Window) withCapture(then func(*session, subject)) {
	if w.barred() {
		return
	}
	s := w.detail.subject
	if s.manifest == nil {
		w.tell(tr("No capture is shown"), problem{tr("What is added, is added to a capture."), tr("Choose one first.")})
		return
	}
	if s.origin != nil {
		w.tell(tr("An imported case is only reviewed"), problem{tr("Nothing is added to what another vault sealed."), tr("Add it to a case of your own.")})
		return
	}
	w.withSession(func(x *session) { then(x, s) })
}

// withAdditions is withCapture for what needs to know what was added before.
func (w *Window) withAdditions(then func(*session, subject, additions)) {
	w.withCapture(func(x *session, s subject) {
		start(w.work, &w.checking, nil,
			func(ctx context.Context, _ *job) (additions, error) { return readAdditions(ctx, s) },
			func(a additions, err error) {
				if err != nil {
					w.tell(tr("The notes can't be read"), problemOf(err))
					return
				}
				then(x, s, a)
			})
	})
}

// annotate has a form add an annotation to a capture.
func (w *Window) annotate(f *form, x *session, s subject, made func() (evidence.Annotation, *problem)) {
	f.do = func() {
		a, bad := made()
		if bad != nil {
			f.refuse(*bad)
			return
		}
		w.touch()
		run(f, tr("Writing into the log…"),
			func(ctx context.Context, _ *job) (evidence.Annotation, error) {
				return x.vault.Annotate(ctx, s.capture, a)
			},
			func(evidence.Annotation) { w.detail.annotated() })
	}
}

// askNote adds a note.
func (w *Window) askNote() {
	w.withCapture(func(x *session, s subject) {
		text := widget.NewMultiLineEntry()
		text.Wrapping = fyne.TextWrapWord
		text.SetMinRowsVisible(6)
		f := w.newForm(trf("Note on %s", s.capture.Name()), tr("Add"), formField(tr("Note"), text, ""))
		f.first = text
		w.annotate(f, x, s, func() (evidence.Annotation, *problem) {
			return evidence.Annotation{Kind: evidence.Note, Text: text.Text}, unlessEmpty(text.Text)
		})
		f.show(fyne.NewSize(560, 320))
	})
}

// askTag adds a tag.
func (w *Window) askTag() {
	w.withCapture(func(x *session, s subject) {
		text := widget.NewEntry()
		f := w.newForm(trf("Tag for %s", s.capture.Name()), tr("Add"), formField(tr("Tag"), text, tr("One or a few words, by which you find captures again")))
		f.first = text
		f.submitting(text)
		w.annotate(f, x, s, func() (evidence.Annotation, *problem) {
			return evidence.Annotation{Kind: evidence.Tag, Text: text.Text}, unlessEmpty(text.Text)
		})
		f.show(fyne.NewSize(480, 180))
	})
}

func unlessEmpty(text string) *problem {
	if strings.TrimSpace(text) == "" {
		return &problem{tr("Nothing was entered yet."), ""}
	}
	return nil
}

// askFact adds a fact of the listing, or corrects one. The page's own stays.
func (w *Window) askFact() {
	w.withAdditions(func(x *session, s subject, added additions) {
		var names []string
		for _, n := range factNames {
			names = append(names, tr(n.text))
		}
		value, says := widget.NewEntry(), widget.NewLabel("")
		says.Wrapping = fyne.TextWrapWord
		was, name := "", listing.Name("")
		which := widget.NewSelect(names, nil)
		which.OnChanged = func(string) {
			name = factNames[which.SelectedIndex()].name
			was = added.facts[name].Value
			says.SetText(tr("The page says nothing of it."))
			if was != "" {
				says.SetText(trf("The page says: %s", safe(was, valueLimit, covered)))
			}
		}
		which.SetSelectedIndex(0)
		f := w.newForm(trf("A fact of %s", s.capture.Name()), tr("Add"),
			widget.NewFormItem(tr("Fact"), which), widget.NewFormItem("", says), formField(tr("It is"), value, tr("What the page says stays beside it")))
		f.first = value
		f.submitting(value)
		w.annotate(f, x, s, func() (evidence.Annotation, *problem) {
			return evidence.Annotation{Kind: evidence.Fact, Name: string(name), Text: value.Text, Was: was}, unlessEmpty(value.Text)
		})
		f.show(fyne.NewSize(560, 320))
	})
}

// askRegion marks the part of the picture that is seen.
func (w *Window) askRegion() {
	w.detail.choose(tabPicture)
	r, err := w.chosenRegion()
	if err != nil {
		if !w.asking() {
			w.tell(tr("No picture is shown"), problem{tr("A region is a part of the picture of the whole page."), tr("Choose a capture that has one.")})
		}
		return
	}
	w.askRegionAt(r)
}

// askRegionAt marks a region, of which the place can still be changed.
func (w *Window) askRegionAt(r image.Rectangle) {
	w.withCapture(func(x *session, s subject) {
		comment, place := widget.NewEntry(), widget.NewEntry()
		place.SetText(fmt.Sprintf("%d, %d, %d, %d", r.Min.X, r.Min.Y, r.Dx(), r.Dy()))
		f := w.newForm(trf("A region of %s", s.capture.Name()), tr("Mark"),
			formField(tr("Comment"), comment, tr("What is to be seen there")),
			formField(tr("Place"), place, tr("Left, top, width, height in pixels of the picture")))
		f.first = comment
		f.submitting(comment, place)
		w.annotate(f, x, s, func() (evidence.Annotation, *problem) {
			r, err := parsePlace(place.Text)
			if err != nil || s.manifest.Picture == nil || !r.In(image.Rect(0, 0, s.manifest.Picture.Size.Width, s.manifest.Picture.Size.Height)) {
				return evidence.Annotation{}, &problem{tr("This is no part of the picture."), tr("Enter left, top, width and height in pixels, such as 40, 1200, 300, 200")}
			}
			return evidence.Annotation{Kind: evidence.Region, Text: comment.Text, Region: r}, nil
		})
		f.show(fyne.NewSize(560, 240))
	})
}

// parsePlace reads left, top, width and height.
func parsePlace(text string) (image.Rectangle, error) {
	var n [4]int
	parts := strings.Split(text, ",")
	if len(parts) != len(n) {
		return image.Rectangle{}, fmt.Errorf("got %d numbers, want %d", len(parts), len(n))
	}
	for i, p := range parts {
		v, err := strconv.ParseInt(strings.TrimSpace(p), 10, 32)
		if err != nil {
			return image.Rectangle{}, err
		}
		n[i] = int(v)
	}
	if n[2] <= 0 || n[3] <= 0 {
		return image.Rectangle{}, fmt.Errorf("got a size of %d × %d, want a region", n[2], n[3])
	}
	return image.Rect(n[0], n[1], n[0]+n[2], n[1]+n[3]), nil
}

// askWithdraw takes an annotation back. It stays in the log.
func (w *Window) askWithdraw(a evidence.Annotation) {
	w.withCapture(func(x *session, s subject) {
		reason := widget.NewEntry()
		f := w.newForm(tr("Withdraw"), tr("Withdraw"), formField(tr("Reason"), reason, tr("What is withdrawn stays in the log, marked so")))
		f.first = reason
		f.submitting(reason)
		f.do = func() {
			w.touch()
			run(f, tr("Writing into the log…"),
				func(ctx context.Context, _ *job) (bool, error) {
					return true, x.vault.Withdraw(ctx, s.capture, a.ID, reason.Text)
				},
				func(bool) { w.detail.annotated() })
		}
		f.show(fyne.NewSize(520, 180))
	})
}

// askRedaction makes a redacted copy of the picture: the regions that are ticked
// are blackened in it.
func (w *Window) askRedaction() {
	w.withAdditions(func(x *session, s subject, added additions) {
		regions := added.standing(evidence.Region)
		if len(regions) == 0 {
			w.tell(tr("No region is marked"), problem{tr("A redacted copy shows the picture with regions blackened."), tr("Mark them on the picture first.")})
			return
		}
		var ticks []*widget.Check
		var items []*widget.FormItem
		for i, a := range regions {
			c := widget.NewCheck(safe(annotationText(a, i+1), lineLimit, covered), nil)
			c.SetChecked(true)
			ticks = append(ticks, c)
			items = append(items, widget.NewFormItem("", c))
		}
		items[0].Text = tr("Blacken")
		reason := widget.NewEntry()
		items = append(items, formField(tr("Reason"), reason, tr("Written into the copy")))
		f := w.newForm(trf("Redacted copy of %s", s.capture.Name()), tr("Make the copy"), items...)
		f.first = reason
		f.submitting(reason)
		f.do = func() {
			var chosen []image.Rectangle
			for i, c := range ticks {
				if c.Checked {
					chosen = append(chosen, regions[i].Region)
				}
			}
			if len(chosen) == 0 {
				f.refuse(problem{tr("No region is ticked."), ""})
				return
			}
			f.dialog.Hide()
			w.redact(x, s, chosen, strings.TrimSpace(reason.Text))
		}
		f.show(fyne.NewSize(560, 360))
	})
}

func (w *Window) redact(x *session, s subject, regions []image.Rectangle, reason string) {
	w.touch()
	progress(w, tr("Making the redacted copy"), func(ctx context.Context, p evidence.Progress) (evidence.Derivation, error) {
		return recorder.Redact(ctx, x.vault, s.capture, regions, reason, p)
	}, func(evidence.Derivation) {
		w.detail.annotated()
		w.detail.choose(tabNotes)
	})
}

// askSaveCopy saves the folder of a redacted copy, which stands alone.
func (w *Window) askSaveCopy(d evidence.Derivation) {
	w.withCapture(func(x *session, s subject) {
		home, err := os.UserHomeDir()
		if err != nil {
			home = ""
		}
		path := widget.NewEntry()
		path.SetText(filepath.Join(home, fmt.Sprintf("%s-%d-redacted", s.capture.Case, s.capture.Exhibit)))
		f := w.newForm(tr("Save the redacted copy"), tr("Save"), formField(tr("Folder"), path, tr("A new one. Who has it can verify it alone, and learns nothing of what was blackened")))
		f.first = path
		f.submitting(path)
		f.do = func() {
			to := strings.TrimSpace(path.Text)
			run(f, tr("Saving…"),
				func(ctx context.Context, _ *job) (string, error) { return to, x.vault.ExportDerivation(ctx, d, to) },
				func(to string) {
					n := notice{heading: tr("The redacted copy was saved"), lines: []string{to}, command: "pug verify " + to}
					w.dialog(tr("Saved"), n.object(), fyne.NewSize(520, 260))
				})
		}
		f.show(fyne.NewSize(620, 200))
	})
}
