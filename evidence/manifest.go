package evidence

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence/canon"
)

// Digest is a SHA-256 digest.
type Digest = canon.Digest

// ManifestVersion is the version of the manifest that this program writes, and
// the only one that it reads.
const ManifestVersion = 1

// Manifest describes one capture. Its canonical JSON (package canon) is the
// file manifest.json of the capture's folder, and the digest of that file
// identifies the capture: it is what the custody log commits to.
//
// A field that is unknown is absent. Times are UTC.
type Manifest struct {
	Format    string    `json:"format"`  // "pugmark-manifest"
	Version   int       `json:"version"` // ManifestVersion
	Identity  Identity  `json:"identity"`
	Authority Authority `json:"authority,omitzero"`
	Acquisition
	Items []Item `json:"items"`
}

// ManifestFormat is the value of [Manifest.Format].
const ManifestFormat = "pugmark-manifest"

// Identity says which capture this is.
type Identity struct {
	VaultID uuid.UUID `json:"vault_id"`
	Case    string    `json:"case"`    // the case's reference
	Exhibit int       `json:"exhibit"` // from 1, unique in its case
	Capture uuid.UUID `json:"capture"` // UUIDv7
	// Previous is the latest earlier capture of the same requested address
	// in the vault.
	Previous *uuid.UUID `json:"previous,omitempty"`
}

// Authority says who captured, for whom, and on what ground.
type Authority struct {
	Basis        string `json:"basis,omitempty"`   // legal basis, from the case
	Purpose      string `json:"purpose,omitempty"` // from the case
	Reason       string `json:"reason,omitempty"`  // of this capture
	Operator     string `json:"operator,omitempty"`
	Role         string `json:"role,omitempty"`
	Organisation string `json:"organisation,omitempty"`
	Persona      string `json:"persona,omitempty"`
}

// Acquisition is what the capture itself found: everything in a manifest that
// doesn't come from the vault.
type Acquisition struct {
	Target        Target        `json:"target"`
	TLS           *TLS          `json:"tls,omitempty"` // of the document's connection
	Time          Time          `json:"time"`
	Environment   Environment   `json:"environment"`
	Picture       *Picture      `json:"picture,omitempty"`
	Archive       *Archive      `json:"archive,omitempty"`
	Interventions Interventions `json:"interventions"`
	Verdict       Verdict       `json:"verdict"`
	Problems      []Problem     `json:"problems,omitempty"`
	// Notices are worth knowing, and don't count against completeness.
	Notices []Problem `json:"notices,omitempty"`
}

// Target says what was asked for and what answered.
type Target struct {
	Requested  string     `json:"requested"`           // the address as the investigator gave it
	Final      string     `json:"final,omitempty"`     // the document's address at the end
	Canonical  string     `json:"canonical,omitempty"` // what the page says of itself (link rel=canonical)
	Title      string     `json:"title,omitempty"`
	Language   string     `json:"language,omitempty"`  // html lang
	Redirects  []Redirect `json:"redirects,omitempty"` // in order
	Status     int        `json:"status,omitzero"`     // HTTP, of the final document
	MediaType  string     `json:"media_type,omitempty"`
	Protocol   string     `json:"protocol,omitempty"`    // ALPN: "http/1.1", "h2"
	Headers    []Field    `json:"headers,omitempty"`     // of the final document's response, in order
	Remote     string     `json:"remote,omitempty"`      // address:port that served the document
	ServerDate *time.Time `json:"server_date,omitempty"` // the response's own Date header
}

// Redirect is one step from the requested address to the final one.
type Redirect struct {
	From   string `json:"from"`
	To     string `json:"to"`
	Status int    `json:"status,omitzero"` // HTTP; absent for a step that a script or a meta element took
	Remote string `json:"remote,omitempty"`
}

// Field is one HTTP header field.
type Field struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// TLS describes the connection that served the document, as Chrome saw it.
type TLS struct {
	Protocol  string    `json:"protocol"` // "TLS 1.3"
	Cipher    string    `json:"cipher"`
	Group     string    `json:"group,omitempty"` // key exchange group
	Subject   string    `json:"subject"`
	Issuer    string    `json:"issuer"`
	Names     []string  `json:"names,omitempty"` // subject alternative names
	NotBefore time.Time `json:"not_before"`
	NotAfter  time.Time `json:"not_after"`
	// Chain holds the digest of each certificate (DER) as the server sent
	// it, the leaf first. The certificates are the item of kind
	// [KindCertificates].
	Chain []Digest `json:"chain,omitempty"`
	Valid bool     `json:"valid"`           // Chrome's validation
	Error string   `json:"error,omitempty"` // its reason when not valid
}

// Time says when, by the machine's own clock, which proves nothing alone, and
// from when on at the earliest, by time-stamp authorities. Until when at the
// latest is said by responses beside the seal.
type Time struct {
	Started  time.Time  `json:"started"`
	Finished time.Time  `json:"finished"`
	Loaded   *time.Time `json:"loaded,omitempty"` // the page's load event
	// Duration is Finished-Started by the monotonic clock, in milliseconds.
	// It differs from the difference of the two when somebody set the clock.
	Duration int64  `json:"duration_ms"`
	Zone     string `json:"zone"` // of the machine: "+08:00"
	// NotBefore is there if an authority answered when the capture began.
	NotBefore *NotBefore `json:"not_before,omitempty"`
}

// NotBefore shows that a capture was not made before a time: what was stamped
// then could not be known before, and the manifest has it.
type NotBefore struct {
	// Nonce is 32 random bytes, as 64 hexadecimal digits. Its SHA-256 digest
	// is what was stamped.
	Nonce     Digest  `json:"nonce"`
	Responses []Stamp `json:"responses"`
}

// Stamp is the response of a time-stamp authority, and what it says.
type Stamp struct {
	Path      string    `json:"path"`                  // in the capture's folder
	Authority string    `json:"authority"`             // as the vault names it
	GenTime   time.Time `json:"gen_time"`              // by the authority's clock
	Accuracy  int64     `json:"accuracy_us,omitempty"` // of it, in microseconds
	// Offset is how far the authority's clock was ahead of the machine's, in
	// microseconds, which may be wrong by Within.
	Offset int64 `json:"offset_us"`
	Within int64 `json:"offset_within_us"`
}

// Environment says with what the page was captured.
type Environment struct {
	Tool        string   `json:"tool"`            // "Pugmark 0.1.0"
	Build       string   `json:"build,omitempty"` // revision
	OS          string   `json:"os"`              // "linux/amd64"
	Browser     string   `json:"browser"`         // "Chromium 156.0.8078.73"
	BrowserPath string   `json:"browser_path"`
	BrowserHash Digest   `json:"browser_sha256,omitzero"` // of the executable
	Protocol    string   `json:"protocol,omitempty"`      // DevTools protocol version
	Flags       []string `json:"flags"`                   // of the browser's command line
	Sandbox     bool     `json:"sandbox"`
	UserAgent   string   `json:"user_agent"`
	Viewport    Size     `json:"viewport"` // CSS pixels
	PixelRatio  float64  `json:"pixel_ratio"`
	Mobile      bool     `json:"mobile,omitzero"`
	Locale      string   `json:"locale,omitempty"`
	Timezone    string   `json:"timezone,omitempty"`
	Proxy       string   `json:"proxy,omitempty"` // without credentials
	// PrivateAllowed says that the page was let reach the machine and the
	// network around it, wherever it came from itself.
	PrivateAllowed bool `json:"private_allowed,omitzero"`
}

// Size is a width and a height.
type Size struct {
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Picture describes the full-page picture. Sizes are device pixels.
type Picture struct {
	Size   Size `json:"size"`
	Strips int  `json:"strips"`
	// Scrolled counts the steps that were taken to make lazy content load.
	Scrolled int `json:"scrolled"`
}

// Archive counts what the page archive holds.
type Archive struct {
	Responses int   `json:"responses"`        // with a body or without, redirects included
	Failed    int   `json:"failed"`           // requests that got no response
	Sockets   int   `json:"sockets,omitzero"` // WebSockets, their frames recorded
	Missing   int   `json:"missing"`          // responses whose body could not be had
	Stopped   int   `json:"stopped,omitzero"` // responses that the page's own player broke off
	Bytes     int64 `json:"bytes"`            // of all bodies, decoded
}

// Interventions counts what was done to the page. The item of kind
// [KindLog] lists each.
type Interventions struct {
	Scripts int `json:"scripts"`
	Scrolls int `json:"scrolls"`
	Clicks  int `json:"clicks"`
	Dialogs int `json:"dialogs"` // alert, confirm, prompt: answered
	Blocked int `json:"blocked"` // requests, downloads, windows
}

// Verdict says whether a capture is whole.
type Verdict string

// The verdicts of a capture.
const (
	Complete Verdict = "complete" // every check held
	Partial  Verdict = "partial"  // something is missing; the problems say what
	Failed   Verdict = "failed"   // the page was not obtained
)

// Problem is one check that did not hold.
type Problem struct {
	Code   string `json:"code"`             // machine-readable: "http_status"
	Detail string `json:"detail,omitempty"` // a sentence for people
	URL    string `json:"url,omitempty"`    // what it concerns, when not the page itself
}

// Item is one file of a capture.
type Item struct {
	Path      string `json:"path"` // relative to the capture's folder, slashes
	Kind      Kind   `json:"kind"`
	MediaType string `json:"media_type"`
	Bytes     int64  `json:"bytes"`
	SHA256    Digest `json:"sha256"`
}

// Kind says what an item is.
type Kind string

// The kinds of items.
const (
	KindViewport     Kind = "viewport-picture"           // before any intervention
	KindDismissed    Kind = "viewport-dismissed-picture" // after a consent banner was clicked away
	KindPage         Kind = "page-picture"               // the strips, joined
	KindStrip        Kind = "page-strip"                 // as Chrome made it
	KindDocument     Kind = "raw-document"               // the main document, as received
	KindDOM          Kind = "rendered-dom"
	KindText         Kind = "visible-text"
	KindListing      Kind = "listing-facts" // JSON
	KindMHTML        Kind = "mhtml"
	KindPDF          Kind = "pdf"
	KindArchive      Kind = "page-archive"     // WACZ
	KindCertificates Kind = "certificates"     // PEM, the leaf first
	KindWire         Kind = "wire-record"      // pcapng
	KindConnections  Kind = "connections"      // JSON lines
	KindSecrets      Kind = "tls-secrets"      // of the wire record's connections; encrypted to the vault
	KindLog          Kind = "capture-log"      // JSON lines
	KindTimestamp    Kind = "timestamp-before" // RFC 3161 response over the nonce
)

// Find returns the first item of a kind.
func (m *Manifest) Find(k Kind) (Item, bool) {
	i := slices.IndexFunc(m.Items, func(it Item) bool { return it.Kind == k })
	if i < 0 {
		return Item{}, false
	}
	return m.Items[i], true
}

// ParseManifest reads manifest.json. It accepts only the canonical encoding of
// the version that this program knows.
func ParseManifest(b []byte) (*Manifest, error) {
	m := new(Manifest)
	if err := parseRecord(b, ManifestFormat, ManifestVersion, m); err != nil {
		return nil, fmt.Errorf("reading manifest: %w", err)
	}
	if err := m.check(); err != nil {
		return nil, fmt.Errorf("reading manifest: %w", err)
	}
	return m, nil
}
