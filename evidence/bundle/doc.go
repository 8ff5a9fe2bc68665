// Package bundle writes and verifies the sealed bundle: one file that holds
// captures of a case with all that is needed to verify them, for somebody who
// has neither the vault nor Pugmark.
//
// # Content
//
// A bundle is a BagIt 1.0 bag (RFC 8493) in a zip. In version 1 the bag holds,
// and nothing else:
//
//	bagit.txt                         BagIt version and encoding
//	bag-info.txt                      case, tool, date, organisations, Payload-Oxum
//	manifest-sha256.txt               digest of each file in data/
//	tagmanifest-sha256.txt            digest of each of the three above
//	tagmanifest-sha256.txt.sig        its signature, as SSH makes it: [Namespace]
//	data/VERIFY.txt                   how to verify by hand: see guide.txt
//	data/captures/EXHIBIT_UUID/       each capture's folder, as it is in the vault
//	data/case.json                    the case and its captures: [Contents]
//	data/checkpoint.txt               signed head of the custody log
//	data/custody.json                 the case's events, with proofs: [custody.Extract]
//	data/index.html                   the case, to be read in any browser
//	data/keys.json                    the keys that signed, with validity
//	data/keys/HASH.pem                each of them, for OpenSSL (RFC 8410)
//	data/keys/allowed_signers         all of them, for ssh-keygen
//	data/proof/events.txt             the bytes of each event of custody.json, one a line
//	data/proof/steps.txt              the steps from each of them to the checkpoint's root
//	data/trust/roots.pem              roots of time-stamp authorities that the vault trusts, if any
//	data/review/EXHIBIT_UUID.html     each capture, likewise
//	data/review/custody.html          the case's events, likewise
//	data/tls-secrets/EXHIBIT_UUID.txt the TLS secrets of a capture in clear, if they are included
//	data/withheld.json                the items that are left out, if there are any
//
// The captures, custody.json, keys.json, withheld.json, roots.pem and the TLS
// secrets are sources; all else follows from them, and a verifier makes it anew and
// compares. Only the tool, the date, the dates in keys.json, the roots and the TLS
// secrets in clear are a mere statement of who exported: the bag's signature has
// them, and no log. The roots are the sender's choice, and no verifier trusts one
// because it is there: they are for who follows VERIFY.txt.
//
// The pages for a browser run no script and load nothing but pictures from the
// bundle. They show what the sources say and nothing else, so that they follow from
// them byte for byte, listing.json of each capture included.
//
// A capture's folder also has the responses that time-stamp authorities gave over
// its seal, each of which is in custody.json as an event timestamp.obtained.
//
// A line of steps.txt lists the hashes of the event's proof, from the leaf up,
// each as L or R and 64 lowercase hexadecimal digits: whether it goes to the
// left or to the right of what was hashed so far (RFC 6962, section 2.1.1).
//
// The seal of each capture has a checkpoint that ends with the capture's own
// event. The hashes to the left in that event's proof lead to its root, so that
// the extract shows that the log of the seal grew into the log of the bundle.
//
// # What is withheld
//
// The TLS secrets of a capture would reveal the cookies of its session. So its
// items of kind tls-secrets are left out unless asked for, and withheld.json
// repeats their lines of the manifests:
//
//	{"format":"pugmark-withheld","items":[{"capture":"data/captures/…","item":{…},"why":"…"}],"version":1}
//
// The items are sorted by where they would be. Nothing of another kind can be
// left out. A bundle that includes the items, which only the vault's key
// decrypts, also has them in clear, as a key log of NSS's format.
//
// # Zip
//
// The zip has exactly one encoding, so that each of its bytes counts. The files
// lie in the bag's folder, which has any name, in this order: the five of the
// bag's root as above, then data/ by bytes. They are stored and not compressed:
// captures hardly shrink, nothing can swell when it is unpacked, and the bytes
// don't depend on a compressor's version. There are no folders, extra fields
// but that of zip64, data descriptors or comments. Each file is of 1980-01-01,
// with mode 0444. The zip64 forms are used where, and only where, a number
// doesn't fit into the older ones.
//
// # Import
//
// [Import] takes the zip into another vault as it is; nothing in it becomes a file
// name. A [Reader] reads captures in place. A bundle has at most 2^18 files, and
// 2^19 files and folders together.
//
// # Encryption
//
// A bundle can be encrypted as a whole, to keys of age or SSH or to a passphrase
// (age-encryption.org/v1). Then the file is what age makes of the zip, its name
// ends with .age, and the log has the digests of both.
package bundle
