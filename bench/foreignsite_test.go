package bench

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"hash/fnv"
	"mime"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// foreignPage is a page that others wrote: a package's folder and a path in it.
type foreignPage struct{ name, dir, path string }

// foreignPages reads the list of pages, whose packages scripts/setup-bench has
// fetched.
func foreignPages(b *testing.B) []foreignPage {
	f, err := os.Open("foreign/pages.txt")
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	var pages []foreignPage
	var name, dir string
	for lines := bufio.NewScanner(f); lines.Scan(); {
		line := lines.Text()
		switch {
		case strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "\t"):
			pages = append(pages, foreignPage{name, dir, strings.TrimSpace(line)})
		default:
			fields := strings.Fields(line)
			name, dir = fields[0], filepath.Join(foreignDir(b), fields[0], fields[1])
			dir = filepath.Join(append([]string{dir}, fields[3:]...)...)
			if _, err := os.Stat(dir); err != nil {
				b.Fatalf("the pages are not here; run scripts/setup-bench first: %v", err)
			}
		}
	}
	return pages
}

func foreignDir(b *testing.B) string {
	if dir := os.Getenv("PUGMARK_BENCH_PAGES"); dir != "" {
		return dir
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		b.Fatal(err)
	}
	return filepath.Join(cache, "pugmark-bench")
}

// answer is a response as the server sent it, before compression. A redirect
// has no digest: browsers throw its body away, and the wire record alone has it.
type answer struct {
	url, status, digest string
}

func newAnswer(url, status, digest string) answer {
	if strings.HasPrefix(status, "3") {
		digest = ""
	}
	return answer{url, status, digest}
}

// site serves a package's folder from two origins and records what it sends.
// It compresses text, and sends some of the pictures to the second origin, as
// sites do that keep theirs with a content network.
type site struct {
	first, second *httptest.Server

	mu   sync.Mutex
	sent []answer
	cut  []answer // the browser went away before it had all
}

func newSite(dir string) *site {
	s := new(site)
	files := http.FileServer(http.Dir(dir))
	s.second = httptest.NewServer(s.recorded(files))
	s.first = httptest.NewServer(s.recorded(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if elsewhere(r.URL.Path) {
			http.Redirect(w, r, s.second.URL+r.URL.Path, http.StatusFound)
			return
		}
		files.ServeHTTP(w, r)
	})))
	return s
}

// elsewhere picks a third of the pictures.
func elsewhere(name string) bool {
	if !strings.HasPrefix(mime.TypeByExtension(path.Ext(name)), "image/") {
		return false
	}
	h := fnv.New32a()
	h.Write([]byte(name))
	return h.Sum32()%3 == 0
}

// close ends what the browser has left open, and then the servers.
func (s *site) close() {
	for _, srv := range []*httptest.Server{s.first, s.second} {
		srv.CloseClientConnections()
		srv.Close()
	}
}

func (s *site) recorded(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		rec := &recording{ResponseWriter: w, hash: sha256.New(), status: http.StatusOK}
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") && r.Header.Get("Range") == "" && compresses(r.URL.Path) {
			rec.zip = gzip.NewWriter(w)
		}
		h.ServeHTTP(rec, r)
		err := rec.finish()
		a := newAnswer("http://"+r.Host+r.RequestURI, strconv.Itoa(rec.status),
			"sha256:"+hex.EncodeToString(rec.hash.Sum(nil)))
		s.mu.Lock()
		defer s.mu.Unlock()
		if err != nil || r.Context().Err() != nil {
			s.cut = append(s.cut, a)
		} else {
			s.sent = append(s.sent, a)
		}
	})
}

func compresses(name string) bool {
	switch path.Ext(name) {
	case ".html", ".css", ".js", ".svg", ".json":
		return true
	}
	return false
}

// recording is a ResponseWriter that digests the body on its way.
type recording struct {
	http.ResponseWriter
	hash    hash.Hash
	zip     *gzip.Writer // nil: as it is
	status  int
	started bool
	err     error // of writing; it sticks
}

func (r *recording) WriteHeader(status int) {
	r.status, r.started = status, true
	if status != http.StatusOK {
		r.zip = nil
	}
	if r.zip != nil {
		r.Header().Del("Content-Length")
		r.Header().Set("Content-Encoding", "gzip")
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *recording) Write(b []byte) (n int, err error) {
	if !r.started {
		r.WriteHeader(http.StatusOK)
	}
	r.hash.Write(b)
	if r.zip != nil {
		n, err = r.zip.Write(b)
	} else {
		n, err = r.ResponseWriter.Write(b)
	}
	if err != nil {
		r.err = err
	}
	return n, err
}

func (r *recording) finish() error {
	if r.err == nil && r.zip != nil && r.started {
		r.err = r.zip.Close()
	}
	return r.err
}
