package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
)

// vaultEnv names the vault for who doesn't use --vault.
const vaultEnv = "PUGMARK_VAULT"

// dataDir returns Pugmark's folder among the user's data, which is where the
// command line makes a vault.
func dataDir() (string, error) {
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
