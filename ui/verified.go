package ui

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence"
	"pugmark/evidence/custody"
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
	if s.origin == nil {
		w.logVerified(s.capture.ID, s.capture.Case, c.report.Outcome)
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
	w.logVerified(w.vault.Info().ID, "", r.Outcome)
	w.showKnown()
}

// logVerified has the custody log say that the vault or a capture was verified.
// Who only reviews writes nothing.
func (w *Window) logVerified(subject uuid.UUID, ref string, o evidence.Outcome) {
	if w.session == nil {
		return
	}
	v := w.session.vault
	start(w.work, &w.noting, nil,
		func(ctx context.Context, _ *job) (bool, error) {
			return true, v.Log(ctx, custody.Event{
				Action: custody.Verified, Subject: subject.String(), Case: ref, Details: map[string]string{"outcome": string(o)},
			})
		},
		func(_ bool, err error) {
			if err != nil {
				w.tell(tr("The verification was not logged"), problemOf(err))
			}
		})
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
