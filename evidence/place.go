package evidence

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// VaultEnv is the environment variable that names the vault for who doesn't
// name it otherwise.
const VaultEnv = "PUGMARK_VAULT"

// DefaultDir returns the folder of the vault that nobody named: Pugmark's own
// among the user's data.
func DefaultDir() (string, error) {
	home, err := os.UserHomeDir()
	switch runtime.GOOS {
	case "windows":
		dir := os.Getenv("LocalAppData")
		if dir == "" {
			return "", errors.New("%LocalAppData% is not set")
		}
		return filepath.Join(dir, "Pugmark"), nil
	case "darwin":
		return filepath.Join(home, "Library", "Application Support", "Pugmark"), err
	}
	// The XDG Base Directory Specification says to ignore a relative path.
	if dir := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "pugmark"), nil
	}
	return filepath.Join(home, ".local", "share", "pugmark"), err
}
