package warc

import (
	"archive/zip"
	"crypto/sha256"
	"hash"
	"io"
	"time"
)

const (
	dataName = "data.warc.gz"

	dataPath    = "archive/" + dataName
	indexPath   = "indexes/index.cdx"
	pagesPath   = "pages/pages.jsonl"
	packagePath = "datapackage.json"
	digestPath  = "datapackage-digest.json"
)

// entry is a file of the zip being written.
type entry struct {
	w    io.Writer
	hash hash.Hash
	size int64
}

// Write implements [io.Writer].
func (e *entry) Write(b []byte) (int, error) {
	n, err := e.w.Write(b)
	e.hash.Write(b[:n])
	e.size += int64(n)
	return n, err
}

func (e *entry) digest() (d digest) {
	e.hash.Sum(d[:0])
	return d
}

// create begins the next file of the zip.
func (a *Archive) create(name string, method uint16) (*entry, error) {
	h := &zip.FileHeader{Name: name, Method: method}
	//lint:ignore SA1019 Modified would add a field that differs by zone
	h.ModifiedDate = 1<<5 | 1 // 1980-01-01, the first that a zip can say
	w, err := a.zip.CreateHeader(h)
	return &entry{w: w, hash: sha256.New()}, err
}

// resource is a file as datapackage.json lists it.
type resource struct {
	Name  string `json:"name"`
	Path  string `json:"path"`
	Hash  digest `json:"hash"`
	Bytes int64  `json:"bytes"`
}

// MarshalText implements [encoding.TextMarshaler].
func (d digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// dataPackage is datapackage.json.
type dataPackage struct {
	Profile      string     `json:"profile"`
	Version      string     `json:"wacz_version"`
	Title        string     `json:"title,omitempty"`
	Description  string     `json:"description,omitempty"`
	Created      time.Time  `json:"created"`
	Software     string     `json:"software,omitempty"`
	MainPageURL  string     `json:"mainPageUrl,omitempty"`
	MainPageDate *time.Time `json:"mainPageDate,omitempty"`
	Resources    []resource `json:"resources"`
}

// packageDigest is datapackage-digest.json. A signature as in wacz-auth would
// be a further field, "signedData", over Hash.
type packageDigest struct {
	Path string `json:"path"`
	Hash digest `json:"hash"`
}

// pagesHeader is the first line of pages.jsonl.
type pagesHeader struct {
	Format  string `json:"format"`
	ID      string `json:"id"`
	Title   string `json:"title"`
	HasText bool   `json:"hasText"`
}

// pagesLine is a further one.
type pagesLine struct {
	ID    string    `json:"id,omitempty"`
	URL   string    `json:"url"`
	Time  time.Time `json:"ts"`
	Title string    `json:"title,omitempty"`
	Text  string    `json:"text,omitempty"`
}

// finish writes all that follows the records.
func (a *Archive) finish(p Page) error {
	resources := []resource{{dataName, dataPath, a.data.digest(), a.data.size}}
	add := func(name, path string, write func(io.Writer) error) (digest, error) {
		e, err := a.create(path, zip.Deflate)
		if err != nil {
			return digest{}, err
		}
		if err := write(e); err != nil {
			return digest{}, err
		}
		resources = append(resources, resource{name, path, e.digest(), e.size})
		return e.digest(), nil
	}
	if _, err := add("index.cdx", indexPath, a.writeIndex); err != nil {
		return err
	}
	if _, err := add("pages.jsonl", pagesPath, p.write); err != nil {
		return err
	}
	pkg := a.dataPackage(p, resources)
	sum, err := add("", packagePath, func(w io.Writer) error { return writeJSON(w, pkg) })
	if err != nil {
		return err
	}
	digest := packageDigest{packagePath, sum}
	if _, err := add("", digestPath, func(w io.Writer) error { return writeJSON(w, digest) }); err != nil {
		return err
	}
	return a.zip.Close()
}

func (a *Archive) dataPackage(p Page, resources []resource) dataPackage {
	pkg := dataPackage{
		Profile: "data-package", Version: "1.1.1",
		Title: a.options.Title, Description: a.options.Description,
		Created: a.options.Created.UTC().Truncate(time.Second), Software: a.options.Software,
		Resources: resources,
	}
	if p.URL != "" {
		t := p.Time.UTC()
		pkg.MainPageURL, pkg.MainPageDate = p.URL, &t
	}
	return pkg
}

// write writes pages.jsonl.
func (p Page) write(w io.Writer) error {
	header, err := encodeJSON(pagesHeader{"json-pages-1.0", "pages", "All Pages", p.Text != ""}, "")
	if err != nil {
		return err
	}
	var line []byte
	if p.URL != "" {
		line, err = encodeJSON(pagesLine{p.ID, p.URL, p.Time.UTC(), p.Title, p.Text}, "")
		if err != nil {
			return err
		}
	}
	_, err = w.Write(append(header, line...))
	return err
}

func writeJSON(w io.Writer, v any) error {
	b, err := encodeJSON(v, "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}
