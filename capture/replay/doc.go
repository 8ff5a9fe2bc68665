// Package replay opens an archived page again in a real Chrome, with no network:
// a gate of its own answers from the archive what the page asks for.
//
// # The gate
//
// As in a capture, Chrome is told to reach every host, loopback included, through
// a SOCKS5 proxy on loopback, and resolves no name itself. This gate accepts each
// connection as if the host were there, ends its TLS, and answers HTTP from the
// archive. It has nothing to dial with. What Chrome wants on its own account goes
// to another gate, which refuses it.
//
// For TLS a certificate authority is made for each session: an ECDSA key on P-256
// that is never written anywhere. It signs one certificate for each host as it is
// asked for. The browser of the session is told, on its command line, to take what
// this key signed for valid; no other browser and no store of the system knows it.
//
// # Which record answers
//
// The first rule that finds a record decides. The header field Pugmark-Replay of
// the answer and the [Event] name it.
//
//	exact       method, address and body are the same
//	scheme      the same but for http instead of https, or the other way round
//	parameters  the same when parameters that only defeat caches or follow
//	            visitors are left out on both sides, in any order: see loose.go
//	jsonp       as parameters, with another name of the function to call, which
//	            is put into the answer
//	body        a request with a body: of the same method and address, with the
//	            most parameters of the body in common, half of them at least
//	head        HEAD, answered by the header of what GET got
//	preflight   the question of a browser whether it may ask another origin,
//	            which the archive lacks: everything is allowed
//	failed      the request is in the archive and got no response: the connection
//	            is broken off
//	not-in-archive
//
// A body is compared as a query, as package warc makes one of it. Where an address
// has several responses, those count that came within ten minutes of the one
// that is nearest to the page's time. They answer in their order, and the last of
// them then again and again; when a document that had its last answer is opened
// once more, everything begins anew. A redirect is answered as stored.
//
// A request for a range is answered by that part of a stored whole, or by the
// stored part that begins at the same byte or covers it.
//
// What the archive lacks gets the status 404 and the field Pugmark-Replay:
// not-in-archive; a document gets a page that says so. A WebSocket is answered by
// the frames that it received in the capture, at the pace at which they came.
//
// Fields that describe a connection, or that make a browser report or go
// elsewhere, are left out: Transfer-Encoding and its like, Content-Length where it
// is wrong, Alt-Svc, Public-Key-Pins, Expect-CT, Report-To, NEL,
// Reporting-Endpoints. The expiry of cookies is moved by as much as the clock.
//
// # Time and chance
//
// The page's clock begins at the time when its first document was asked for, and
// goes on from there at the usual pace: Date, Temporal, Intl.DateTimeFormat and
// performance.timeOrigin. Math.random gives the same numbers in each replay, anew
// in each frame and worker; the random numbers of the Web Crypto API stay random.
// User agent, language, time zone, viewport and pixel ratio are those of the
// capture. If the capture left the time zone to the machine, its offset from UTC
// is used.
//
// [Compare] does to the page what the capture did, at the times that its log says,
// so that transitions and clocks are as far as they were. What chance drew in the
// capture, and which picture of a film it shows, can't be had again.
package replay
