package capture

import (
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"io"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// storeCertificates writes the chain, the leaf first, as PEM, and notes the
// digest of each. Chrome gives each certificate in DER, as base64.
func (s *session) storeCertificates(t *evidence.TLS, chain []string) error {
	if len(chain) == 0 {
		return nil
	}
	return s.write("certificates.pem", evidence.KindCertificates, "application/pem-certificate-chain", func(w io.Writer) error {
		for _, encoded := range chain {
			der, err := base64.StdEncoding.DecodeString(encoded)
			if err != nil {
				return fmt.Errorf("decoding a certificate: %w", err)
			}
			t.Chain = append(t.Chain, canon.Sum(der))
			if err := pem.Encode(w, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
				return err
			}
		}
		return nil
	})
}
