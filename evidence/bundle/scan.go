package bundle

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// maxFiles bounds how many files a bundle has, and with it the memory to
// verify one.
const maxFiles = 1 << 18

// maxFolders bounds how many paths those files and the folders that they lie in
// have: a file could lie in more than a hundred that no other one is in.
const maxFolders = 2 * maxFiles

// container is a zip that holds a bag.
type container struct {
	r       io.ReaderAt
	size    int64
	base    string // name of the bag's folder
	entries []*entry
	byPath  map[string]*entry
	folders map[string]bool // paths in lower case that files lie in; false for a file's own
}

// scan reads the zip's structure from its first byte to its last. The error is
// a [*deviation] when the zip isn't in its one encoding, and wraps
// [ErrNotBundle] when it doesn't even begin like one. The container holds the
// files up to there.
func scan(ctx context.Context, r io.ReaderAt, size int64) (*container, error) {
	c := &container{r: r, size: size, byPath: make(map[string]*entry), folders: make(map[string]bool)}
	directory, err := c.scanFiles(ctx)
	if err != nil {
		return c, err
	}
	return c, c.scanDirectory(ctx, directory)
}

// scanFiles returns where the files end.
func (c *container) scanFiles(ctx context.Context) (int64, error) {
	buf := make([]byte, localSize+maxBase+1+maxPath+32)
	for offset := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		n, err := c.r.ReadAt(buf, offset)
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
		head := buf[:n]
		if offset > 0 && n >= 4 && binary.LittleEndian.Uint32(head) == sigCentral {
			return offset, nil
		}
		e, length, err := c.scanFile(head, offset)
		if err != nil {
			return 0, err
		}
		offset += int64(length)
		if e.size > c.size-offset {
			return 0, deviate(shown(e.path), EntrySize, fmt.Sprintf("at most %d bytes", c.size-offset), fmt.Sprint(e.size))
		}
		offset += e.size
	}
}

// scanFile reads the local header at the beginning of head. It returns the file
// and the header's length.
func (c *container) scanFile(head []byte, offset int64) (*entry, int, error) {
	if len(head) < localSize || binary.LittleEndian.Uint32(head) != sigLocal {
		return nil, 0, c.noHeader(offset)
	}
	if len(c.entries) == maxFiles {
		return nil, 0, deviate(zipPath, ContainerChanged, fmt.Sprintf("at most %d files", maxFiles), "more")
	}
	nameLen := int(binary.LittleEndian.Uint16(head[26:]))
	if nameLen > len(head)-localSize {
		return nil, 0, c.tooLong(offset, nameLen)
	}
	path, err := c.inBag(string(head[localSize : localSize+nameLen]))
	if err != nil {
		return nil, 0, err
	}
	e := &entry{path: path, offset: offset, crc: binary.LittleEndian.Uint32(head[14:])}
	e.size = sizeOf(head, localSize+nameLen)
	if err := checkHeader(head, e, c.base); err != nil {
		return nil, 0, err
	}
	return e, len(e.localHeader(c.base)), c.enter(e)
}

// sizeOf returns the size that a local header states, in itself or in a zip64
// field at the offset.
func sizeOf(head []byte, extra int) int64 {
	size := int64(binary.LittleEndian.Uint32(head[22:]))
	if size == max32 && len(head) >= extra+12 {
		size = int64(binary.LittleEndian.Uint64(head[extra+4:]))
	}
	return max(size, 0)
}

// noHeader says that there is no local header.
func (c *container) noHeader(offset int64) error {
	if offset == 0 {
		return fmt.Errorf("%w: it doesn't begin as a zip does", ErrNotBundle)
	}
	return deviate(zipPath, ContainerChanged, fmt.Sprintf("a file's header at byte %d", offset), "something else")
}

func (c *container) tooLong(offset int64, n int) error {
	if offset == 0 {
		return fmt.Errorf("%w: its first file isn't %s of a folder", ErrNotBundle, bagitFile)
	}
	return deviate(zipPath, EntryName, fmt.Sprintf("at byte %d a name of at most %d bytes", offset, maxBase+1+maxPath), fmt.Sprint(n))
}

// inBag returns a name's path in the bag. The first name must be that of
// bagit.txt, and tells the bag's folder.
func (c *container) inBag(name string) (string, error) {
	if c.base == "" {
		base, ok := strings.CutSuffix(name, "/"+bagitFile)
		if !ok || checkBase(base) != nil {
			return "", fmt.Errorf("%w: its first file is %s, not %s of a folder", ErrNotBundle, strconv.QuoteToASCII(clip(name)), bagitFile)
		}
		c.base = base
	}
	path, ok := strings.CutPrefix(name, c.base+"/")
	if !ok {
		return "", deviate(shown(name), EntryName, "a path in "+c.base+"/", clip(name))
	}
	if err := checkPath(path); err != nil {
		return "", deviate(shown(path), EntryName, "a path that every system takes", err.Error())
	}
	return path, nil
}

// checkHeader compares a local header with that of its one encoding.
func checkHeader(head []byte, e *entry, base string) error {
	want := e.localHeader(base)
	got := head[:min(len(head), len(want))]
	if bytes.Equal(got, want) {
		return nil
	}
	flags, method := binary.LittleEndian.Uint16(head[6:]), binary.LittleEndian.Uint16(head[8:])
	compressed := binary.LittleEndian.Uint32(head[18:])
	switch {
	case flags&1 != 0:
		return deviate(e.path, EntryEncrypted, "a plain file", "an encrypted one")
	case method != 0:
		return deviate(e.path, EntryCompressed, "a stored file", fmt.Sprintf("method %d", method))
	case compressed != low(e.size):
		return deviate(e.path, EntrySize, fmt.Sprint(e.size), fmt.Sprint(compressed))
	}
	return deviate(e.path, ContainerChanged, fmt.Sprintf("header %x", want), fmt.Sprintf("%x", got))
}

// enter adds a file, of which the path must come after all others and collide
// with none, also where capitals don't count.
func (c *container) enter(e *entry) error {
	if n := len(c.entries); n > 0 && comparePaths(c.entries[n-1].path, e.path) >= 0 {
		return deviate(e.path, EntryName, "a path after "+c.entries[n-1].path, e.path)
	}
	key := strings.ToLower(e.path)
	if _, taken := c.folders[key]; taken {
		return deviate(e.path, EntryName, "a path that differs in more than capitals", e.path)
	}
	c.folders[key] = false
	for i := strings.LastIndexByte(key, '/'); i >= 0; i = strings.LastIndexByte(key[:i], '/') {
		isFolder, taken := c.folders[key[:i]]
		if taken && !isFolder {
			return deviate(e.path, EntryName, "a path that doesn't lead through a file", e.path)
		}
		if isFolder {
			break
		}
		c.folders[key[:i]] = true
	}
	if len(c.folders) > maxFolders {
		return deviate(zipPath, ContainerChanged, fmt.Sprintf("at most %d files and folders", maxFolders), "more")
	}
	c.entries = append(c.entries, e)
	c.byPath[e.path] = e
	return nil
}

// scanDirectory compares all that comes after the files with its one encoding.
func (c *container) scanDirectory(ctx context.Context, offset int64) error {
	r := bufio.NewReaderSize(io.NewSectionReader(c.r, offset, c.size-offset), 64<<10)
	var size int64
	for _, e := range c.entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		want := e.centralHeader(c.base)
		got, err := read(r, len(want))
		if err != nil {
			return err
		}
		if err := checkCentral(got, want, e); err != nil {
			return err
		}
		size += int64(len(want))
	}
	want := end(len(c.entries), offset, size)
	got, err := read(r, len(want)+1)
	if err != nil {
		return err
	}
	switch {
	case bytes.Equal(got, want):
		return nil
	case bytes.HasPrefix(got, want):
		return deviate(zipPath, ContainerChanged, fmt.Sprintf("%d bytes", offset+size+int64(len(want))), fmt.Sprintf("%d bytes", c.size))
	}
	return deviate(zipPath, ContainerChanged, fmt.Sprintf("end %x", want), fmt.Sprintf("%x", got))
}

// read returns the next n bytes, or all if there are fewer.
func read(r io.Reader, n int) ([]byte, error) {
	b := make([]byte, n)
	n, err := io.ReadFull(r, b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return b[:n], err
}

// checkCentral compares a header of the directory with that of its one
// encoding.
func checkCentral(got, want []byte, e *entry) error {
	if bytes.Equal(got, want) {
		return nil
	}
	const attributes = 38 // offset of the mode
	if len(got) >= centralSize {
		if mode := binary.LittleEndian.Uint32(got[attributes:]); mode != fixedMode {
			return deviate(e.path, EntryType, "mode 100444", fmt.Sprintf("mode %o", mode>>16))
		}
	}
	return deviate(e.path, ContainerChanged, fmt.Sprintf("directory header %x", want), fmt.Sprintf("%x", got))
}
