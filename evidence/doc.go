// Package evidence keeps what was captured so that a court can rely on it:
// vaults, cases, captures, their manifests and seals, and the verification of
// all of these.
//
// # Vault
//
// A vault is a folder:
//
//	vault.json    the vault's description and public keys ([Info])
//	key.age       its signing key
//	vault.db      custody log (package custody) and index
//	search.db     search index (package search): a cache, not there before it is needed
//	search.lock   locked, with others, by each process that has search.db open
//	staging/      captures under way
//	  UUID/         the items of one; its folder, once it is sealed
//	  UUID.lock     locked by the process that captures
//	  UUID.scratch/ what is no part of the capture; removed at its end
//	cases/REF/captures/NNNN_UUID/
//	              one sealed capture; NNNN is its exhibit number, 4 digits or more
//	imported/     bundles of other vaults, for review
//	  SHA256.pugmark.zip
//	                one bundle, by the digest of its zip
//	  *.partial     one under way
//	  lock          locked, with others, by each process that imports
//	lexicons/     lists of words that the user brought, not there before the first
//	  SHA256.csv    one file, by its digest; see package lexicon
//	taxa/         likewise tables of species; see package taxa
//
// vault.json, manifest.json and seal.json are canonical JSON (package canon).
// Each names its format and version; a reader refuses a version that it doesn't
// know. Times are UTC.
//
// key.age is a PEM block "PRIVATE KEY" (PKCS #8) with an Ed25519 key, encrypted
// with age under a passphrase (scrypt). With it the vault signs checkpoints; the
// name of the key and the origin of the log are "pugmark/" and the vault's id.
// Blocks with the keys that were retired follow: TLS secrets are encrypted to
// the key that the vault had at that time. When keys or passphrase change,
// key.age.next is written, then the event with its digest is logged, and then it
// takes the place of key.age and the keys in vault.json follow the log. [Open]
// ends what a process began that died: with the event in the log the change took
// place, and without it it didn't.
//
// The log is the truth. The index in vault.db (tables cases, captures) is
// derived from its events and the manifests, and [Vault.Rebuild] makes it again.
//
// search.db is a file apart from vault.db, so that sealing never waits for it, and
// so that it can be damaged or lost: then it is made again. It is brought up to the
// log before a search, never at a seal. It has copies of what captures say; it is as
// confidential as they are, and no bundle has it.
//
// A bundle is imported as it is, and only what the event bundle.imported names is
// an imported bundle. It is copied to a file that nobody knows, verified there,
// flushed to disk and renamed; then the event is logged. What a process left that
// died before is no import, and importing again takes its place. [Open] removes
// the files under way when no process holds the lock.
//
// A list of words or a table of species is kept as it was brought, and the events
// lexicon.imported and taxa.imported say what it is called. The newest of a name is
// in force; the older ones stay, since a capture may have been held against them.
//
// # Capture
//
// A sealed capture's folder holds manifest.json ([Manifest]), seal.json
// ([Seal]), the items that the manifest lists, and nothing else. It stands
// alone:
//
//	manifest.json ← digest of each item
//	event         ← digest of the manifest
//	root          ← proof of inclusion of the event
//	checkpoint    ← signature over the root
//
// where event, proof, checkpoint and public key are in seal.json. The event's
// subject is the capture's id, its detail "exhibit" the exhibit number.
//
// An item's path consists of letters (A to Z), digits, dots, dashes and
// underscores, in parts joined by slashes; no part begins or ends with a dot or
// is a device of Windows, and no two paths differ only in capitals.
//
// # Sealing
//
// A capture begins with the event capture.started and ends with one of
// capture.sealed, capture.failed or capture.interrupted. Sealing, in this order:
//
//  1. every item is on disk;
//  2. one transaction takes the next exhibit number of the case, appends the
//     event, signs the checkpoint, and writes manifest.json and seal.json into
//     the staging folder and to disk, before it commits;
//  3. the folder is renamed to its place;
//  4. the capture is acknowledged.
//
// A process that dies before the commit leaves a staging folder without a sealed
// event: it stays as it is and is logged as interrupted. One that dies after it
// leaves a whole capture in the staging folder: the next [Open] goes on with
// step 3. A staging folder of which the lock is held belongs to a process that
// is at work, and is left alone.
//
// Files are made with mode 0600 and folders with 0700; an item is 0400 once it
// is written, and so is an imported bundle; the folders of a sealed capture are
// 0500.
package evidence
