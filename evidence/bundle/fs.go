package bundle

import (
	"context"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"pugmark/evidence"
)

// meter counts bytes for a progress.
type meter struct {
	report evidence.Progress // may be nil
	total  int64             // set before anything is counted

	mu   sync.Mutex
	done int64 // guarded by mu
}

func (m *meter) add(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.done = min(m.done+int64(n), m.total)
	if m.report != nil {
		m.report(m.done, m.total)
	}
}

func (m *meter) finish() {
	m.add(int(m.total))
}

// tally reads a file up to the end of a context, and takes its checksum.
type tally struct {
	ctx   context.Context
	r     io.Reader
	meter *meter
	crc   uint32
	size  int64
	done  func(t *tally) // called at the end of the file
}

func (t *tally) Read(p []byte) (int, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := t.r.Read(p)
	t.crc = crc32.Update(t.crc, crc32.IEEETable, p[:n])
	t.size += int64(n)
	t.meter.add(n)
	if err == io.EOF && t.done != nil {
		t.done(t)
	}
	return n, err
}

// tree is a folder of a zip as a file system.
type tree struct {
	open    func(*entry) io.Reader
	files   map[string]*entry
	folders map[string][]fs.DirEntry // sorted by name
}

// newTree makes a tree of the files below a path. They are sorted.
func newTree(prefix string, entries []*entry, open func(*entry) io.Reader) *tree {
	t := &tree{open: open, files: make(map[string]*entry), folders: map[string][]fs.DirEntry{".": nil}}
	for _, e := range entries {
		name := strings.TrimPrefix(e.path, prefix)
		t.files[name] = e
		t.list(name, info{path.Base(name), e.size, 0o444})
	}
	for _, list := range t.folders {
		slices.SortFunc(list, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	}
	return t
}

// list enters a file or a folder into the folder that it lies in.
func (t *tree) list(name string, fi info) {
	dir := path.Dir(name)
	if _, ok := t.folders[dir]; !ok {
		t.list(dir, info{path.Base(dir), 0, fs.ModeDir | 0o555})
	}
	t.folders[dir] = append(t.folders[dir], fs.FileInfoToDirEntry(fi))
}

// Open implements [fs.FS].
func (t *tree) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	if e, ok := t.files[name]; ok {
		fi := info{path.Base(name), e.size, 0o444}
		r := t.open(e)
		if s, ok := r.(*io.SectionReader); ok {
			return seekableFile{fi, s}, nil
		}
		return file{fi, r}, nil
	}
	if list, ok := t.folders[name]; ok {
		return &folder{info{path.Base(name), 0, fs.ModeDir | 0o555}, list}, nil
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// info describes a file or a folder of a tree.
type info struct {
	name string
	size int64
	mode fs.FileMode
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }

type file struct {
	info
	io.Reader
}

func (f file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f file) Close() error               { return nil }

// seekableFile can be read at any place.
type seekableFile struct {
	info
	*io.SectionReader
}

func (f seekableFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f seekableFile) Size() int64                { return f.info.size }
func (f seekableFile) Close() error               { return nil }

type folder struct {
	info
	rest []fs.DirEntry
}

func (f *folder) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *folder) Close() error               { return nil }

func (f *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: errors.New("is a folder")}
}

// ReadDir implements [fs.ReadDirFile].
func (f *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 || n > len(f.rest) {
		if n > 0 && len(f.rest) == 0 {
			return nil, io.EOF
		}
		n = len(f.rest)
	}
	list := f.rest[:n]
	f.rest = f.rest[n:]
	return slices.Clone(list), nil
}
