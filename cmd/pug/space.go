package main

import "fmt"

// minSpace is what must be free before a capture begins, in bytes: more than
// nearly any page takes, with its pictures and its archive.
const minSpace = 200_000_000

// checkSpace refuses to begin a capture that the disk would have no room for.
// Where the free space can't be told, the capture finds out by itself.
func checkSpace(dir string) error {
	free, err := freeSpace(dir)
	if err != nil || free >= minSpace {
		return nil
	}
	return tell("disk_full",
		fmt.Sprintf("The disk of the vault is nearly full: %s are free, and a capture needs %s.", sizeText(free), sizeText(minSpace)),
		"Make room on that disk, or move the vault to a larger one.",
	)
}
