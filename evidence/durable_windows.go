package evidence

import (
	"errors"

	"golang.org/x/sys/windows"
)

// rename returns when the new name is on disk.
func rename(from, to string) error { return move(from, to, windows.MOVEFILE_WRITE_THROUGH) }

// replace renames a file over another one, in one step.
func replace(from, to string) error {
	return move(from, to, windows.MOVEFILE_WRITE_THROUGH|windows.MOVEFILE_REPLACE_EXISTING)
}

func move(from, to string, flags uint32) error {
	f, err := windows.UTF16PtrFromString(from)
	if err != nil {
		return err
	}
	t, err := windows.UTF16PtrFromString(to)
	if err != nil {
		return err
	}
	return windows.MoveFileEx(f, t, flags)
}

// syncDir does nothing: Windows flushes no folders, and [rename] writes through.
func syncDir(string) error { return nil }

func readOnly(err error) bool { return errors.Is(err, windows.ERROR_WRITE_PROTECT) }

func noSpace(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}
