package tsa

import (
	"encoding/asn1"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Authority is a time-stamp authority that may be asked.
type Authority struct {
	Name   string `json:"name"`
	URL    string `json:"url"`              // http or https
	Policy string `json:"policy,omitempty"` // OID of the policy wanted; "": the authority's choice
}

// Check reports what is wrong with the description of an authority. A URL can't
// hold a user and a password, which would lie open wherever it is stored.
func (a Authority) Check() error {
	u, err := url.Parse(a.URL)
	switch {
	case a.Name == "":
		return fmt.Errorf("authority %q has no name", a.URL)
	case err != nil:
		return fmt.Errorf("authority %q: got a malformed URL", a.Name)
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return fmt.Errorf("authority %q: got URL %q, want one of http or https", a.Name, u.Redacted())
	case u.User != nil:
		return fmt.Errorf("authority %q: got a user in URL %q, want none", a.Name, u.Redacted())
	}
	if _, err := parseOID(a.Policy); err != nil {
		return fmt.Errorf("authority %q: %w", a.Name, err)
	}
	return nil
}

// parseOID reads a dotted OID; "" is none.
func parseOID(s string) (asn1.ObjectIdentifier, error) {
	if s == "" {
		return nil, nil
	}
	var oid asn1.ObjectIdentifier
	for part := range strings.SplitSeq(s, ".") {
		n, err := strconv.Atoi(part)
		if err != nil || strconv.Itoa(n) != part || n < 0 {
			return nil, fmt.Errorf("policy %q isn't an OID", s)
		}
		oid = append(oid, n)
	}
	if _, err := asn1.Marshal(oid); err != nil {
		return nil, fmt.Errorf("policy %q isn't an OID", s)
	}
	return oid, nil
}
