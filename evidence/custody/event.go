package custody

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"pugmark/evidence/canon"
)

// Event is one entry of the log. A member that doesn't apply is absent.
type Event struct {
	Seq     int64        `json:"seq"`  // leaf index, from 0
	Time    time.Time    `json:"time"` // UTC, by the machine's clock
	Actor   string       `json:"actor,omitempty"`
	Action  Action       `json:"action"`
	Subject string       `json:"subject,omitempty"` // what it was done to: a capture's UUID, a case's reference …
	Digest  canon.Digest `json:"digest,omitzero"`   // of the subject: a manifest, a bundle …
	Case    string       `json:"case,omitempty"`    // reference
	Reason  string       `json:"reason,omitempty"`
	Host    string       `json:"host,omitempty"` // name of the machine
	Tool    string       `json:"tool,omitempty"` // name and version
	// Details holds what an action needs beyond the members above; each
	// [Action] says which.
	Details map[string]string `json:"details,omitempty"`
}

// Action says what was done.
type Action string

// The actions, each with its subject and details.
const (
	VaultCreated        Action = "vault.created"        // vault id; name, operator, role, organisation
	KeyAdded            Action = "key.added"            // verifier key; after the first, digest of key.age
	KeyRetired          Action = "key.retired"          // verifier key
	PassphraseChanged   Action = "passphrase.changed"   // verifier key, digest of key.age
	UnlockFailed        Action = "unlock.failed"        // vault id: a wrong passphrase was given
	CaseOpened          Action = "case.opened"          // reference; title, authority, purpose
	CaseClosed          Action = "case.closed"          // reference
	CaptureStarted      Action = "capture.started"      // capture id; requested
	CaptureSealed       Action = "capture.sealed"       // capture id, digest of the manifest; exhibit
	CaptureFailed       Action = "capture.failed"       // capture id; code, detail
	CaptureInterrupted  Action = "capture.interrupted"  // capture id
	AnnotationAdded     Action = "annotation.added"     // capture id, digest of its manifest; id, kind, text, name (of a fact or an assessment), was (of a fact), x, y, width, height (of a region)
	AnnotationWithdrawn Action = "annotation.withdrawn" // capture id; id of the annotation
	DerivationSealed    Action = "derivation.sealed"    // capture id, digest of the derivation's manifest; id, kind, exhibit, original (digest of the capture's manifest)
	ItemExported        Action = "item.exported"        // capture id, digest of the file written; item, file, secrets
	AuthorityAdded      Action = "authority.added"      // name of a time-stamp authority; url, policy
	AuthorityRemoved    Action = "authority.removed"    // name
	TrustAdded          Action = "trust.added"          // fingerprint of a root of authorities; certificate (PEM), name
	TrustRemoved        Action = "trust.removed"        // fingerprint; name
	TimestampObtained   Action = "timestamp.obtained"   // capture id, digest of the response; item, authority, gen_time
	TimestampFailed     Action = "timestamp.failed"     // capture id; authority, side (before, after, renewal), detail
	BundleExported      Action = "bundle.exported"      // file name, digest of the file; secrets, recipients, zip (digest of what it decrypts to)
	CaseHandedOver      Action = "case.handed_over"     // file name, digest of the file; format, captures (how many), capture (id of the only one), cookies, imported (name of an imported case)
	BundleImported      Action = "bundle.imported"      // file name, digest of the zip; vault, case, captures, keys, outcome, file (digest, if it was encrypted)
	ReportMade          Action = "report.made"          // file name, digest of the file; captures (how many), language, outcome, imported (name of an imported case), signed (fingerprint of a certificate)
	LexiconImported     Action = "lexicon.imported"     // file name, digest of the file; name, version, entries
	TaxaImported        Action = "taxa.imported"        // file name, digest of the file; name, version, entries
	Verified            Action = "verified"             // what was verified; outcome
)

// ParseEvent reads an event in its one encoding.
func ParseEvent(b []byte) (Event, error) {
	var e Event
	if err := canon.Unmarshal(b, &e); err != nil {
		return Event{}, fmt.Errorf("reading event: %w", err)
	}
	if err := e.check(); err != nil {
		return Event{}, fmt.Errorf("reading event: %w", err)
	}
	return e, nil
}

// Encode returns the event's one encoding.
func (e Event) Encode() ([]byte, error) {
	if err := e.check(); err != nil {
		return nil, fmt.Errorf("writing event: %w", err)
	}
	b, err := canon.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("writing event: %w", err)
	}
	return b, nil
}

func (e Event) check() error {
	switch {
	case e.Seq < 0 || e.Seq >= MaxSize:
		return fmt.Errorf("got sequence number %d, want 0 to %d", e.Seq, int64(MaxSize-1))
	case e.Action == "":
		return errors.New("no action")
	case e.Time.Location() != time.UTC:
		return fmt.Errorf("got time %s, want UTC", e.Time.Format(time.RFC3339Nano))
	}
	return nil
}

// leafHash returns the leaf hash of an encoded event (RFC 6962, section 2.1).
func leafHash(body []byte) tlog.Hash { return tlog.RecordHash(body) }
