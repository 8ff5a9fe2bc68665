// Package warc writes a page archive: every HTTP exchange of a page as WARC
// 1.1 records (ISO 28500:2017), packed with their index as WACZ 1.1.1. It
// writes to an [io.Writer] and never goes back, so that an exchange is in the
// archive as soon as [Archive.Write] returns.
//
// # The zip
//
// Five entries in this order, dated 1980-01-01, zip64 where sizes ask for it:
//
//	archive/data.warc.gz    stored, its sizes in a data descriptor behind it
//	indexes/index.cdx       deflated, like the rest
//	pages/pages.jsonl
//	datapackage.json        the SHA-256 and size of the three above
//	datapackage-digest.json the SHA-256 of datapackage.json, not signed
//
// The index is plain CDXJ rather than index.cdx.gz: ReplayWeb.page reads a
// gzipped index only together with a second-level index.idx, which pays off
// for crawls of many thousand pages, not for one page.
//
// # The records
//
// A warcinfo record comes first. Each exchange is a request, a response and,
// when there is something to say about it, a metadata record (JSON) in this
// order; WARC-Concurrent-To ties them together. A request that got no response
// is a request and a metadata record that gives the reason. Each record is one
// gzip member with a header that holds no time.
//
// WARC-Date has nanoseconds and is the time when the request was sent. Digests
// are SHA-256 in lowercase hexadecimal, "sha256:9f86…", which warcio,
// browsertrix and gowarc write or check; gowarc and warcio know Base32, too,
// but a person can compare hexadecimal with the output of sha256sum.
// WARC-Block-Digest covers the whole block, WARC-Payload-Digest the body.
//
// The address is written as the browser gives it, without the fragment; a byte
// that RFC 3986 doesn't allow (space, control, not ASCII) is percent-encoded,
// a host that isn't ASCII is written as punycode. Where WARC-Target-URI would
// hold an encoded word of RFC 2047, "=?utf-8?Q?…?=", which a reader may decode,
// its first "?" is percent-encoded.
//
// # HTTP messages
//
// A browser gives a message parsed, and its body decoded. So that what is
// stored is an HTTP/1.1 message that agrees with itself:
//
//   - A field that no longer describes the stored body is kept under the name
//     X-Archive-Orig-…: Transfer-Encoding always, Content-Encoding of a
//     response that has a body, Content-Length when it differs from the
//     stored length. The prefix is the one that the Wayback Machine, pywb and
//     ReplayWeb.page give to a field that is the origin's and not valid here.
//     (Browsertrix writes X-Orig- instead; readers take both for unknown
//     fields, which is what is wanted.)
//   - Content-Length then follows at the end, and also where there was none
//     but there is a body.
//   - An HTTP/2 or HTTP/3 message is written in HTTP/1.1 syntax, without an
//     invented reason phrase and without pseudo-fields; ":authority" becomes
//     Host. A request without either gets the Host of its address.
//   - Fields keep their order, repetition and case. Inside a value, CR, LF and
//     NUL become a space; inside a name, what isn't a token character becomes
//     "_". A name that is empty is left out.
//
// Where the browser knows the text of the header as received, the caller
// keeps it in the metadata record.
//
// The connection is described by WARC-IP-Address and, as the WARC community
// proposes (iipc/warc-specifications issues 42 and 86), WARC-Protocol, once
// for HTTP ("h2") and once for TLS ("tls/1.3"), and WARC-Cipher-Suite.
// WARC-Page-ID and WARC-Resource-Type are Browsertrix's.
// WARC-Identified-Payload-Type is the type that the browser made out; since
// ReplayWeb.page lets it stand for Content-Type, it is written only when it
// says more or other than that.
//
// # The index
//
// One CDXJ line for each response and each resource, sorted by byte value:
//
//	KEY TIMESTAMP {"url":…,"mime":…,"status":"200","digest":"sha256:…","length":"…","offset":"…","filename":"data.warc.gz"}
//
// The timestamp is 17 digits, to the millisecond. Numbers are strings, as
// browsertrix and cdxj-indexer write them. The key is warcio's form of SURT:
// lowercase, "www." dropped, host reversed, query sorted. For a method other
// than GET the method and the body are appended to the key as query
// parameters, and stand in the line as "method" and "requestBody", as warcio
// does, so that a replayed POST finds its response. Of a body beyond 1 MiB
// only the first is looked at.
//
// # Reading
//
// [OpenBodies] finds bodies by their digest, to show them. It is for archives
// that this package wrote.
package warc
