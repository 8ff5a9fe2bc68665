package tsa

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// Files names the files of an [OpenSSLCommand].
type Files struct {
	Response  string // the stored response
	Roots     string // PEM
	Untrusted string // PEM, intermediate certificates that aren't in the token; "": none
	Data      string // what was stamped; "": its digest is given instead
}

// OpenSSLCommand returns the shell command with which OpenSSL verifies a stored
// response at its genTime: it says "Verification: OK", also after certificates
// have expired. Like here, a root need not be signed by itself (-partial_chain).
func OpenSSLCommand(r *Response, f Files) string {
	args := []string{"openssl", "ts", "-verify"}
	if f.Data != "" {
		args = append(args, "-data", quote(f.Data))
	} else {
		args = append(args, "-digest", hex.EncodeToString(r.Imprint))
	}
	args = append(args, "-in", quote(f.Response), "-CAfile", quote(f.Roots))
	if f.Untrusted != "" {
		args = append(args, "-untrusted", quote(f.Untrusted))
	}
	args = append(args, "-partial_chain", "-attime", strconv.FormatInt(r.GenTime.Unix(), 10))
	return strings.Join(args, " ")
}

// quote makes s one word of a POSIX shell.
func quote(s string) string {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("./_-+:@,", c)
	}
	if s != "" && strings.IndexFunc(s, func(c rune) bool { return !plain(c) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
