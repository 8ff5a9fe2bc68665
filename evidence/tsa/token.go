package tsa

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	der "golang.org/x/crypto/cryptobyte/asn1"
)

type extension struct {
	id       asn1.ObjectIdentifier
	critical bool
	value    cryptobyte.String
}

// signerInfo is what the CMS structure says of the signature.
type signerInfo struct {
	issuer     []byte // Name, DER
	serial     *big.Int
	hash       asn1.ObjectIdentifier
	algorithm  asn1.ObjectIdentifier
	signature  []byte
	signed     []byte                       // the signed attributes, DER of a SET
	attributes map[string]cryptobyte.String // their values, by OID
}

// readContentInfo reads the token's CMS structure (RFC 5652).
func (r *Response) readContentInfo(token []byte, certificates *cryptobyte.String) bool {
	var info, signed cryptobyte.String
	var kind asn1.ObjectIdentifier
	s := cryptobyte.String(token)
	return s.ReadASN1(&info, der.SEQUENCE) && s.Empty() &&
		info.ReadASN1ObjectIdentifier(&kind) && kind.Equal(oidSignedData) &&
		readExplicit(&info, &signed, der.SEQUENCE) && info.Empty() &&
		r.readSignedData(&signed, certificates)
}

func (r *Response) readSignedData(s, certificates *cryptobyte.String) bool {
	var version int
	var has bool
	var digests, signers, signer cryptobyte.String
	return s.ReadASN1Integer(&version) && version == 3 &&
		s.ReadASN1(&digests, der.SET) &&
		r.readContent(s) &&
		s.ReadOptionalASN1(certificates, &has, tag0) &&
		s.SkipOptionalASN1(tag1) && // revocation lists
		s.ReadASN1(&signers, der.SET) && s.Empty() &&
		signers.ReadASN1(&signer, der.SEQUENCE) && signers.Empty() &&
		r.readSigner(&signer) && r.listed(digests)
}

func (r *Response) readContent(s *cryptobyte.String) bool {
	var info, content cryptobyte.String
	var kind asn1.ObjectIdentifier
	if !s.ReadASN1(&info, der.SEQUENCE) ||
		!info.ReadASN1ObjectIdentifier(&kind) || !kind.Equal(oidTSTInfo) ||
		!readExplicit(&info, &content, der.OCTET_STRING) || !info.Empty() {
		return false
	}
	r.content = content
	return true
}

// listed reports whether the signer's digest algorithm is one of digests.
func (r *Response) listed(digests cryptobyte.String) bool {
	found := false
	for !digests.Empty() {
		var oid asn1.ObjectIdentifier
		if !readAlgorithm(&digests, &oid) {
			return false
		}
		found = found || oid.Equal(r.signer.hash)
	}
	return found
}

func (r *Response) readSigner(s *cryptobyte.String) bool {
	var version int
	var attributes cryptobyte.String
	i := &r.signer
	if !s.ReadASN1Integer(&version) || version != 1 ||
		!i.readName(s) ||
		!readAlgorithm(s, &i.hash) ||
		!s.ReadASN1Element(&attributes, tag0) || !i.readAttributes(attributes) ||
		!readAlgorithm(s, &i.algorithm) ||
		!s.ReadASN1Bytes(&i.signature, der.OCTET_STRING) ||
		!s.SkipOptionalASN1(tag1) || !s.Empty() { // unsigned attributes
		return false
	}
	r.SignerHash = hashName(i.hash)
	return true
}

func (i *signerInfo) readName(s *cryptobyte.String) bool {
	var both, issuer cryptobyte.String
	i.serial = new(big.Int)
	if !s.ReadASN1(&both, der.SEQUENCE) || !both.ReadASN1Element(&issuer, der.SEQUENCE) ||
		!both.ReadASN1Integer(i.serial) || !both.Empty() {
		return false
	}
	i.issuer = issuer
	return true
}

// readAttributes reads the signed attributes, of which none may come twice. What
// is signed is the SET, although it stands there as [0] (RFC 5652, section 5.4).
func (i *signerInfo) readAttributes(element cryptobyte.String) bool {
	i.signed = bytes.Clone(element)
	i.signed[0] = byte(der.SET)
	i.attributes = make(map[string]cryptobyte.String)
	var s cryptobyte.String
	if !element.ReadASN1(&s, tag0) {
		return false
	}
	for !s.Empty() {
		var attribute, values cryptobyte.String
		var oid asn1.ObjectIdentifier
		if !s.ReadASN1(&attribute, der.SEQUENCE) || !attribute.ReadASN1ObjectIdentifier(&oid) ||
			!attribute.ReadASN1(&values, der.SET) || !attribute.Empty() {
			return false
		}
		if _, twice := i.attributes[oid.String()]; twice {
			return false
		}
		i.attributes[oid.String()] = values
	}
	return true
}

// readInfo reads the TSTInfo.
func (r *Response) readInfo() bool {
	var info cryptobyte.String
	var version int
	var policy asn1.ObjectIdentifier
	s := cryptobyte.String(r.content)
	r.Serial = new(big.Int)
	if checkDER(r.content) != nil || !s.ReadASN1(&info, der.SEQUENCE) ||
		!info.ReadASN1Integer(&version) || version != 1 ||
		!info.ReadASN1ObjectIdentifier(&policy) ||
		!r.readImprint(&info) ||
		!info.ReadASN1Integer(r.Serial) ||
		!r.readTime(&info) {
		return false
	}
	r.Policy = policy.String()
	return r.readAccuracy(&info) && r.readOrdering(&info) && r.readNonce(&info) &&
		r.readName(&info) && r.readExtensions(&info) && info.Empty()
}

func (r *Response) readImprint(s *cryptobyte.String) bool {
	var imprint cryptobyte.String
	if !s.ReadASN1(&imprint, der.SEQUENCE) || !readAlgorithm(&imprint, &r.hash) ||
		!imprint.ReadASN1Bytes(&r.Imprint, der.OCTET_STRING) || !imprint.Empty() {
		return false
	}
	r.Hash = hashName(r.hash)
	return true
}

// readTime reads genTime: UTC, with a fraction of a second or without.
func (r *Response) readTime(s *cryptobyte.String) bool {
	var text cryptobyte.String
	if !s.ReadASN1(&text, der.GeneralizedTime) || strings.Contains(string(text), ",") {
		return false
	}
	t, err := time.Parse("20060102150405Z", string(text))
	r.GenTime = t
	return err == nil
}

// readAccuracy reads seconds, milliseconds and microseconds, each optional.
func (r *Response) readAccuracy(s *cryptobyte.String) bool {
	var accuracy cryptobyte.String
	var has bool
	var seconds, millis, micros int64
	if !s.ReadOptionalASN1(&accuracy, &has, der.SEQUENCE) {
		return false
	}
	ok := readPart(&accuracy, der.INTEGER, &seconds, 1<<31) &&
		readPart(&accuracy, prim0, &millis, 999) &&
		readPart(&accuracy, prim1, &micros, 999) && accuracy.Empty()
	r.Accuracy = time.Duration(seconds)*time.Second + time.Duration(millis)*time.Millisecond +
		time.Duration(micros)*time.Microsecond
	return ok
}

func readPart(s *cryptobyte.String, tag der.Tag, n *int64, most int64) bool {
	if !s.PeekASN1Tag(tag) {
		return true
	}
	return s.ReadASN1Int64WithTag(n, tag) && *n >= 0 && *n <= most
}

func (r *Response) readOrdering(s *cryptobyte.String) bool {
	return !s.PeekASN1Tag(der.BOOLEAN) || s.ReadASN1Boolean(&r.Ordering)
}

func (r *Response) readNonce(s *cryptobyte.String) bool {
	if !s.PeekASN1Tag(der.INTEGER) {
		return true
	}
	r.Nonce = new(big.Int)
	return s.ReadASN1Integer(r.Nonce)
}

// readName reads the authority's name, a GeneralName (RFC 5280, section 4.2.1.6).
func (r *Response) readName(s *cryptobyte.String) bool {
	var outer, name cryptobyte.String
	var has bool
	var tag der.Tag
	if !s.ReadOptionalASN1(&outer, &has, tag0) || !has {
		return !has
	}
	if !outer.ReadAnyASN1(&name, &tag) || !outer.Empty() {
		return false
	}
	switch tag {
	case der.Tag(4).ContextSpecific().Constructed():
		var rdn pkix.RDNSequence
		rest, err := asn1.Unmarshal(name, &rdn)
		r.TSA = rdn.String()
		return err == nil && len(rest) == 0
	case der.Tag(1).ContextSpecific(), der.Tag(2).ContextSpecific(), der.Tag(6).ContextSpecific():
		r.TSA = strings.ToValidUTF8(string(name), "\uFFFD") // mail address, host, URI
	}
	return true
}

func (r *Response) readExtensions(s *cryptobyte.String) bool {
	var list cryptobyte.String
	var has bool
	if !s.ReadOptionalASN1(&list, &has, tag1) {
		return false
	}
	for !list.Empty() {
		var e extension
		var seq cryptobyte.String
		if !list.ReadASN1(&seq, der.SEQUENCE) || !seq.ReadASN1ObjectIdentifier(&e.id) ||
			seq.PeekASN1Tag(der.BOOLEAN) && !seq.ReadASN1Boolean(&e.critical) ||
			!seq.ReadASN1(&e.value, der.OCTET_STRING) || !seq.Empty() {
			return false
		}
		r.Qualified = r.Qualified || e.id.Equal(oidQCStatements) && qualified(e.value)
		r.extensions = append(r.extensions, e)
	}
	return true
}

// qualified reports whether QCStatements have the one of a qualified time stamp.
func qualified(s cryptobyte.String) bool {
	var list, statement cryptobyte.String
	var id asn1.ObjectIdentifier
	if !s.ReadASN1(&list, der.SEQUENCE) {
		return false
	}
	for list.ReadASN1(&statement, der.SEQUENCE) && statement.ReadASN1ObjectIdentifier(&id) {
		if id.Equal(oidQualified) {
			return true
		}
	}
	return false
}
