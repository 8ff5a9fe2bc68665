package ui

import (
	"context"
	"slices"

	"github.com/google/uuid"
)

// showCases lists cases, and chooses the one with a reference, or the first. Of
// its captures, the one with an id is chosen.
func (w *Window) showCases(cases []caseEntry, ref, capture string) {
	chosen, ok := w.caseList.show(cases, ref)
	if !ok {
		w.library.clear()
		w.library.say(notice{})
		return
	}
	w.listCase(chosen, capture)
}

// chooseCase lists the captures of a case.
func (w *Window) chooseCase(c caseEntry) { w.listCase(c, "") }

// listCase lists the captures of a case, and chooses the one with an id.
func (w *Window) listCase(c caseEntry, capture string) {
	v, known := w.vault, w.known.clone()
	same := c.Ref == w.caseRef
	w.caseRef = c.Ref
	if !same {
		w.detail.clear()
		w.library.clear()
	}
	reading := notice{heading: tr("Reading captures…")}
	if c.origin != nil && !c.origin.file {
		reading.lines = []string{tr("The bundle is held against the custody log: is it the one that was imported?")}
	}
	busy := func() { w.library.say(reading) }
	start(w.work, &w.reading, busy,
		func(ctx context.Context, j *job) (contents, error) {
			return readContents(ctx, v, c, known, coalesced(j, func(part float64) {
				w.library.say(notice{heading: reading.heading, lines: append(slices.Clone(reading.lines), trf("%.0f %%", part*100))})
			}))
		},
		func(found contents, err error) {
			if err != nil {
				w.captures.set(nil)
				w.capturesFailed(c, err)
				return
			}
			w.showCaptures(c, found, capture)
		})
}

// capturesFailed says why no captures are listed.
func (w *Window) capturesFailed(c caseEntry, err error) {
	w.detail.clear()
	w.library.clear()
	n := w.failure("The captures can't be read", err)
	if c.origin != nil {
		n = importProblem(c.origin, err)
	}
	w.library.say(n)
}

// chooseCapture shows a capture.
func (w *Window) chooseCapture(e *captureEntry) { w.detail.open(w.vault, e) }

func (w *Window) showCaptures(c caseEntry, found contents, capture string) {
	name := c.Ref
	w.library.showOrigin("")
	if c.origin != nil {
		w.known.checked[name] = found.checked
		w.library.showOrigin(originText(c.origin))
		if found.title != "" {
			name += " · " + found.title
		}
	}
	if len(found.captures) == 0 {
		w.showNoCaptures(c, name)
		_ = found.Close() // it was only read
		return
	}
	id, _ := uuid.Parse(capture) // none has the nil id
	w.library.show(name, found, id, !w.keeps(found.captures, id))
	w.keep = false
}

// keeps reports whether the capture that is shown stays as it is, and shows what
// is now known of it.
func (w *Window) keeps(all []*captureEntry, id uuid.UUID) bool {
	shown := w.detail.subject
	i := slices.IndexFunc(all, func(e *captureEntry) bool { return e.ID == id })
	if !w.keep || shown.manifest == nil || i < 0 || all[i].ManifestDigest != shown.capture.ManifestDigest {
		return false
	}
	w.detail.showKnown(all[i].integrity)
	return true
}

func (w *Window) showNoCaptures(c caseEntry, name string) {
	w.detail.clear()
	w.library.clear()
	w.library.head.SetText(trf("Captures of %s · %s", name, "0"))
	n := notice{
		heading: "No captures yet", lines: []string{"Paste the address of a listing to record it."},
		button: "Capture…", tapped: w.askCapture,
	}
	if c.origin != nil {
		n = notice{heading: tr("No captures"), lines: []string{tr("This bundle holds none.")}}
	}
	w.library.say(n)
}
