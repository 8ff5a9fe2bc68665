//go:build unix

package recorder

import "golang.org/x/sys/unix"

// FreeSpace returns how many bytes the file system of a folder still takes.
func FreeSpace(dir string) (int64, error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return int64(uint64(s.Bavail) * uint64(s.Bsize)), nil
}
