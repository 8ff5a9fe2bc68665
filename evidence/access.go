package evidence

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
)

// others are the permissions of all but the owner.
const others fs.FileMode = 0o077

// Exposure is a file or folder of a vault that others than its owner can read or
// change.
type Exposure struct {
	Name string      `json:"name"` // in the vault; "." is its folder
	Mode fs.FileMode `json:"mode"`
}

// Exposures returns what others can reach of the vault, by the permissions of its
// files: nothing as long as its folder is closed to them. Windows keeps those
// elsewhere; there it returns nothing.
func (v *Vault) Exposures() (out []Exposure, err error) {
	if runtime.GOOS == "windows" {
		return nil, nil
	}
	for _, name := range []string{".", infoFile, keyFile, nextKeyFile, dbFile, dbFile + "-wal", dbFile + "-shm", searchFile, stagingDir, casesDir, importedDir,
		referenceKinds[LexiconReference].dir, referenceKinds[TaxaReference].dir} {
		fi, err := os.Stat(v.path(name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		mode := fi.Mode().Perm()
		if name == "." && mode&others == 0 {
			return nil, nil
		}
		if mode&others != 0 {
			out = append(out, Exposure{name, mode})
		}
	}
	return out, nil
}
