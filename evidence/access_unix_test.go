//go:build unix

package evidence

import (
	"io/fs"
	"os"
	"slices"
	"testing"
)

// TestExposures opens a vault to others, bit by bit.
func TestExposures(t *testing.T) {
	v := newVault(t)
	want := func(names ...string) {
		t.Helper()
		found, err := v.Exposures()
		check(t, err)
		var got []string
		for _, x := range found {
			got = append(got, x.Name)
		}
		if !slices.Equal(got, names) {
			t.Errorf("got %q, want %q", got, names)
		}
	}
	want()
	check(t, os.Chmod(v.path(keyFile), 0o644))
	want() // the folder is closed
	check(t, os.Chmod(v.Dir(), 0o755))
	want(".", keyFile)
	for mode, exposed := range map[fs.FileMode]bool{0o600: false, 0o620: true, 0o604: true, 0o400: false} {
		check(t, os.Chmod(v.path(keyFile), mode))
		if exposed {
			want(".", keyFile)
		} else {
			want(".")
		}
	}
	check(t, os.Chmod(v.path(keyFile), fileMode))
	check(t, os.Chmod(v.path(casesDir), 0o770))
	want(".", casesDir)
}
