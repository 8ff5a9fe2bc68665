package custody

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha512"
	"encoding/pem"
	"errors"
	"fmt"

	"golang.org/x/crypto/ssh"
)

// A signature of SSH (OpenSSH's PROTOCOL.sshsig, version 1), which ssh-keygen
// makes and verifies: "ssh-keygen -Y verify".
const (
	sshMagic   = "SSHSIG"
	sshVersion = 1
	sshHash    = "sha512"
	sshArmour  = "SSH SIGNATURE"
)

// sshSigned is what is signed, after the magic.
type sshSigned struct{ Namespace, Reserved, Hash, Digest string }

// sshSignature is the signature itself, after the magic.
type sshSignature struct {
	Version                                       uint32
	Key, Namespace, Reserved, Hash, SignatureBlob string
}

// SignSSH signs a message for a purpose, the namespace, as SSH does. No
// signature over a checkpoint can be taken for such a one: what is signed begins
// otherwise.
func SignSSH(key ed25519.PrivateKey, namespace string, message []byte) ([]byte, error) {
	signer, err := ssh.NewSignerFromKey(key)
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	s, err := signer.Sign(nil, sshBlob(namespace, message))
	if err != nil {
		return nil, fmt.Errorf("signing: %w", err)
	}
	return armourSSH(signer.PublicKey(), namespace, s), nil
}

// sshBlob returns what is signed of a message.
func sshBlob(namespace string, message []byte) []byte {
	sum := sha512.Sum512(message)
	return append([]byte(sshMagic), ssh.Marshal(sshSigned{namespace, "", sshHash, string(sum[:])})...)
}

func armourSSH(key ssh.PublicKey, namespace string, s *ssh.Signature) []byte {
	body := ssh.Marshal(sshSignature{sshVersion, string(key.Marshal()), namespace, "", sshHash, string(ssh.Marshal(s))})
	return pem.EncodeToMemory(&pem.Block{Type: sshArmour, Bytes: append([]byte(sshMagic), body...)})
}

// VerifySSH verifies a signature that [SignSSH] made, in its one encoding.
func VerifySSH(pub ed25519.PublicKey, namespace string, message, armoured []byte) error {
	key, err := ssh.NewPublicKey(pub)
	if err != nil {
		return err
	}
	block, _ := pem.Decode(armoured)
	if block == nil || block.Type != sshArmour || !bytes.HasPrefix(block.Bytes, []byte(sshMagic)) {
		return errors.New("want a signature of SSH")
	}
	var s sshSignature
	var blob ssh.Signature
	if err := ssh.Unmarshal(block.Bytes[len(sshMagic):], &s); err != nil {
		return err
	}
	if err := ssh.Unmarshal([]byte(s.SignatureBlob), &blob); err != nil {
		return err
	}
	if !bytes.Equal(armourSSH(key, namespace, &blob), armoured) {
		return fmt.Errorf("want a signature by %s for %q, in its one encoding", ssh.FingerprintSHA256(key), namespace)
	}
	return key.Verify(sshBlob(namespace, message), &blob)
}
