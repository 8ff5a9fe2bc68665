package capture

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"regexp"
	"strings"
)

// dataBody returns the content of a data: address (RFC 2397, and as the WHATWG
// Fetch standard has browsers read it).
func dataBody(address string) ([]byte, error) {
	rest, _, _ := strings.Cut(strings.TrimPrefix(address, "data:"), "#")
	head, body, ok := strings.Cut(rest, ",")
	if !ok {
		return nil, errors.New("a data: address has no comma")
	}
	raw := percentDecode(body)
	if !base64Mark.MatchString(head) {
		return raw, nil
	}
	raw = bytes.TrimRight(bytes.Join(bytes.Fields(raw), nil), "=")
	n, err := base64.RawStdEncoding.Decode(raw, raw)
	return raw[:n], err
}

var base64Mark = regexp.MustCompile(`(?i); *base64$`)

// percentDecode leaves a percent sign that begins no escape as it is.
func percentDecode(s string) []byte {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		var c [1]byte
		if s[i] == '%' && i+2 < len(s) {
			if _, err := hex.Decode(c[:], []byte(s[i+1:i+3])); err == nil {
				b = append(b, c[0])
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return b
}
