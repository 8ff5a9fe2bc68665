package evidence

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"pugmark/evidence/custody"
)

// Outcome is what a verification comes to.
type Outcome string

// The outcomes of a verification.
const (
	Verified           Outcome = "verified"       // nothing altered, signed by a trusted key, any time stamped under a trusted root
	IntegrityOnly      Outcome = "integrity only" // nothing altered, but nobody vouches for the key or for the time
	FailedVerification Outcome = "failed"         // the findings say why
)

// Finding is one thing that verification found.
type Finding = custody.Finding

// The kinds of findings in a capture's folder. Those in the log are in package
// custody.
const (
	ManifestMissing   = "manifest-missing"
	ManifestMalformed = "manifest-malformed"
	ManifestDigest    = "manifest-digest" // another than the seal commits to
	SealMissing       = "seal-missing"
	SealMalformed     = "seal-malformed"
	SealSignature     = "seal-signature" // the checkpoint isn't signed by the seal's key
	SealProof         = "seal-proof"     // the event isn't in the checkpoint's log
	SealEvent         = "seal-event"     // the event is that of something else
	ItemMissing       = "item-missing"
	ItemUnlisted      = "item-unlisted" // there, but not in the manifest
	ItemType          = "item-type"     // a link or a device where a file should be
	ItemSize          = "item-size"
	ItemDigest        = "item-digest"
	KeyRetired        = "key-retired" // sealed after the key was retired
)

// The kinds of findings in a vault that no single folder or log has.
const (
	CaptureMissing     = "capture-missing"     // in the log, but not on disk
	CaptureUnlisted    = "capture-unlisted"    // on disk, but not in the log
	SealLog            = "seal-log"            // the seal's event isn't the log's
	IndexDiffers       = "index-differs"       // the index says something else than log and manifest
	VaultChanged       = "vault-changed"       // vault.json says something else than the log
	KeyUnlogged        = "key-unlogged"        // vault.json has a key that was never added
	DerivationMissing  = "derivation-missing"  // in the log, but not on disk
	DerivationUnlisted = "derivation-unlisted" // on disk, but not in the log
	DerivationOriginal = "derivation-original" // made from something else than the vault has
	ImportMissing      = "import-missing"      // an imported bundle is in the log, but not on disk
	ImportDigest       = "import-digest"       // an imported bundle isn't what the log says
)

// Report is what a verification found.
type Report struct {
	Outcome     Outcome   `json:"outcome"`
	Findings    []Finding `json:"findings"`
	Captures    int       `json:"captures"`
	Derivations int       `json:"derivations,omitzero"` // made from captures; their items count too
	Items       int       `json:"items"`
	Withheld    int       `json:"withheld,omitzero"` // items that a bundle says it leaves out
	Bytes       int64     `json:"bytes"`             // of all items
	Events      int64     `json:"events,omitzero"`   // in the log, of a vault
	Unsigned    int64     `json:"unsigned"`          // of the events: after the newest checkpoint
	Imports     int       `json:"imports,omitempty"` // bundles of other vaults, of a vault; they are in no other number
	Staged      int       `json:"staged,omitempty"`  // folders of captures under way or interrupted
	Signers     []Signer  `json:"signers"`           // of the seals
	Fences      []Fence   `json:"fences"`            // of the captures' time, by authorities
}

// Signer is a key that signed a seal.
type Signer struct {
	VKey    string `json:"vkey"`
	Trusted bool   `json:"trusted"`
}

func (s Signer) untrusted() bool { return !s.Trusted }

// add enters a finding.
func (r *Report) add(path, kind, want, got string) {
	r.Findings = append(r.Findings, Finding{Path: path, Kind: kind, Want: want, Got: got})
}

// Sign enters the signer of a seal, unless it is there already.
func (r *Report) Sign(s Signer) {
	if !slices.Contains(r.Signers, s) {
		r.Signers = append(r.Signers, s)
	}
}

// Include enters the report of a folder that lies at a path.
func (r *Report) Include(f *Report, path string) {
	for _, x := range f.Findings {
		x.Path = path + "/" + x.Path
		r.Findings = append(r.Findings, x)
	}
	r.Captures += f.Captures
	r.Derivations += f.Derivations
	r.Items += f.Items
	r.Withheld += f.Withheld
	r.Bytes += f.Bytes
	r.Fences = append(r.Fences, f.Fences...)
	for _, s := range f.Signers {
		r.Sign(s)
	}
}

// Sealed reports whether nothing was altered and each signer is trusted,
// whatever is thought of time-stamp authorities.
func (r *Report) Sealed() bool {
	return len(r.Findings) == 0 && !slices.ContainsFunc(r.Signers, Signer.untrusted)
}

// Conclude draws the outcome from what was entered. It makes the findings fit to
// be shown, since they repeat what a forger wrote.
func (r *Report) Conclude() *Report {
	for i, f := range r.Findings {
		r.Findings[i] = Finding{Path: fit(f.Path), Kind: f.Kind, Want: fit(f.Want), Got: fit(f.Got)}
	}
	switch {
	case len(r.Findings) > 0:
		r.Outcome = FailedVerification
	case !r.Sealed() || slices.ContainsFunc(r.Fences, Fence.doubted):
		r.Outcome = IntegrityOnly
	default:
		r.Outcome = Verified
	}
	return r
}

// maxText bounds how much of a foreign text a finding repeats, in bytes.
const maxText = 1000

// fit cuts a foreign text to a length, and makes it one that JSON can hold.
func fit(s string) string {
	if len(s) > maxText {
		s = fmt.Sprintf("%s… (%d bytes)", s[:maxText], len(s))
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// Progress is called with the number of bytes that were hashed and that there
// are in all: from several goroutines, but never from two at once.
type Progress func(done, total int64)

// meter counts bytes for a [Progress].
type meter struct {
	report Progress // may be nil
	total  int64    // set before anything is counted

	mu   sync.Mutex
	done int64 // guarded by mu
}

func (m *meter) add(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done = min(m.done+n, m.total)
	if m.report != nil {
		m.report(m.done, m.total)
	}
}

// meteredReader stops at the end of its context and counts what it reads.
type meteredReader struct {
	ctx   context.Context
	r     io.Reader
	meter *meter
}

func (r meteredReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.r.Read(p)
	r.meter.add(int64(n))
	return n, err
}
