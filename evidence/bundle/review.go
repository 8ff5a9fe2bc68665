package bundle

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // for the pages' templates and style
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// The templates of the review pages. What they make of a bundle is part of the
// format, as with VERIFY.txt: a verifier makes the pages anew and compares, so
// that no forger can have people read something else than was sealed. Another
// text, and any change in what the rest of review*.go makes of a bundle, needs
// another BundleVersion. What people added to captures came later: a bundle without
// it has the pages that it always had.
//
// The pages run no script and load nothing but pictures from the bundle. For a
// browser that reads them from disk, 'self' in the policy is any other file on
// that disk, and nothing in the network.
var (
	//go:embed review.html
	reviewText string
	//go:embed review_capture.html
	reviewCaptureText string
	//go:embed review.css
	reviewStyle string
)

var pageTemplates = template.Must(template.New("review").Funcs(template.FuncMap{
	"css":    func() template.CSS { return template.CSS(reviewStyle) },
	"policy": func() template.HTMLAttr { return template.HTMLAttr(`content="` + reviewPolicy() + `"`) },
	"clean":  cleanText,
	"when":   whenText,
}).Parse(reviewText + reviewCaptureText))

func reviewPolicy() string {
	sum := sha256.Sum256([]byte(reviewStyle))
	return "default-src 'none'; img-src 'self'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; base-uri 'none'; form-action 'none'"
}

// page is a page for the review of a bundle. It is made when it is needed, since
// a case can have a thousand of them.
type page struct {
	path   string   // in the bag
	needs  []string // paths of what it shows besides the records
	render func() ([]byte, error)
}

// review makes the pages of a bundle.
type review struct {
	*sources
	contents *Contents
	byID     map[string]*capture        // by the capture's id
	events   map[string][]custody.Event // by subject
}

// pages returns the pages of a bundle: index.html, the custody history, and one
// for each capture.
func (s *sources) pages(c *Contents) []page {
	r := &review{sources: s, contents: c, byID: make(map[string]*capture), events: make(map[string][]custody.Event)}
	for _, k := range s.captures {
		r.byID[k.manifest.Identity.Capture.String()] = k
	}
	for _, p := range s.extract.Events {
		r.events[p.Event.Subject] = append(r.events[p.Event.Subject], p.Event)
	}
	out := []page{
		{path: indexFile, needs: s.allWithholdable(), render: func() ([]byte, error) { return execute("index", r.index) }},
		{path: custodyPage, render: func() ([]byte, error) { return execute("custody", r.custody) }},
	}
	for _, x := range c.Captures {
		k := r.byID[x.ID.String()]
		out = append(out, page{
			path: reviewPath(k), needs: append(s.withholdable(k), k.listingPath()),
			render: func() ([]byte, error) { return execute("capture", func() (any, error) { return r.capture(k, x) }) },
		})
	}
	return out
}

// withholdable returns the paths of the items of a capture that may be withheld
// or are said to be.
func (s *sources) withholdable(k *capture) (out []string) {
	for _, it := range k.manifest.Items {
		if path := k.path() + "/" + it.Path; mayWithhold(it) || s.withheld.has(path) {
			out = append(out, path)
		}
	}
	return out
}

// allWithholdable returns those of all captures, and of none.
func (s *sources) allWithholdable() (out []string) {
	for _, k := range s.captures {
		out = append(out, s.withholdable(k)...)
	}
	if s.withheld != nil {
		for _, x := range s.withheld.Items {
			out = append(out, x.path())
		}
	}
	return out
}

// reviewPath returns where in the bag the page of a capture is.
func reviewPath(k *capture) string { return reviewPrefix + k.folder + ".html" }

func execute(name string, view func() (any, error)) ([]byte, error) {
	v, err := view()
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	err = pageTemplates.ExecuteTemplate(&buf, name, v)
	return buf.Bytes(), err
}

// source returns the page as a file to be written. It is made twice rather than
// kept.
func (p page) source() (*source, error) {
	b, err := p.render()
	if err != nil {
		return nil, fmt.Errorf("writing %q: %w", p.path, err)
	}
	out := bytesSource(p.path, b)
	out.open = func() (io.ReadCloser, error) {
		b, err := p.render()
		return io.NopCloser(bytes.NewReader(b)), err
	}
	return out, nil
}

// pageSources returns the pages as files to be written.
func (s *sources) pageSources(c *Contents) ([]*source, error) {
	var out []*source
	for _, p := range s.pages(c) {
		f, err := p.source()
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// verifyPages compares the pages with what follows from the sources. One that
// shows something in which something was found is not looked at.
func (c *checker) verifyPages(contents *Contents) error {
	for _, p := range c.sources.pages(contents) {
		if !c.sound(p.path) || !c.sound(p.needs...) {
			continue
		}
		want, err := p.render()
		if err != nil {
			return fmt.Errorf("making %q anew: %w", p.path, err)
		}
		if err := c.compareDerived(p.path, want); err != nil {
			return err
		}
	}
	return nil
}

// head returns the first entries of a list, and how many more there are.
func head[T any](all []T, most int) ([]T, int) {
	n := min(len(all), most)
	return slices.Clip(all[:n]), len(all) - n
}

// sumOf reports whether bytes have a digest.
func sumOf(b []byte, want canon.Digest) error {
	if got := canon.Sum(b); got != want {
		return fmt.Errorf("%w: got digest %s, want %s", ErrAltered, got, want)
	}
	return nil
}
