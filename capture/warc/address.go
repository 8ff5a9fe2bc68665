package warc

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// maxURI is the longest address that Chrome takes (url::kMaxURLChars).
const maxURI = 2 << 20

var errData = errors.New("a data: address holds its content and is not archived")

// httpURI returns the address of an exchange as it is written.
func httpURI(raw string) (string, error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if s := strings.ToLower(scheme); !ok || s != "http" && s != "https" {
		if strings.HasPrefix(strings.ToLower(raw), "data:") {
			return "", errData
		}
		return "", errors.New("address is not http or https")
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	host, err := asciiHost(rest[:end])
	if err != nil {
		return "", err
	}
	path := rest[end:]
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return anyURI(strings.ToLower(scheme) + "://" + host + path)
}

// asciiHost returns the authority of an address in ASCII.
func asciiHost(s string) (string, error) {
	if s == "" {
		return "", errors.New("address has no host")
	}
	if strings.ContainsAny(s, "\x00\t\r\n \"<>\\^`{|}") {
		return "", fmt.Errorf("host %q has a character that no host has", shorten(s))
	}
	if strings.IndexFunc(s, notASCII) < 0 {
		return s, nil
	}
	user, hostport := "", s
	if at := strings.LastIndexByte(s, '@'); at >= 0 {
		user, hostport = s[:at+1], s[at+1:]
	}
	host, port, _ := strings.Cut(hostport, ":")
	host, err := idna.Lookup.ToASCII(host)
	if err != nil {
		return "", fmt.Errorf("host: %w", err)
	}
	if port != "" {
		host += ":" + port
	}
	return user + host, nil
}

// anyURI returns an address of any scheme as it is written: without its
// fragment and only with characters that an address may have.
func anyURI(raw string) (string, error) {
	scheme, _, ok := strings.Cut(raw, ":")
	switch {
	case !ok || !schemePattern.MatchString(scheme):
		return "", errors.New("address has no scheme")
	case strings.EqualFold(scheme, "data"):
		return "", errData
	case len(raw) > maxURI:
		return "", fmt.Errorf("address is too long: got %d bytes, want at most %d", len(raw), maxURI)
	}
	raw, _, _ = strings.Cut(raw, "#")
	return escape(raw, `"<>`), nil
}

var schemePattern = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*$`)

func notASCII(c rune) bool { return c > 0x7e }

// escape percent-encodes spaces, controls, what isn't ASCII, and more.
func escape(s, more string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(more, c) >= 0 {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

var (
	wwwPattern  = regexp.MustCompile(`^(https?://)www\d*\.`)
	defaultPort = map[string]string{"http": ":80", "https": ":443"}
)

// surt returns the key under which an address is indexed. An address that is
// not http or https is its own key.
func surt(uri string) string {
	if !strings.HasPrefix(uri, "http:") && !strings.HasPrefix(uri, "https:") {
		return uri
	}
	uri = strings.ToLower(wwwPattern.ReplaceAllString(uri, "$1"))
	scheme, _, _ := strings.Cut(uri, ":")
	host, target := splitURI(uri)
	host = strings.TrimSuffix(host, defaultPort[scheme])
	port := ""
	if i := strings.LastIndexByte(host, ':'); i > strings.LastIndexByte(host, ']') {
		host, port = host[:i], host[i:]
	}
	labels := strings.Split(host, ".")
	slices.Reverse(labels)
	path, query, _ := strings.Cut(target, "?")
	key := strings.Join(labels, ",") + port + ")" + path
	if query != "" {
		args := strings.Split(escape(query, `"<>'`), "&")
		slices.Sort(args)
		key += "?" + strings.Join(args, "&")
	}
	return key
}
