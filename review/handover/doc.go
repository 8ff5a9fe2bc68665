// Package handover writes what a case says in formats that other programs read: for a
// prosecutor's system, for analysts, for who looks at network traffic. None of it is
// evidence: that is the bundle. Each file leads back to it by the digest of the
// manifest. Nothing here is taken for true because it is written here.
//
// What is read is that which was sealed, and what people added to it. A capture that
// can't be read, in part or at all, is written as far as it can, with the reason, and
// [Result.Unread] names it. What is unknown is absent. All texts are UTF-8, times are
// UTC, RFC 3339. Everything is written as a stream: in memory are the records of the few
// captures at work, one body, and the ids of what several captures share.
//
// # Listings: csv, json, jsonl
//
// One row a capture, by exhibit number; see [Row]. json is an array of them, jsonl one
// object a line. csv is as RFC 4180 has it, with a first line of names, which are the
// names of the JSON members: lines end with CR LF, and a field is quoted that has a
// comma, a quote or a line break in it, or a space at an end. A member that has several values is
// one field, where "; " parts them.
//
// A program for tables takes a cell that begins with certain characters for a formula,
// which a hostile page could make use of; some part cells at semicolons or tabs too. So
// an apostrophe stands before each = + - @, their full-width forms, and apostrophe with
// which a value begins, or that follows a semicolon, a tab or a line break in it, with
// nothing but spaces and double quotes between; and before a tab or a line break with
// which a value begins. To get the value back, take away one apostrophe in each of these
// places where there is one. json and jsonl are as they are.
//
// A fact that a person corrected has the person's value, and corrected says what the
// page had, and who corrected it.
//
// # CASE: case-uco
//
// JSON-LD with the ontology CASE 1.4.0 (Cyber-investigation Analysis Standard
// Expression), which builds on UCO 1.4.0. One object, with @context and @graph:
//
//	investigation:Investigation        the case
//	investigation:Authorization        its legal basis
//	investigation:ProvenanceRecord     a capture, with exhibitNumber "OP-1/3"
//	investigation:InvestigativeAction  the capture itself; each event of the custody log
//	identity:Person, Organization      who acted, and for whom
//	role:Role                          as what
//	tool:Tool, ConfiguredTool          Pugmark and the browser, and how it was set
//	observable:Computer                the machine, by the name that it gave itself
//	observable:URL                     the addresses
//	observable:NetworkConnection       what served the document, with X509Certificate
//	observable:File                    each item, with its size and SHA-256
//	observable:RasterPicture           each photograph that was obtained
//	observable:DigitalAccount          the seller, as the page names them
//	core:Annotation                    a fact of the listing, a note, a tag, a region
//	core:Relationship                  ties them
//
// The tag of an annotation says what it is: "listing fact" and the fact's name, "note",
// "tag", "region", and "by a person" with core:createdBy for what people added. What was
// withdrawn is no annotation; only the entries of the custody log tell of it.
//
// Each @id is urn:uuid: with a UUID of version 5 (RFC 9562), made from the capture's id,
// or for what several captures share from the vault's id and the case's reference. The
// log's entries on handing over are left out. So the same case gives the same file.
//
// # HAR: har
//
// HTTP Archive 1.2 of one capture: all requests of the page, by the time when they were
// sent, from the page archive. The values of Cookie, Set-Cookie, Authorization and
// Proxy-Authorization are left out unless they are asked for.
package handover
