package custody

import "fmt"

// Finding is one thing that verification found.
type Finding struct {
	Path string `json:"path"` // where: "events/12", "checkpoints/7", a file
	Kind string `json:"kind"` // what: one of the kinds that the package names
	Want string `json:"want,omitempty"`
	Got  string `json:"got,omitempty"`
}

// The kinds of findings in a log.
const (
	EventChanged        = "event-changed"        // another body than was hashed
	EventDropped        = "event-dropped"        // hashed, but not there
	EventInserted       = "event-inserted"       // there, but never hashed
	EventReordered      = "event-reordered"      // hashed at another index
	EventMalformed      = "event-malformed"      // hashed as it is, but not an event
	HashChanged         = "hash-changed"         // a stored hash isn't that of the events
	LogShort            = "log-short"            // a checkpoint covers more events than there are
	LogRewritten        = "log-rewritten"        // events and hashes agree with each other, not with a checkpoint
	LogForeign          = "log-foreign"          // the checkpoint is that of another log
	CheckpointMalformed = "checkpoint-malformed" // not a checkpoint of this log
	CheckpointKey       = "checkpoint-key"       // signed by a key that was not the log's at that size
	KeyUnvouched        = "key-unvouched"        // added, but not signed for by the key before it
	CheckpointSignature = "checkpoint-signature" // not signed by a known key
)

// String returns the finding as a line of text.
func (f Finding) String() string {
	s := fmt.Sprintf("%s: %s", f.Path, f.Kind)
	if f.Got != "" || f.Want != "" {
		s += fmt.Sprintf(": got %q, want %q", f.Got, f.Want)
	}
	return s
}
