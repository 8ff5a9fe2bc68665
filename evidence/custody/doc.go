// Package custody keeps the tamper-evident log of a vault: who did what to
// which subject, when and why.
//
// # Events
//
// An event is the canonical JSON (package canon) of an [Event]:
//
//	{"action":"capture.sealed","actor":"A. Rao","case":"OP-1",
//	 "details":{"exhibit":"1"},"digest":"872e…","host":"desk","reason":"tip 4",
//	 "seq":4,"subject":"01a20ca0-…","time":"2026-11-24T08:00:02Z",
//	 "tool":"Pugmark 0.1.0"}
//
// (in one line). Sequence numbers begin at 0 and have no gaps. An action says
// what its subject is and which details it has; see [Action].
//
// # Tree
//
// The events are the leaves of a Merkle tree as in RFC 6962, section 2.1, with
// SHA-256: a leaf hash is SHA-256(0x00 || event), an inner one
// SHA-256(0x01 || left || right). Proofs of inclusion and of consistency are
// those of sections 2.1.1 and 2.1.2, as an array of digests.
//
// # Checkpoints
//
// A checkpoint is the head of the log at one size, as a signed note with the
// text of C2SP tlog-checkpoint: origin, size, root in base64, each on a line.
//
//	pugmark/01a20ca0-16d6-7282-8d99-f1da4c352b87
//	5
//	SBNJTRN+FjG7owHVrKtue7eqdM4RhdRWVl71HXN2d7I=
//
//	— pugmark/01a20ca0-16d6-7282-8d99-f1da4c352b87 Az3grlgt…
//
// The signature is Ed25519 over the text (C2SP signed-note, type 0x01). The
// key's name is the origin. Further signatures, such as the cosignatures of
// witnesses, may follow; a reader passes over those that it doesn't know.
//
// # Keys
//
// The log names the keys that its checkpoints are signed with. The first is
// added by the event key.added at the log's beginning. Another takes its place
// by two events, key.added for the new key and key.retired for the old one, and
// a checkpoint right after them, which is the last that the old key signs. So
// who knows only the old key can tell the new one: by a checkpoint that the old
// key signed, and a proof that key.added is in its log. A checkpoint by a key
// before its time or after it is a finding.
//
// # Extracts
//
// An [Extract] holds the events of one case, each with the proof that it is in
// the log of a checkpoint. It reveals nothing of other cases but hashes, and it
// can't show that it is complete.
//
// # Tables
//
// The log lies in three tables of an SQLite database, to which can only be
// added:
//
//	events(seq, body)         the events, encoded
//	hashes(idx, hash)         the tree, in the order of tlog.StoredHashIndex
//	checkpoints(size, note)   every head that was signed
//
// The columns case_ref, subject and action of events are computed from the
// body. Hashes and checkpoints could be made anew from the events and the key;
// that they weren't is what [Log.Audit] shows.
//
// # What an audit can show
//
// An event that was changed, dropped, inserted or moved differs from the stored
// hashes; if these were made anew as well, the tree differs from the
// checkpoints; and these nobody can make anew without the key. A log cut short
// together with its later checkpoints shows only against a checkpoint that was
// kept elsewhere: in a seal, in a bundle, by a witness. See [Audit.Compare].
package custody
