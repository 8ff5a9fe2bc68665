package lexicon

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"sync"

	"pugmark/assets"
)

// Own returns the program's own lexicon. It must not be changed.
func Own() *Lexicon { return own() }

var own = sync.OnceValue(func() *Lexicon {
	l, err := readAll(assets.Lexicon, "lexicon/*.csv")
	if err != nil {
		panic("lexicon: " + err.Error()) // a mistake in the program, which a test finds
	}
	return l
})

// readAll reads files as one lexicon. Its digest is that of the lines "DIGEST  NAME"
// of all files, as sha256sum prints them.
func readAll(files fs.FS, pattern string) (*Lexicon, error) {
	names, err := fs.Glob(files, pattern)
	if err != nil {
		return nil, err
	}
	all, digest := new(Lexicon), sha256.New()
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		l, err := parse(b)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if all.Version != "" && (l.Name != all.Name || l.Version != all.Version) {
			return nil, fmt.Errorf("%s: got %s %s, want %s %s as in the others", name, l.Name, l.Version, all.Name, all.Version)
		}
		all.Name, all.Version = l.Name, l.Version
		all.Entries = append(all.Entries, l.Entries...)
		fmt.Fprintf(digest, "%s  %s\n", l.Digest, name)
	}
	digest.Sum(all.Digest[:0])
	return all, nil
}
