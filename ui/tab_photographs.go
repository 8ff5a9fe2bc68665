package ui

import (
	"context"
	"errors"
	"image"
	"io"

	"fyne.io/fyne/v2/container"
	"github.com/google/uuid"

	"pugmark/capture/listing"
	"pugmark/capture/warc"
	"pugmark/evidence"
)

// photographsTab lists the pictures that the page shows or names, with
// thumbnails made from the page archive.
type photographsTab struct {
	lazyTab
	showInPicture func(image.Rectangle)
	shelf         *photoShelf
	album         *album  // of the capture that is shown
	thumbs        *thumbs // likewise
	of            uuid.UUID
}

func newPhotographsTab(w *worker, showInPicture func(image.Rectangle), shelf *photoShelf) *photographsTab {
	return &photographsTab{lazyTab: newLazyTab(w), showInPicture: showInPicture, shelf: shelf}
}

// photo is a picture of the page.
type photo struct {
	index int
	listing.Photograph
	place image.Rectangle // in the full-page picture; empty: it isn't there
}

// album is the pictures of a page, with what has their content.
type album struct {
	photos []photo
	file   io.Closer    // the archive's; nil without one
	bodies *warc.Bodies // nil without an archive
	why    string       // there is none
}

// Close implements [io.Closer].
func (a *album) Close() error {
	if a.file == nil {
		return nil
	}
	return a.file.Close()
}

func (t *photographsTab) leave() {
	t.lazyTab.leave()
	if t.thumbs != nil {
		t.thumbs.loader.stop()
		t.thumbs = nil
	}
	if t.album != nil {
		// It was only read. A thumbnail that is being made fails.
		_ = t.album.Close()
		t.album = nil
	}
}

func (t *photographsTab) open(s subject) {
	fill(&t.lazyTab, s, "listing",
		func(ctx context.Context) (*album, error) { return readAlbum(ctx, s) },
		func(a *album) {
			t.album, t.of = a, s.capture.ID
			if len(a.photos) == 0 {
				t.say(notice{heading: "No photographs", lines: []string{"The page shows no pictures and names none."}})
				return
			}
			t.show(a)
		})
}

func (t *photographsTab) show(a *album) {
	below := container.NewStack(newMuted(tr("Choose a photograph to see all that is known of it.")))
	thumbs := newThumbs(t.work, a)
	t.thumbs = thumbs
	newRow := func() row[photo] { return newPhotoRow(thumbs, t.showInPicture, t.elsewhere) }
	list := newPickList(newRow, func(p photo) { swap(below, newGroupsView(photoGroups(p))) })
	list.set(a.photos)
	split := container.NewVSplit(list.framed(), below)
	split.Offset = 0.68
	head := container.NewVBox(tabHead(albumText(a)))
	if a.why != "" {
		head.Add(tabHead(trf("No thumbnails: %s", a.why)))
	}
	swap(t.content, container.NewBorder(head, nil, nil, nil, split))
}

// elsewhere finds a photograph in other captures, and says what the button for it says.
func (t *photographsTab) elsewhere(p photo) (text string, find func()) {
	text = tr("Find elsewhere")
	if n, known := t.shelf.elsewhere(t.of, p.index+1); known {
		text = trf("Elsewhere: %s", count(n, "time"))
	}
	return text, func() { t.shelf.find(t.of, p.index+1) }
}

// albumText says how many pictures there are.
func albumText(a *album) string {
	shown, kept := 0, 0
	for _, p := range a.photos {
		if p.Shown != nil {
			shown++
		}
		if !p.SHA256.IsZero() {
			kept++
		}
	}
	text := trf("%s: %d shown by the page", count(len(a.photos), "picture"), shown)
	if named := len(a.photos) - shown; named > 0 {
		text += ", " + trf("%d only named", named)
	}
	return text + ", " + trf("%d kept", kept)
}

// readAlbum reads which pictures there are, and opens the archive that has
// them.
func readAlbum(ctx context.Context, s subject) (*album, error) {
	l, err := readListing(ctx, s)
	if err != nil {
		return nil, err
	}
	a := new(album)
	for i, p := range l.Photographs {
		a.photos = append(a.photos, photo{index: i, Photograph: p, place: placeOf(s.manifest, p.Shown)})
	}
	a.openArchive(s)
	return a, nil
}

// openArchive opens the page archive, or notes why not. Its digest isn't
// checked: that of each picture is.
func (a *album) openArchive(s subject) {
	it, ok := s.manifest.Find(evidence.KindArchive)
	if !ok {
		a.why = tr("the capture has no page archive")
		return
	}
	f, err := s.opened.files.Open(it.Path)
	if err != nil {
		a.why = err.Error()
		return
	}
	at, ok := f.(io.ReaderAt)
	if ok {
		a.bodies, err = warc.OpenBodies(at, it.Bytes)
	} else {
		err = errors.New("not a file")
	}
	if err != nil {
		a.why = err.Error()
		_ = f.Close()
		return
	}
	a.file = f
}

// placeOf returns where the full-page picture shows a box of the page.
func placeOf(m *evidence.Manifest, b *listing.Box) image.Rectangle {
	if _, ok := m.Find(evidence.KindPage); !ok || b == nil || m.Picture == nil {
		return image.Rectangle{}
	}
	ratio := m.Environment.PixelRatio
	if ratio <= 0 {
		ratio = 1
	}
	scale := func(n int) int { return int(float64(n) * ratio) }
	r := image.Rect(scale(b.Left), scale(b.Top), scale(b.Left+b.Width), scale(b.Top+b.Height))
	return r.Intersect(image.Rect(0, 0, m.Picture.Size.Width, m.Picture.Size.Height))
}

// photoGroups says all that is known of a picture.
func photoGroups(p photo) []group {
	g := group{name: trf("Picture %d", p.index+1)}
	g.add("Address", p.Address)
	g.add("Alternative text", p.Alt)
	g.add("Content", photoSize(p.Photograph))
	if !p.SHA256.IsZero() {
		g.addCopied("SHA-256", p.SHA256.String())
	}
	if p.Hash != "" {
		g.addCopied("Perceptual hash", p.Hash)
	} else {
		g.add("Perceptual hash", trf("none: %s", p.NoHash))
	}
	if b := p.Shown; b != nil {
		g.add("Shown", placesText(p.Times), trf("the largest: %s CSS px, %s from the left, %s from the top",
			sizeText(evidence.Size{Width: b.Width, Height: b.Height}), grouped(int64(b.Left)), grouped(int64(b.Top))))
	} else {
		g.add("Shown", tr("not by the page: it only names the picture"))
	}
	for _, n := range p.NamedBy {
		g.add("Named by", placeText(n))
	}
	return []group{g.limited()}
}

func placesText(n int) string {
	if n == 1 {
		return tr("in one place")
	}
	return trf("in %s places", grouped(int64(n)))
}

// photoSize describes a picture's content.
func photoSize(p listing.Photograph) string {
	if p.SHA256.IsZero() {
		return tr("not kept")
	}
	text := bytesText(p.Bytes)
	if p.Format != "" {
		text = p.Format + ", " + sizeText(evidence.Size{Width: p.Width, Height: p.Height}) + " px, " + text
	}
	return text
}
