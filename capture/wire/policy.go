package wire

import (
	"fmt"
	"net/netip"
	"strings"
)

// Network is a kind of address.
type Network string

// The kinds of addresses.
const (
	Public    Network = "public"
	Loopback  Network = "loopback"
	Private   Network = "private"
	LinkLocal Network = "link-local" // with the metadata services of clouds
	Special   Network = "special"    // multicast, documentation, reserved …
)

// special lists what IANA's registries of special-purpose addresses (RFC 6890)
// set apart beyond what package netip knows.
var special = []struct {
	prefix  netip.Prefix
	network Network
}{
	{netip.MustParsePrefix("100.64.0.0/10"), Private}, // shared address space, RFC 6598
	{netip.MustParsePrefix("fec0::/10"), Private},     // site-local, deprecated
	{netip.MustParsePrefix("0.0.0.0/8"), Special},
	{netip.MustParsePrefix("192.0.0.0/24"), Special},
	{netip.MustParsePrefix("192.0.2.0/24"), Special},
	{netip.MustParsePrefix("198.18.0.0/15"), Special},
	{netip.MustParsePrefix("198.51.100.0/24"), Special},
	{netip.MustParsePrefix("203.0.113.0/24"), Special},
	{netip.MustParsePrefix("240.0.0.0/4"), Special},
	{netip.MustParsePrefix("::/128"), Special},
	{netip.MustParsePrefix("100::/64"), Special},
	{netip.MustParsePrefix("2001:db8::/32"), Special},
	{netip.MustParsePrefix("3fff::/20"), Special},
}

// embedding lists prefixes of IPv6 addresses that stand for an IPv4 address,
// and the byte at which it begins: a way around a filter that looks at IPv4
// only.
var embedding = []struct {
	prefix netip.Prefix
	at     int
}{
	{netip.MustParsePrefix("64:ff9b::/96"), 12}, // NAT64, RFC 6052
	{netip.MustParsePrefix("2002::/16"), 2},     // 6to4, RFC 3056
	{netip.MustParsePrefix("::/96"), 12},        // IPv4-compatible, deprecated
}

// NetworkOf returns the kind of an address.
func NetworkOf(a netip.Addr) Network {
	a = a.Unmap().WithZone("")
	switch {
	case a.IsLoopback():
		return Loopback
	case a.IsPrivate():
		return Private
	case a.IsLinkLocalUnicast():
		return LinkLocal
	case a.IsMulticast(), a.IsUnspecified():
		return Special
	}
	for _, s := range special {
		if s.prefix.Contains(a) {
			return s.network
		}
	}
	for _, e := range embedding {
		if a.Is6() && e.prefix.Contains(a) {
			b := a.As16()
			return NetworkOf(netip.AddrFrom4([4]byte(b[e.at : e.at+4])))
		}
	}
	return Public
}

// Policy says which networks a page may reach. The zero value allows public
// addresses only.
type Policy struct {
	open map[Network]bool
}

// PolicyFor returns the policy for a capture of the host that the investigator
// typed. A name that resolves to an address of another kind doesn't open that
// network: whoever owns the name could choose it. "localhost" and an address
// do.
func PolicyFor(host string) Policy {
	host = strings.TrimSuffix(strings.ToLower(strings.Trim(host, "[]")), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return Policy{map[Network]bool{Loopback: true}}
	}
	if a, err := netip.ParseAddr(host); err == nil {
		return Policy{map[Network]bool{NetworkOf(a): true}}
	}
	return Policy{}
}

// AllowLocal opens loopback, private and link-local networks as well.
func (p Policy) AllowLocal() Policy {
	return Policy{map[Network]bool{Loopback: true, Private: true, LinkLocal: true}}
}

// check returns nil if the page may reach an address.
func (p Policy) check(a netip.Addr) error {
	if n := NetworkOf(a); n != Public && !p.open[n] {
		return fmt.Errorf("%s is a %s address", a, n)
	}
	return nil
}
