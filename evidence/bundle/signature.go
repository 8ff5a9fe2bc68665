package bundle

import (
	"crypto/ed25519"
	"fmt"
	"strings"

	"golang.org/x/crypto/ssh"

	"pugmark/evidence"
	"pugmark/evidence/custody"
)

// Namespace is the purpose for which a bundle's list of digests is signed, as
// SSH's signatures name it.
const Namespace = "pugmark-bundle"

// addSignature signs the list of the digests of the bag's own files, of which one
// is the list of all others.
func (x *exporter) addSignature(tagManifest []byte) error {
	sig, err := x.v.SignMessage(Namespace, tagManifest)
	if err == nil {
		x.files = append(x.files, bytesSource(signatureFile, sig))
	}
	return err
}

// verifySignature verifies the signature of the bag, which must be by the key
// that signed the checkpoint. It looks only at a bundle in which nothing was
// found: of any other it could say no more than that.
func (c *checker) verifySignature() error {
	list, err := c.read(tagManifestFile, maxManifest)
	if err != nil {
		return err
	}
	sig, err := c.read(signatureFile, maxManifest)
	if err != nil || len(c.report.Findings) > 0 {
		return err
	}
	pub, err := publicKey(c.sources.signer)
	if err != nil {
		return err
	}
	if err := custody.VerifySSH(pub, Namespace, list, sig); err != nil {
		c.add(signatureFile, BagSignature, "a signature by "+c.sources.signer, err.Error())
	}
	for _, path := range []string{tagManifestFile, signatureFile} {
		if _, err := c.digest(c.zip.byPath[path]); err != nil { // for the zip's checksum
			return err
		}
	}
	return nil
}

// allowedSigners returns the file by which ssh-keygen knows who signs bundles:
// each key by the hash that names it here.
func allowedSigners(ring evidence.KeyRing) ([]byte, error) {
	var out strings.Builder
	for _, k := range ring {
		pub, err := publicKey(k.VKey)
		if err != nil {
			return nil, err
		}
		key, err := sshKey(pub)
		if err != nil {
			return nil, err
		}
		out.WriteString(keyHash(k.VKey) + ` namespaces="` + Namespace + `" ` + key)
	}
	return []byte(out.String()), nil
}

// sshKey returns a key in a line, as SSH writes it.
func sshKey(pub ed25519.PublicKey) (string, error) {
	key, err := ssh.NewPublicKey(pub)
	if err != nil {
		return "", fmt.Errorf("writing a key for SSH: %w", err)
	}
	return string(ssh.MarshalAuthorizedKey(key)), nil
}
