package bundle

import (
	"fmt"

	"pugmark/evidence"
	"pugmark/evidence/custody"
)

// How much index.html shows. What is beyond is in other files, and it says so.
const (
	maxCards    = 1_000 // captures
	maxOmitted  = 1_000
	maxWithheld = 1_000
)

// indexView is what index.html says.
type indexView struct {
	Head, Ref     string
	Title         shownText
	Rows          []row
	All           []Exhibit
	Captures      []cardView
	More          int // captures that aren't shown
	Omitted       []Exhibit
	OmittedMore   int
	OmittedCount  int
	Withheld      []withheldView
	WithheldMore  int
	WithheldCount int
	EventCount    int
	Secrets       bool
	Keys          []guideKey
	Signer        string
	Log           custody.Checkpoint
}

// cardView is what index.html says of a capture.
type cardView struct {
	Exhibit           int
	Page              string
	Title, Address    shownText
	Picture           pictureView
	Started, Sealed   string
	Verdict, Fence    string
	Problems, Notices int
	Items             string
	Bytes             string
	Manifest          evidence.Digest
}

// pictureView is a picture, and where from the page it is.
type pictureView struct{ Path, Alt string }

type withheldView struct {
	Path, Kind shownText
	Bytes      string
	SHA256     evidence.Digest
	Why        string
}

func (r *review) index() (any, error) {
	c := r.contents
	v := &indexView{
		Head: "Case " + c.Ref, Ref: c.Ref, Title: cleanText(someText, c.Title), Rows: caseRows(c),
		All: c.Captures, OmittedCount: len(c.Omitted), EventCount: len(r.extract.Events),
		Secrets: len(r.unsealed()) > 0, Signer: keyHash(r.signer), Log: r.checkpoint,
	}
	captures, more := head(c.Captures, maxCards)
	for _, x := range captures {
		v.Captures = append(v.Captures, r.card(x))
	}
	v.More = more
	v.Omitted, v.OmittedMore = head(c.Omitted, maxOmitted)
	if r.withheld != nil {
		v.WithheldCount = len(r.withheld.Items)
		items, more := head(r.withheld.Items, maxWithheld)
		for _, x := range items {
			v.Withheld = append(v.Withheld, withheldView{
				cleanText(someText, x.path()), kindText(x.Item.Kind), grouped(x.Item.Bytes), x.Item.SHA256, x.Why,
			})
		}
		v.WithheldMore = more
	}
	var err error
	v.Keys, err = guideKeys(r.keys.Keys)
	return v, err
}

func caseRows(c *Contents) []row {
	closed := "not closed when the bundle was made"
	if c.Closed != nil {
		closed = utc(c.Closed)
	}
	return []row{
		newRow("Title", c.Title), newRow("Legal authority", c.Authority), newRow("Purpose", c.Purpose),
		newRow("Opened", utc(&c.Opened)), newRow("Closed", closed),
	}
}

func (r *review) card(x Exhibit) cardView {
	k := r.byID[x.ID.String()]
	m := k.manifest
	return cardView{
		Exhibit: x.Exhibit, Page: "review/" + k.folder + ".html",
		Title: cleanText(shortText, x.Title).in(m.Target.Language), Address: cleanText(someText, x.Requested),
		Picture: k.firstView("captures/" + k.folder), Started: utc(&x.Started), Sealed: utc(&x.Sealed),
		Verdict: string(x.Verdict), Problems: len(m.Problems), Notices: len(m.Notices), Fence: fenceText(r.judge(k)),
		Items: grouped(x.Items), Bytes: grouped(x.Bytes), Manifest: x.ManifestDigest,
	}
}

// maxPicture is how large a file index.html shows as a picture, in bytes. The
// first view is as large as the screen of a visitor, never as long as the page.
const maxPicture = 32 << 20

// firstView returns the picture of the first view, if there is one that every
// browser shows.
func (c *capture) firstView(base string) pictureView {
	it, ok := c.manifest.Find(evidence.KindViewport)
	if !ok || !isPicture(it) || it.Bytes > maxPicture {
		return pictureView{}
	}
	return pictureView{base + "/" + it.Path, fmt.Sprintf("First view of the page of exhibit %d", c.manifest.Identity.Exhibit)}
}
