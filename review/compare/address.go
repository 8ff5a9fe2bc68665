package compare

import (
	"net"
	"net/url"
	"slices"
	"strings"
)

// origins are parameters that only tell where a visitor came from; also all that
// begin with "utm_".
var origins = map[string]bool{
	"fbclid": true, "gclid": true, "dclid": true, "gbraid": true, "wbraid": true, "msclkid": true, "yclid": true, "igshid": true,
	"mc_cid": true, "mc_eid": true, "_ga": true, "ref_src": true, "spm": true, "scm": true,
}

// Canonical returns an address without what doesn't tell one page from another: the
// scheme, "www.", the scheme's own port, the fragment unless it begins with "!" or
// "/", a slash at the end, and parameters that only tell where a visitor came from.
// The others are sorted. Host names are lowercase. What is no address is returned as
// it is.
func Canonical(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" {
		return strings.TrimSpace(address)
	}
	host := strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(u.Hostname()), "www."), ".")
	if p := u.Port(); p != "" && p != "80" && p != "443" {
		host = net.JoinHostPort(host, p)
	}
	out := host + strings.TrimRight(u.EscapedPath(), "/")
	if q := query(u.RawQuery); q != "" {
		out += "?" + q
	}
	if strings.HasPrefix(u.Fragment, "!") || strings.HasPrefix(u.Fragment, "/") {
		out += "#" + u.EscapedFragment()
	}
	return out
}

// query sorts parameters, and leaves out those that don't matter.
func query(raw string) string {
	kept := slices.DeleteFunc(strings.Split(raw, "&"), func(p string) bool {
		name, _, _ := strings.Cut(p, "=")
		name = strings.ToLower(name)
		return name == "" || origins[name] || strings.HasPrefix(name, "utm_")
	})
	slices.Sort(kept)
	return strings.Join(kept, "&")
}

// sameNumber reports whether a number that tells an advert, of four digits at least,
// is in both addresses.
func sameNumber(a, b string) bool {
	notDigit := func(r rune) bool { return r < '0' || r > '9' }
	return slices.ContainsFunc(strings.FieldsFunc(pathOf(a), notDigit), func(n string) bool {
		return len(n) >= 4 && slices.Contains(strings.FieldsFunc(pathOf(b), notDigit), n)
	})
}

func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Path + "?" + u.RawQuery
}
