package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"pugmark/evidence"
	"pugmark/evidence/custody"
)

// maxKeyFile bounds what is read of a file with a key, in bytes.
const maxKeyFile = 4096

// readKeys reads the keys that --key gives: each is a verifier key, or the name
// of a file whose first line is one.
func readKeys(given []string) (keys evidence.KeyRing, err error) {
	for _, s := range given {
		vkey := strings.TrimSpace(s)
		if _, err := custody.ParseKey(vkey); err != nil {
			if vkey, err = readKeyFile(s); err != nil {
				return nil, err
			}
		}
		keys = append(keys, evidence.Key{VKey: vkey})
	}
	return keys, nil
}

func readKeyFile(path string) (string, error) {
	const hint = `A key is what "pug init" and "pug doctor" print: a text such as pugmark.org/vault/…+…+…`
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", tell("usage", fmt.Sprintf("%q is neither a key nor a file that holds one.", path), hint)
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxKeyFile))
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(strings.TrimSpace(string(b)), "\n")
	vkey := strings.TrimSpace(line)
	if _, err := custody.ParseKey(vkey); err != nil {
		return "", tell("usage", fmt.Sprintf("The file %q does not begin with a key: %v.", path, err), hint)
	}
	return vkey, nil
}

// anyKey reports whether two rings have a key in common.
func anyKey(a, b evidence.KeyRing) bool {
	return slices.ContainsFunc(a, func(k evidence.Key) bool {
		return slices.ContainsFunc(b, func(l evidence.Key) bool { return k.VKey == l.VKey })
	})
}
