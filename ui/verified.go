package ui

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence"
)

// captureVerified notes what a verification of a capture came to, and shows it in
// the list. That of an imported one is of all that its bundle holds.
func (w *Window) captureVerified(s subject, c checked) {
	v := verification{c.report.Outcome, time.Now()}
	for _, e := range w.library.all {
		if e.ID == s.capture.ID || s.origin != nil {
			w.known.captures[e.verifiedID()] = v
		}
	}
	w.showKnown()
}

// vaultVerified notes what a verification of the vault came to. If it failed, only
// of the captures that have a finding something is known.
func (w *Window) vaultVerified(begun time.Time, r *evidence.Report) {
	if r.Outcome != evidence.FailedVerification {
		w.known.vaults = append(w.known.vaults, verification{r.Outcome, begun})
	}
	for _, f := range r.Findings {
		if id, ok := capturesID(f.Path); ok {
			w.known.captures[id] = verification{evidence.FailedVerification, begun}
		}
	}
	w.showKnown()
}

// capturesID returns the id of the capture in whose folder a path lies:
// cases/REF/captures/EXHIBIT_ID/…
func capturesID(path string) (uuid.UUID, bool) {
	parts := strings.Split(path, "/")
	if len(parts) < 4 || parts[0] != "cases" || parts[2] != "captures" {
		return uuid.UUID{}, false
	}
	_, text, _ := strings.Cut(parts[3], "_")
	id, err := uuid.Parse(text)
	return id, err == nil
}

// showKnown lists the captures anew, with what is now known of them. The one that
// is shown stays as it is.
func (w *Window) showKnown() {
	w.refresh()
	w.keep = true
}
