package capture

import (
	"bytes"
	"io"
	"os"
)

// spoolMemory is how many bytes of a body are held in memory before the rest
// goes to a file. Most bodies of a page are smaller.
const spoolMemory = 256 << 10

// spool holds a response's body until its length is known and it can be
// written to the archive. The zero value with a dir is empty and ready.
type spool struct {
	dir  string // for the file
	mem  bytes.Buffer
	file *os.File
	size int64
}

// Write implements [io.Writer].
func (s *spool) Write(b []byte) (int, error) {
	if s.file == nil && s.mem.Len()+len(b) > spoolMemory {
		if err := s.spill(); err != nil {
			return 0, err
		}
	}
	s.size += int64(len(b))
	if s.file != nil {
		return s.file.Write(b)
	}
	return s.mem.Write(b)
}

// spill moves what is held to a file.
func (s *spool) spill() error {
	f, err := os.CreateTemp(s.dir, "body-")
	if err != nil {
		return err
	}
	s.file = f
	_, err = f.Write(s.mem.Bytes())
	s.mem = bytes.Buffer{}
	return err
}

// reader returns a reader over all that was written.
func (s *spool) reader() io.ReadSeeker {
	if s.file != nil {
		return io.NewSectionReader(s.file, 0, s.size)
	}
	return bytes.NewReader(s.mem.Bytes())
}

// close removes what is held.
func (s *spool) close() {
	s.mem = bytes.Buffer{}
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
		s.file = nil
	}
}
