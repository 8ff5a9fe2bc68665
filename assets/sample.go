package assets

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// SampleListing is the path of the sample site's main listing.
const SampleListing = "/listing/4711"

// What the pages say about being kept by a browser.
const (
	noStore = "private, no-store"
	oneDay  = "public, max-age=86400"
)

const (
	mainListing = 4711
	perPage     = 12
	firstView   = 1283 // the view counter starts here
)

// item is one listing, as sample/items.json has it.
type item struct {
	ID      int       `json:"id"`
	Title   string    `json:"title"`
	Chinese string    `json:"chinese"`
	Price   string    `json:"price"`   // in yuan
	Dollars string    `json:"dollars"` // the same in US dollars
	Photo   string    `json:"photo"`
	Place   string    `json:"place"`
	Posted  time.Time `json:"posted"`
	Text    string    `json:"text"`
}

type site struct {
	pages *template.Template
	items []item
	views atomic.Int64
}

// Sample returns a new sample site, its view counter at the start.
func Sample() http.Handler {
	s := &site{pages: template.Must(template.ParseFS(sampleFiles, "sample/*.html"))}
	s.views.Store(firstView)
	if err := json.Unmarshal(read("items.json"), &s.items); err != nil {
		panic("assets: sample/items.json: " + err.Error())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.search)
	mux.HandleFunc("GET /listing/{id}", s.listing)
	mux.HandleFunc("GET /l/{id}", s.short)
	mux.HandleFunc("GET /frame/shipping", s.shipping)
	mux.HandleFunc("GET /tall", s.tall)
	mux.HandleFunc("POST /api/view", s.view)
	mux.HandleFunc("GET /static/{name...}", s.static)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Server", "osier/2.4")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Security-Policy", "default-src 'self'; style-src 'self' 'unsafe-inline'")
		mux.ServeHTTP(w, r)
	})
}

// read returns an embedded file of the sample site; a name that is not there
// is a mistake in the program.
func read(name string) []byte {
	b, err := sampleFiles.ReadFile("sample/" + name)
	if err != nil {
		panic("assets: " + err.Error())
	}
	return b
}

// page is what the templates get.
type page struct {
	Base  string // scheme and host, for the addresses that must be absolute
	Item  item
	Items []item
	Query string
	Prev  int // page numbers of the search, 0 where there is none
	Next  int
}

func (s *site) search(w http.ResponseWriter, r *http.Request) {
	p := page{Query: r.FormValue("q")}
	found := slices.DeleteFunc(slices.Clone(s.items), func(it item) bool { return !it.matches(p.Query) })
	n, err := strconv.Atoi(r.FormValue("page"))
	if err != nil || n < 1 || (n-1)*perPage >= len(found) {
		n = 1
	}
	p.Prev = n - 1
	if n*perPage < len(found) {
		p.Next = n + 1
	}
	p.Items = found[(n-1)*perPage : min(n*perPage, len(found))]
	s.render(w, r, "search.html", p)
}

func (it item) matches(query string) bool {
	return strings.Contains(strings.ToLower(it.Title+" "+it.Chinese), strings.ToLower(query))
}

func (s *site) listing(w http.ResponseWriter, r *http.Request) {
	i := slices.IndexFunc(s.items, func(it item) bool { return strconv.Itoa(it.ID) == r.PathValue("id") })
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	p := page{Item: s.items[i]}
	if p.Item.ID != mainListing {
		s.render(w, r, "short.html", p)
		return
	}
	p.Items = slices.Concat(s.items[:i], s.items[i+1:])
	s.render(w, r, "listing.html", p)
}

func (s *site) short(w http.ResponseWriter, r *http.Request) {
	http.Redirect(w, r, "/listing/"+r.PathValue("id"), http.StatusFound)
}

func (s *site) shipping(w http.ResponseWriter, r *http.Request) {
	s.render(w, r, "shipping.html", page{})
}

func (s *site) view(w http.ResponseWriter, r *http.Request) {
	var v struct {
		Listing int   `json:"listing"`
		Views   int64 `json:"views"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 1024)).Decode(&v); err != nil {
		http.Error(w, "want JSON", http.StatusBadRequest)
		return
	}
	v.Views = s.views.Add(1)
	body, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	send(w, r, "application/json", noStore, body)
}

var mediaTypes = map[string]string{
	".css": "text/css; charset=utf-8",
	".js":  "text/javascript; charset=utf-8",
	".svg": "image/svg+xml",
	".jpg": "image/jpeg",
}

func (s *site) static(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	body, err := sampleFiles.ReadFile("sample/static/" + name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	send(w, r, mediaTypes[path.Ext(name)], oneDay, body)
}

// render sends a page, with two cookies as a marketplace would set.
func (s *site) render(w http.ResponseWriter, r *http.Request, name string, p page) {
	p.Base = "http://" + r.Host
	if r.TLS != nil {
		p.Base = "https://" + r.Host
	}
	var b bytes.Buffer
	if err := s.pages.ExecuteTemplate(&b, name, p); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: "visit", Value: "sample", Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode})
	http.SetCookie(w, &http.Cookie{Name: "lang", Value: "en", Path: "/", SameSite: http.SameSiteLaxMode})
	send(w, r, "text/html; charset=utf-8", noStore, b.Bytes())
}

// send writes the body, compressed where that is worth it and welcome.
func send(w http.ResponseWriter, r *http.Request, mediaType, cache string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", mediaType)
	h.Set("Cache-Control", cache)
	if mediaType != "image/jpeg" {
		h.Set("Vary", "Accept-Encoding")
		if acceptsGzip(r) {
			h.Set("Content-Encoding", "gzip")
			body = compress(body)
		}
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	// A client that has gone away is no concern of the site.
	_, _ = w.Write(body)
}

func acceptsGzip(r *http.Request) bool {
	for coding := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, weighed := strings.Cut(strings.ReplaceAll(coding, " ", ""), ";")
		if !strings.EqualFold(name, "gzip") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(weight, "q="), 64)
		return !weighed || err == nil && q > 0
	}
	return false
}

func compress(body []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	// Writing to memory does not fail.
	_, _ = z.Write(body)
	_ = z.Close()
	return b.Bytes()
}
