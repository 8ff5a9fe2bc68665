package tsa

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

// Response is what a time-stamp response says. That it can be read doesn't mean
// that it is true; see [Verify].
type Response struct {
	DER []byte // the whole response, as it is stored

	Status     int    // PKIStatus: 0 granted, 1 granted with modifications
	StatusText string // the authority's own words
	Failure    string // PKIFailureInfo: why not granted

	// The rest is there only if the response is granted.
	GenTime   time.Time     // UTC
	Accuracy  time.Duration // 0: not stated
	Policy    string        // OID
	Serial    *big.Int
	Nonce     *big.Int // nil: none
	TSA       string   // the authority's name for itself
	Ordering  bool
	Qualified bool // says of itself that it is a qualified time stamp of eIDAS

	Hash       string // of the imprint: "SHA-256", the OID if it is an unknown one
	Imprint    []byte
	SignerHash string            // the digest algorithm of the signature
	Signer     *x509.Certificate // nil if the token has no certificate of the signer

	// Certificates are those in the token, in its order.
	Certificates []*x509.Certificate

	hash       asn1.ObjectIdentifier
	content    []byte // TSTInfo
	extensions []extension
	signer     signerInfo
}

// maxCertificates bounds how many signatures a hostile token can have checked.
const maxCertificates = 32

// failures are the bits of PKIFailureInfo (RFC 3161, section 2.4.2).
var failures = map[int]string{
	0:  "badAlg",
	2:  "badRequest",
	5:  "badDataFormat",
	14: "timeNotAvailable",
	15: "unacceptedPolicy",
	16: "unacceptedExtension",
	17: "addInfoNotAvailable",
	25: "systemFailure",
}

// Granted reports whether the response has a token.
func (r *Response) Granted() bool { return r.Status == 0 || r.Status == 1 }

// Parse reads a response.
func Parse(response []byte) (*Response, error) {
	if len(response) > MaxSize {
		return nil, fmt.Errorf("reading time-stamp response: got %d bytes, want at most %d", len(response), MaxSize)
	}
	r := &Response{DER: bytes.Clone(response)}
	if err := r.parse(); err != nil {
		return nil, fmt.Errorf("reading time-stamp response: %w", err)
	}
	return r, nil
}

func (r *Response) parse() error {
	if err := checkDER(r.DER); err != nil {
		return err
	}
	var body, token cryptobyte.String
	s := cryptobyte.String(r.DER)
	if !s.ReadASN1(&body, der.SEQUENCE) || !r.readStatus(&body) {
		return errors.New("malformed status")
	}
	if r.Granted() == body.Empty() {
		return fmt.Errorf("status %d and token don't agree", r.Status)
	}
	if body.Empty() {
		return nil
	}
	if !body.ReadASN1Element(&token, der.SEQUENCE) || !body.Empty() {
		return errors.New("malformed token")
	}
	return r.parseToken(token)
}

// readStatus reads a PKIStatusInfo.
func (r *Response) readStatus(s *cryptobyte.String) bool {
	var info, texts cryptobyte.String
	var hasText bool
	if !s.ReadASN1(&info, der.SEQUENCE) || !info.ReadASN1Integer(&r.Status) || r.Status < 0 ||
		!info.ReadOptionalASN1(&texts, &hasText, der.SEQUENCE) {
		return false
	}
	var all []string
	for !texts.Empty() {
		var text cryptobyte.String
		if !texts.ReadASN1(&text, der.UTF8String) {
			return false
		}
		all = append(all, strings.ToValidUTF8(string(text), "\uFFFD"))
	}
	r.StatusText = strings.Join(all, "; ")
	return info.Empty() || r.readFailure(&info) && info.Empty()
}

func (r *Response) readFailure(s *cryptobyte.String) bool {
	var bits asn1.BitString
	if !s.ReadASN1BitString(&bits) {
		return false
	}
	var names []string
	for i := range min(bits.BitLength, 32) {
		if name, ok := failures[i]; ok && bits.At(i) == 1 {
			names = append(names, name)
		}
	}
	r.Failure = strings.Join(names, ", ")
	return true
}

func (r *Response) parseToken(token []byte) error {
	var certificates cryptobyte.String
	if !r.readContentInfo(token, &certificates) {
		return errors.New("malformed token")
	}
	if !r.readInfo() {
		return errors.New("malformed TSTInfo")
	}
	var err error
	if r.Certificates, err = x509.ParseCertificates(certificates); err != nil {
		return fmt.Errorf("reading the token's certificates: %w", err)
	}
	if len(r.Certificates) > maxCertificates {
		return fmt.Errorf("got %d certificates, want at most %d", len(r.Certificates), maxCertificates)
	}
	for _, c := range r.Certificates {
		if bytes.Equal(c.RawIssuer, r.signer.issuer) && c.SerialNumber.Cmp(r.signer.serial) == 0 {
			r.Signer = c
			break
		}
	}
	return nil
}
