package evidence

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// Open reads an item that is written: a capture makes some items from others.
func (s *Staging) Open(path string) (io.ReadCloser, error) {
	s.mu.Lock()
	it := s.items[strings.ToLower(path)]
	s.mu.Unlock()
	if it == nil {
		return nil, fmt.Errorf("opening item %q: there is none", path)
	}
	return os.Open(filepath.Join(s.Dir(), filepath.FromSlash(it.Path)))
}
