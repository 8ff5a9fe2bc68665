package capture

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"github.com/gofrs/flock"
)

// profile is the folder of a browser that is running: its settings, and all
// that it and its helpers store for a while. A lock on a file in it says that
// its owner is alive.
type profile struct {
	dir  string
	lock *flock.Flock
}

const (
	profilePrefix = "pugmark-"
	profileLock   = "pugmark.lock"
	// maxTemp is how long the path of the folder that profiles are made in
	// can be: Chrome makes a socket at the end of
	// "/pugmark-1234567890/org.chromium.Chromium.AbCdEf/SingletonSocket",
	// and a socket's path has at most 103 bytes on some systems.
	maxTemp = 103 - 64
	// settledAge is how old a folder must be before it can be taken for one
	// that was left behind: a younger one may be about to be locked.
	settledAge = 10 * time.Second
)

// newProfile makes an empty profile, and removes those of programs that were
// killed.
func newProfile() (*profile, error) {
	removeLeftProfiles()
	dir, err := os.MkdirTemp(tempDir(), profilePrefix)
	if err != nil {
		return nil, fmt.Errorf("making the browser's profile: %w", err)
	}
	p := &profile{dir: dir, lock: flock.New(filepath.Join(dir, profileLock))}
	if ok, err := p.lock.TryLock(); err != nil || !ok {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("locking the browser's profile %q: %w", dir, err)
	}
	return p, nil
}

// tempDir returns the folder that profiles are made in.
func tempDir() string {
	dir := os.TempDir()
	if runtime.GOOS != "windows" && len(dir) > maxTemp {
		return "/tmp"
	}
	return dir
}

// remove removes the profile. Chrome's helpers may still write into it for a
// moment after they were killed.
func (p *profile) remove() {
	p.lock.Unlock()
	for range 100 {
		if os.RemoveAll(p.dir) == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// removeLeftProfiles removes the profiles whose owner is gone. It is a courtesy:
// what can't be removed stays.
func removeLeftProfiles() {
	left, _ := filepath.Glob(filepath.Join(tempDir(), profilePrefix+"*"))
	for _, dir := range left {
		info, err := os.Lstat(filepath.Join(dir, profileLock))
		if err != nil || time.Since(info.ModTime()) < settledAge {
			continue
		}
		lock := flock.New(filepath.Join(dir, profileLock))
		if ok, err := lock.TryLock(); err != nil || !ok {
			continue
		}
		lock.Unlock()
		os.RemoveAll(dir)
	}
}
