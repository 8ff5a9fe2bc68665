package compare

// Change says how something in B is to what is in A.
type Change string

// The changes.
const (
	Unchanged Change = "unchanged"
	Added     Change = "added"   // only in B
	Removed   Change = "removed" // only in A
	Changed   Change = "changed"
)
