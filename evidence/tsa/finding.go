package tsa

import "fmt"

// Finding is one thing that verification found.
type Finding struct {
	Kind string `json:"kind"`
	Want string `json:"want,omitempty"`
	Got  string `json:"got,omitempty"`
}

// The kinds of findings in a time-stamp response.
const (
	Malformed          = "timestamp-malformed"           // not a response, or not of the one encoding
	NotGranted         = "timestamp-not-granted"         // the authority refused
	ImprintMismatch    = "timestamp-imprint"             // over something else
	NonceMismatch      = "timestamp-nonce"               // the answer to another request
	PolicyMismatch     = "timestamp-policy"              // under another policy than wanted
	ExtensionUnknown   = "timestamp-extension"           // critical, and unknown here
	WeakAlgorithm      = "timestamp-weak-algorithm"      // SHA-1 and the like
	SignatureInvalid   = "timestamp-signature"           // signature or signed attributes don't hold
	CertificateMissing = "timestamp-certificate-missing" // the signer's isn't in the token
	CertificateOther   = "timestamp-certificate"         // the signer signed for another certificate
	KeyUsage           = "timestamp-key-usage"           // not critical, or not for time stamps alone
	OutsideValidity    = "timestamp-validity"            // genTime outside a certificate's validity
	BrokenChain        = "timestamp-chain"               // the certificates don't hold together
	UnknownRoot        = "timestamp-unknown-root"        // they do, but nobody trusts where they end
	FromFuture         = "timestamp-future"              // genTime is ahead of the clock
	RenewedLate        = "timestamp-renewed-late"        // obtained when the one before had expired
	RenewedBefore      = "timestamp-renewed-before"      // earlier than the one that it renews
)

// Fatal reports whether the finding says that the time stamp proves nothing. An
// unknown root isn't one: who trusts the root may rely on it.
func (f Finding) Fatal() bool { return f.Kind != UnknownRoot }

// String returns the finding as a line of text.
func (f Finding) String() string {
	s := f.Kind
	if f.Got != "" {
		s += fmt.Sprintf(": got %q", f.Got)
	}
	if f.Want != "" {
		s += fmt.Sprintf(", want %q", f.Want)
	}
	return s
}
