package recorder

import "fmt"

// MinSpace is what must be free before a capture begins, in bytes: more than
// nearly any page takes, with its pictures and its archive.
const MinSpace = 200_000_000

// SpaceError says that the disk of a vault is nearly full.
type SpaceError struct{ Free, Need int64 } // bytes

func (e *SpaceError) Error() string {
	return fmt.Sprintf("the disk of the vault is nearly full: got %d bytes, want %d", e.Free, e.Need)
}

// CheckSpace refuses to begin a capture that the disk of a vault's folder would
// have no room for, with a [*SpaceError]. Where the free space can't be told, the
// capture finds out by itself.
func CheckSpace(dir string) error {
	free, err := FreeSpace(dir)
	if err != nil || free >= MinSpace {
		return nil
	}
	return &SpaceError{free, MinSpace}
}
