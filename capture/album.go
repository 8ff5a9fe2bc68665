package capture

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// album keeps the bodies of pictures, as the browser had them, until the
// page's listing is read. They are in one file, and of each address there is
// the last good one.
type album struct {
	dir string // for the file

	mu       sync.Mutex // guards what follows
	file     *os.File
	size     int64
	err      error                         // sticks; nothing is kept any more
	pictures map[canon.Digest]snapshot     // by the digest of the address, which can be long
	moved    map[canon.Digest]canon.Digest // likewise: redirects
}

// snapshot is a picture's body, and where it is in the file.
type snapshot struct {
	at, size int64
	digest   evidence.Digest
	good     bool // the server did not call it an error
}

// The limits of an album. What comes later isn't kept.
const (
	albumBytes    = 512 << 20
	albumPictures = 20_000
)

var errAlbumFull = fmt.Errorf("the page has more than %d MiB or %d of pictures", albumBytes>>20, albumPictures)

// key returns what a picture is kept under.
func key(address string) canon.Digest { return canon.Sum([]byte(address)) }

// add keeps the body of an exchange if it is that of a picture, and whole.
func (a *album) add(x *exchange) {
	if x.response == nil || x.Type != "Image" && !strings.HasPrefix(x.response.MimeType, "image/") {
		return
	}
	status := x.status()
	switch {
	case isRedirect(status):
		a.redirect(x.Request.URL, x.responseHeader().get("Location"))
	case status == http.StatusNotModified, status == http.StatusPartialContent, x.body.size == 0, x.shortfall() != "":
	default:
		a.keep(key(x.Request.URL), x.body.reader(), status < 300)
	}
}

// keepData keeps a picture that its address carries.
func (a *album) keepData(address string) {
	if body, err := dataBody(address); err == nil {
		a.keep(key(address), bytes.NewReader(body), true)
	}
}

func (a *album) redirect(from, to string) {
	base, err := url.Parse(from)
	if err != nil {
		return
	}
	target, err := base.Parse(to)
	if err != nil {
		return
	}
	target.Fragment = ""
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.moved == nil {
		a.moved = make(map[canon.Digest]canon.Digest)
	}
	if len(a.moved) < albumPictures {
		a.moved[key(from)] = key(target.String())
	}
}

// keep keeps a body, unless it is an error's where there is a good one.
func (a *album) keep(k canon.Digest, body io.Reader, good bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil || a.pictures[k].good && !good {
		return
	}
	if a.err = a.write(k, body, good); a.err != nil && !errors.Is(a.err, errAlbumFull) {
		a.err = fmt.Errorf("keeping a picture: %w", a.err)
	}
}

func (a *album) write(k canon.Digest, body io.Reader, good bool) (err error) {
	if a.file == nil {
		a.pictures = make(map[canon.Digest]snapshot)
		if a.file, err = os.CreateTemp(a.dir, "pictures-"); err != nil {
			return err
		}
	}
	hash := sha256.New()
	room := albumBytes - a.size
	n, err := io.Copy(io.NewOffsetWriter(a.file, a.size), io.TeeReader(io.LimitReader(body, room+1), hash))
	if err == nil && (n > room || len(a.pictures) == albumPictures) {
		err = errAlbumFull
	}
	if err != nil {
		return err
	}
	s := snapshot{at: a.size, size: n, digest: evidence.Digest(hash.Sum(nil)), good: good}
	if old, known := a.pictures[k]; known && old.digest == s.digest {
		s.at = old.at // the new copy is written over
	} else {
		a.size += n
	}
	a.pictures[k] = s
	return nil
}

// maxMoved is how many redirects Chrome follows (net::URLRequest).
const maxMoved = 20

// find returns the picture that the browser had of an address.
func (a *album) find(k canon.Digest) (s snapshot, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for range maxMoved {
		to, moved := a.moved[k]
		if !moved {
			break
		}
		k = to
	}
	s, ok = a.pictures[k]
	return s, ok
}

// open returns a picture's body.
func (a *album) open(s snapshot) io.ReadCloser {
	return io.NopCloser(io.NewSectionReader(a.file, s.at, s.size))
}

// missing says why there is no picture of some address, or "".
func (a *album) missing() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil {
		return a.err.Error()
	}
	return ""
}

// close removes what is kept.
func (a *album) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.file != nil {
		a.file.Close()
		os.Remove(a.file.Name())
		a.file = nil
	}
	a.err = os.ErrClosed
}
