package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/google/uuid"

	"pugmark/evidence/canon"
	"pugmark/evidence/search"
)

// Limits of what is searched of a capture, in bytes.
const (
	maxSearchText  = 1 << 20 // of the page's text
	maxSearchFacts = 256 << 10
)

// Searched is a capture that is to be searched.
type Searched struct {
	Capture     Capture
	Files       fs.FS        // its folder
	Annotations []Annotation // of people
}

// SearchDocument reads what is found of a capture. What isn't as it was sealed is
// left out, and the document says so.
func SearchDocument(s Searched) *search.Document {
	d := searchedOf(s.Capture, s.Files)
	enterAnnotations(d, s.Annotations)
	return d
}

// searchDocument reads what is found of a capture, or nil if the vault has none of
// that id.
func (v *Vault) searchDocument(ctx context.Context, id string) (*search.Document, error) {
	parsed, err := uuid.Parse(id)
	if err != nil {
		return nil, nil // an event that Verify reports
	}
	c, err := v.sealedAs(ctx, v.db, parsed)
	if errors.Is(err, ErrNoCapture) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	added, err := v.Annotations(ctx, c)
	if err != nil {
		return nil, err
	}
	d := v.readSearched(c)
	enterAnnotations(d, added)
	return d, nil
}

// readSearched reads a capture's folder, once more if the capture was just about to
// be published.
func (v *Vault) readSearched(c Capture) *search.Document {
	d := searchedOf(c, os.DirFS(c.Dir))
	if again := v.place(c); d.Unread && again != c.Dir {
		c.Dir = again
		d = searchedOf(c, os.DirFS(c.Dir))
	}
	return d
}

// searchedOf reads what a capture's folder says.
func searchedOf(c Capture, files fs.FS) *search.Document {
	d := &search.Document{
		Seq: c.Seq, ID: c.ID.String(), Sealed: c.Sealed, Case: c.Case,
		Texts: make(map[search.Field]string),
	}
	m, err := readManifest(files, c.ManifestDigest)
	if err != nil {
		d.Unread = true
		return d
	}
	d.Verdict = string(m.Verdict)
	d.Texts[search.Title] = m.Target.Title
	enterAddresses(d, m.Target)
	text, err := readSearchedItem(files, m, KindText, maxSearchText)
	d.Texts[search.Text], d.Unread = string(text), err != nil
	facts, err := readSearchedItem(files, m, KindListing, canon.MaxSize)
	if err == nil && facts != nil {
		err = enterFacts(d, facts)
	}
	d.Unread = d.Unread || err != nil
	return d
}

// readManifest reads the manifest of a digest.
func readManifest(files fs.FS, want Digest) (*Manifest, error) {
	f, err := files.Open(manifestFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, canon.MaxSize+1))
	if err != nil {
		return nil, err
	}
	if got := canon.Sum(b); got != want {
		return nil, fmt.Errorf("reading manifest: got digest %s, want %s", got, want)
	}
	return ParseManifest(b)
}

// readSearchedItem reads the beginning of an item, if the whole of it is what was
// sealed. Without such an item it returns nil.
func readSearchedItem(fsys fs.FS, m *Manifest, k Kind, most int64) ([]byte, error) {
	it, ok := m.Find(k)
	if !ok {
		return nil, nil
	}
	f, err := fsys.Open(it.Path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	begun := &beginning{most: most}
	got, n, err := canon.SumReader(io.TeeReader(io.LimitReader(f, it.Bytes+1), begun))
	if err == nil && (n != it.Bytes || got != it.SHA256) {
		err = fmt.Errorf("reading %s: got digest %s, want %s", it.Path, got, it.SHA256)
	}
	if err != nil {
		return nil, err
	}
	return begun.kept, nil
}

// beginning keeps the first bytes that are written to it.
type beginning struct {
	kept []byte
	most int64
}

func (b *beginning) Write(p []byte) (int, error) {
	room := b.most - int64(len(b.kept))
	b.kept = append(b.kept, p[:min(int64(len(p)), room)]...)
	return len(p), nil
}

// enterAddresses enters where the page was, also with escapes undone.
func enterAddresses(d *search.Document, t Target) {
	var all []string
	for _, a := range []string{t.Requested, t.Final, t.Canonical} {
		if a == "" || slices.Contains(all, a) {
			continue
		}
		all = append(all, a)
		if plain, err := url.PathUnescape(a); err == nil && plain != a && utf8.ValidString(plain) {
			all = append(all, plain)
		}
		if u, err := url.Parse(a); err == nil && a != t.Canonical {
			d.Hosts = append(d.Hosts, strings.ToLower(u.Hostname()))
		}
	}
	d.Texts[search.Address] = strings.Join(all, "\n")
}

// listingFacts is what is searched of listing.json.
type listingFacts struct {
	listedPictures
	Facts map[string]struct {
		Value      string `json:"value"`
		Candidates []struct {
			Value string       `json:"value"`
			Raw   string       `json:"raw"`
			Price *statedPrice `json:"price"`
		} `json:"candidates"`
	} `json:"facts"`
	Lexicon struct {
		Terms []foundTerm `json:"terms"`
	} `json:"lexicon"`
}

// foundTerm is a word of the trade that stands on the page.
type foundTerm struct {
	Term    string   `json:"term"`
	Class   string   `json:"class"`
	Meaning string   `json:"meaning"`
	Taxa    []string `json:"taxa"`
	Product string   `json:"product"`
	Hits    []struct {
		Text     string    `json:"text"`
		Excluded *struct{} `json:"excluded"`
	} `json:"hits"`
}

// offers reports whether the word says what is offered: how things are sold doesn't,
// nor does a word that means something else here. The first hit says most.
func (t *foundTerm) offers() bool {
	return (t.Class == "species" || t.Class == "product") && len(t.Hits) > 0 && t.Hits[0].Excluded == nil
}

// enterTerms enters what words of the trade may stand for.
func enterTerms(said *lines, terms []foundTerm) {
	for _, t := range terms {
		if !t.offers() {
			continue
		}
		for _, s := range append([]string{t.Term, t.Meaning, t.Product, t.Hits[0].Text}, t.Taxa...) {
			said.add(s)
		}
	}
}

// speciesFacts name the facts that say what is offered.
var speciesFacts = []string{"category", "species", "taxon"}

// enterFacts enters what the page says of what it offers, and of who does.
func enterFacts(d *search.Document, listing []byte) error {
	var l listingFacts
	if err := json.Unmarshal(listing, &l); err != nil {
		return fmt.Errorf("reading the listing: %w", err)
	}
	said := map[search.Field]*lines{search.Facts: {}, search.Seller: {}, search.Species: {}}
	for _, name := range slices.Sorted(maps.Keys(l.Facts)) {
		field := search.Facts
		if strings.HasPrefix(name, "seller_") || strings.HasPrefix(name, "contact_") {
			field = search.Seller
		}
		for _, c := range l.Facts[name].Candidates {
			said[field].add(c.Value)
			said[field].add(c.Raw)
			if slices.Contains(speciesFacts, name) {
				said[search.Species].add(c.Value)
				said[search.Species].add(c.Raw)
			}
			if d.Price == nil {
				d.Price = c.Price.searched()
			}
		}
	}
	enterTerms(said[search.Species], l.Lexicon.Terms)
	for field, s := range said {
		d.Texts[field] = strings.Join(s.all, "\n")
	}
	return enterPictures(d, &l)
}

// lines are texts, each once, as many as there is room for.
type lines struct {
	all   []string
	bytes int
}

func (l *lines) add(s string) {
	if s == "" || slices.Contains(l.all, s) || l.bytes+len(s) > maxSearchFacts {
		return
	}
	l.all = append(l.all, s)
	l.bytes += len(s)
}

// speciesAssessed name the fields of the listing record that say what is offered.
var speciesAssessed = []string{"taxon", "common_name"}

// enterAnnotations enters what people added, as far as it stands.
func enterAnnotations(d *search.Document, all []Annotation) {
	var notes []string
	species := lines{all: []string{d.Texts[search.Species]}}
	for _, a := range all {
		if a.Withdrawn != nil || a.Text == "" {
			continue
		}
		if a.Kind == Tag {
			d.Tags = append(d.Tags, a.Text)
			species.add(a.Text)
			continue
		}
		notes = append(notes, a.Text)
		if a.Kind == Fact && slices.Contains(speciesFacts, a.Name) {
			species.add(a.Text)
		}
	}
	assessed := AssessedOf(all)
	for _, name := range speciesAssessed {
		species.add(assessed[name].Text)
	}
	d.Texts[search.Tags] = strings.Join(d.Tags, "\n")
	d.Texts[search.Notes] = strings.Join(notes, "\n")
	d.Texts[search.Species] = strings.TrimSpace(strings.Join(species.all, "\n"))
	correctPrice(d, all)
}
