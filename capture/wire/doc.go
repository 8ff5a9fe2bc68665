// Package wire is the gate: the only way from Chrome to the network.
//
// Chrome is told to reach every host, loopback included, through a SOCKS5
// proxy (RFC 1928) that this package serves on loopback. SOCKS5 rather than an
// HTTP proxy, since it carries every protocol as it is: a plain HTTP request
// isn't rewritten on its way, and a failed connection isn't dressed up as a
// page. The gate passes bytes on and looks into none of them: TLS is between
// Chrome and the server, so the server sees a genuine Chrome, and Chrome checks
// the server's own certificate.
//
// For each connection the gate resolves the name, decides, dials one of the
// addresses that it has just looked at (so that a name can't mean one thing to
// the decision and another to the connection), and records all of it.
//
// # Which addresses
//
// A page may reach public addresses. It may not reach the machine it is viewed
// on, nor the network around it: loopback, private (RFC 1918, RFC 4193, RFC
// 6598), link-local with the metadata services of clouds, and whatever else
// IANA set apart. There is one exception: when the address that the
// investigator typed is itself in such a network, as in a test or an intranet,
// then that kind of network is open to the page. See [Policy].
//
// # The wire record
//
// What passes is written as pcapng (draft-ietf-opsawg-pcapng), one interface of
// link type RAW (101), times in nanoseconds. The TCP and IP headers are made
// up, since no right to see the real ones is needed: the addresses and ports
// are those of the connection that was dialled, the sequence numbers count the
// bytes, a connection begins with a three-way handshake and ends with FIN or
// RST. Each packet holds what one read returned, 32 KiB at the most.
package wire
