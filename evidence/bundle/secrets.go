package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// keyLogLine is a line of a TLS key log (NSS's SSLKEYLOGFILE, which
// draft-ietf-tls-keylogfile describes): a label, the client's random value, a
// secret. Nothing else can be in a file that people hand to a program.
var keyLogLine = regexp.MustCompile(`^[A-Z0-9_]{1,64} [0-9a-f]{64} [0-9a-f]{2,256}$`)

// checkKeyLog reports why a text can't be a TLS key log.
func checkKeyLog(b []byte) error {
	if len(b) == 0 {
		return nil // no connection of the capture used TLS
	}
	if b[len(b)-1] != '\n' {
		return errors.New("the last line has no end")
	}
	n := 0
	for line := range bytes.Lines(b) {
		if n++; !keyLogLine.Match(line[:len(line)-1]) {
			return fmt.Errorf("line %d: want a label, a random value and a secret", n)
		}
	}
	return nil
}

// secretsPath returns where the TLS secrets of a capture are in clear.
func secretsPath(c *capture) string { return secretsPrefix + c.folder + ".txt" }

// unsealed returns the captures of which the TLS secrets must be there in clear:
// those that have any, and from which they aren't withheld.
func (s *sources) unsealed() (out []*capture) {
	for _, c := range s.captures {
		if it, ok := c.manifest.Find(evidence.KindSecrets); ok && !s.withheld.has(c.path()+"/"+it.Path) {
			out = append(out, c)
		}
	}
	return out
}

// addSecrets adds the TLS secrets of a capture in clear, if it has any.
func (x *exporter) addSecrets(k evidence.Capture, c *capture) error {
	b, err := x.v.Secrets(k)
	if errors.Is(err, evidence.ErrNoSecrets) {
		return nil
	}
	if err == nil {
		err = checkKeyLog(b)
	}
	if err != nil {
		return fmt.Errorf("TLS secrets: %w", err)
	}
	x.files = append(x.files, bytesSource(secretsPath(c), b))
	if len(b) > 0 {
		x.revealed++
	}
	return nil
}

// verifySecrets checks that the TLS secrets are there in clear where they are
// there encrypted. Whether they are the same only the vault's key can show.
func (c *checker) verifySecrets() error {
	for _, k := range c.sources.unsealed() {
		it, _ := k.manifest.Find(evidence.KindSecrets)
		if !c.sound(k.path() + "/" + it.Path) {
			continue // missing, perhaps
		}
		b, err := c.read(secretsPath(k), canon.MaxSize)
		if err != nil {
			return err
		}
		if b == nil {
			continue // there is a finding already
		}
		if err := checkKeyLog(b); err != nil {
			c.add(secretsPath(k), RecordMalformed, "a TLS key log", err.Error())
		}
	}
	return nil
}
