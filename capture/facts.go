package capture

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// facts is what facts.js returns.
type facts struct {
	Address           string   `json:"address"`
	Title             string   `json:"title"`
	Language          string   `json:"language"`
	Canonical         string   `json:"canonical"`
	MediaType         string   `json:"mediaType"`
	Ratio             float64  `json:"ratio"`
	Unloaded          int      `json:"unloaded"`
	UnloadedAddresses []string `json:"unloadedAddresses"`
}

// facts notes what the document says of itself.
func (s *session) facts() error {
	f, err := run[facts](s.page, stepTimeout, "facts.js")
	if err != nil {
		return err
	}
	t := &s.result.Target
	t.Final, t.Title, t.Language, t.Canonical = f.Address, f.Title, f.Language, f.Canonical
	if f.Unloaded > 0 {
		s.problem(ProblemPictures, fmt.Sprintf("%d of the page's pictures had not loaded, such as %q",
			f.Unloaded, f.UnloadedAddresses[0]), "")
	}
	return nil
}

// shownImage is a line of images.js: a picture in one place of the page, or, at
// the end, how many more there are.
type shownImage struct {
	Address string `json:"address"`
	Same    *int   `json:"same"` // the line that has the address
	Cut     bool   `json:"cut"`  // the address is only the beginning
	Alt     string `json:"alt"`
	Left    int    `json:"left"`
	Top     int    `json:"top"`
	Width   int    `json:"width"`
	Height  int    `json:"height"`
	More    int    `json:"more"`

	key canon.Digest // in the album
}

// images notes which pictures the page shows, and keeps those that it carries
// in their addresses.
func (s *session) images() error {
	for lines := json.NewDecoder(&pieceReader{page: s.page, script: "images.js"}); ; {
		var line shownImage
		if err := lines.Decode(&line); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("listing the pictures: %w", err)
		}
		if line.More > 0 {
			s.unlisted = line.More
			continue
		}
		if line.Same != nil {
			first := s.shown[*line.Same]
			line.Address, line.Cut, line.key = first.Address, first.Cut, first.key
		} else {
			s.identify(&line)
		}
		s.shown = append(s.shown, line)
	}
}

// identify finds what a picture is kept under.
func (s *session) identify(line *shownImage) {
	if strings.HasPrefix(line.Address, "data:") {
		line.key = key(line.Address)
		if !line.Cut {
			s.album.keepData(line.Address)
		}
		line.Address = line.Address[:min(len(line.Address), maxDataShown)]
		return
	}
	line.Address, _, _ = strings.Cut(line.Address, "#")
	line.key = key(line.Address)
}

// maxDataShown is how many bytes of a data: address are listed.
const maxDataShown = 200

// image returns what the listing says of a picture.
func (s *session) image(line shownImage) listing.Image {
	img := listing.Image{
		Address: line.Address, Alt: line.Alt,
		Left: line.Left, Top: line.Top, Width: line.Width, Height: line.Height,
	}
	found, ok := s.album.find(line.key)
	switch {
	case ok:
		img.Digest, img.Bytes = found.digest, found.size
		img.Open = func() (io.ReadCloser, error) { return s.album.open(found), nil }
	case line.Cut:
		img.Missing = "its address is too long to be kept"
	default:
		img.Missing = s.album.missing()
	}
	return img
}

// The limits of reading a listing. Those of its contents are the package
// listing's.
const (
	listingPatience = time.Minute
	listingText     = 4 << 20 // bytes of the visible text
)

// listing reads what the page says of itself from the items that were taken.
// A page that gets the better of it costs the capture that item alone.
func (s *session) listing(ctx context.Context) {
	s.step("listing", "")
	l, err := s.readListing(ctx)
	if err == nil {
		var b []byte
		if b, err = l.Marshal(); err == nil {
			err = s.store("listing.json", evidence.KindListing, "application/json", b)
		}
	}
	if err != nil {
		s.problem(ProblemListing, fmt.Sprintf("what the page says of itself was not read: %v", err), "")
	}
}

func (s *session) readListing(ctx context.Context) (l *listing.Listing, err error) {
	// It reads others' data, partly with others' code.
	defer func() {
		if p := recover(); p != nil {
			l, err = nil, fmt.Errorf("it failed: %v", p)
		}
	}()
	ctx, cancel := context.WithTimeoutCause(ctx, listingPatience, fmt.Errorf("it took more than %v", listingPatience))
	defer cancel()
	p := listing.Page{Address: cmp.Or(s.result.Target.Final, s.URL), Unlisted: s.unlisted, Words: s.Words, Missing: s.MissingWords}
	for _, line := range s.shown {
		p.Images = append(p.Images, s.image(line))
	}
	p.Text = s.visibleText()
	// Without the rendered document, what the address tells is still told.
	document, openErr := s.Store.Open("dom.html")
	if openErr == nil {
		defer document.Close()
		p.Document = document
	}
	if l, err = listing.Extract(ctx, p); err != nil {
		return nil, cmp.Or(context.Cause(ctx), err)
	}
	if openErr != nil {
		l.Problems = append(l.Problems, evidence.Problem{Code: ProblemNoDocument, Detail: "there is no rendered document"})
	}
	return l, nil
}

// visibleText returns the beginning of the page's text, or nothing if there is
// none: a step before has said so.
func (s *session) visibleText() string {
	f, err := s.Store.Open("text.txt")
	if err != nil {
		return ""
	}
	defer f.Close()
	b, _ := io.ReadAll(io.LimitReader(f, listingText))
	return strings.ToValidUTF8(string(b), "")
}
