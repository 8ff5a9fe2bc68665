package bundle

import (
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"pugmark/evidence"
)

// How much the page of a capture shows.
const (
	maxItems     = 2_000
	maxRedirects = 50
	// maxTall is how tall a picture every browser shows, in pixels.
	maxTall = 16_384
)

// captureView is what the page of a capture says.
type captureView struct {
	Head, Ref     string
	Exhibit       int
	Title         shownText
	Verdict       evidence.Verdict
	VerdictWords  string
	Problems      []problemView
	ProblemsMore  int
	Notices       []problemView
	NoticesMore   int
	Picture       pictureView
	Pictures      []fileView
	Listing       *listingView
	Added         []addedView
	AddedMore     int
	Page          []row
	Redirects     []redirectView
	RedirectsMore int
	Fence         string
	Stamps        []stampView
	Times         []row
	Who, With     []row
	Done          evidence.Interventions
	Folder, Base  string
	Manifest      evidence.Digest
	Seq           int64
	Sealed        string
	ID            uuid.UUID
	Files         []fileView
	FilesMore     int
	Events        []eventView
	EventsMore    int
}

type problemView struct{ Code, Text, Address shownText }

type redirectView struct {
	From, To shownText
	How      string
}

var verdictWords = map[evidence.Verdict]string{
	evidence.Complete: "every check held.",
	evidence.Partial:  "something is missing or uncertain; the problems say what.",
	evidence.Failed:   "the page was not obtained; the problems say why.",
}

func (r *review) capture(k *capture, x Exhibit) (any, error) {
	m := k.manifest
	v := &captureView{
		Head: fmt.Sprintf("Exhibit %d of case %s", x.Exhibit, r.contents.Ref), Ref: r.contents.Ref, Exhibit: x.Exhibit,
		Title: cleanText(shortText, m.Target.Title).in(m.Target.Language), Verdict: m.Verdict, VerdictWords: verdictWords[m.Verdict],
		Folder: strings.TrimPrefix(k.path(), payload), Base: "../captures/" + k.folder,
		Page: pageRows(m), Times: timeRows(m.Time, m.Target), Who: whoRows(m), With: withRows(m), Done: m.Interventions,
		Manifest: x.ManifestDigest, Seq: x.Seq, Sealed: utc(&x.Sealed), ID: x.ID,
	}
	v.Picture = k.firstView(v.Base)
	v.Problems, v.ProblemsMore = problemViews(m.Problems)
	v.Notices, v.NoticesMore = problemViews(m.Notices)
	redirects, more := head(m.Target.Redirects, maxRedirects)
	for _, d := range redirects {
		v.Redirects = append(v.Redirects, redirectOf(d))
	}
	v.RedirectsMore = more
	judged := r.judge(k)
	v.Fence, v.Stamps = fenceText(judged), stampViews(judged)
	v.addFiles(r.sources, k)
	v.Events, v.EventsMore = r.eventViews(r.events[x.ID.String()], "")
	v.Added, v.AddedMore = addedViews(r.events[x.ID.String()])
	var err error
	v.Listing, err = k.listing()
	return v, err
}

func problemViews(all []evidence.Problem) (out []problemView, more int) {
	all, more = head(all, maxProblems)
	for _, p := range all {
		text := p.Detail
		if text == "" {
			text = strings.ReplaceAll(p.Code, "_", " ")
		}
		out = append(out, problemView{cleanText(shortText, p.Code), cleanText(someText, text), cleanText(someText, p.URL)})
	}
	return out, more
}

func redirectOf(d evidence.Redirect) redirectView {
	how := "by the page itself"
	if d.Status != 0 {
		how = "HTTP status " + strconv.Itoa(d.Status)
	}
	return redirectView{cleanText(someText, d.From), cleanText(someText, d.To), how}
}

// addFiles lists the items, and among them the pictures of the whole page.
func (v *captureView) addFiles(s *sources, k *capture) {
	items, more := head(k.manifest.Items, maxItems)
	v.FilesMore = more
	for _, it := range items {
		f := fileOf(it, v.Base)
		if s.withheld.has(k.path() + "/" + it.Path) {
			f.Link, f.Note = "", "withheld: it isn’t in this bundle"
		}
		v.Files = append(v.Files, f)
		if p := k.manifest.Picture; f.Link != "" && it.Kind == evidence.KindPage && p != nil && p.Size.Height > maxTall {
			f.Note = fmt.Sprintf("%s pixels tall, which many browsers can’t show; the strips show the same", grouped(p.Size.Height))
		}
		switch it.Kind {
		case evidence.KindPage, evidence.KindStrip, evidence.KindDismissed:
			v.Pictures = append(v.Pictures, f)
		}
	}
}

// fileView is what a page says of an item.
type fileView struct {
	Path, Link, Note string
	Kind             shownText
	Bytes            string
	SHA256           evidence.Digest
}

func fileOf(it evidence.Item, base string) fileView {
	f := fileView{Path: it.Path, Kind: kindText(it.Kind), Bytes: grouped(it.Bytes), SHA256: it.SHA256}
	switch {
	case isActive(it):
		f.Note = "not linked: in a browser it could run the site’s scripts, or load from the network"
	case isHarmless(it):
		f.Link = base + "/" + it.Path
	}
	return f
}

// isActive reports whether a browser that opens an item could do what its
// author wants.
func isActive(it evidence.Item) bool {
	switch it.Kind {
	case evidence.KindDocument, evidence.KindDOM, evidence.KindMHTML, evidence.KindArchive:
		return true
	}
	switch path.Ext(strings.ToLower(it.Path)) {
	case ".html", ".htm", ".xhtml", ".xht", ".mhtml", ".mht", ".svg", ".xml", ".wacz", ".js":
		return true
	}
	return false
}

// plainTypes are the files that a browser only shows, by what their names end
// in: that is what it goes by when it opens them from a disk.
var plainTypes = map[string]string{
	".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".pdf": "application/pdf",
	".txt": "text/plain", ".json": "application/json",
}

// isHarmless reports whether a browser only shows an item when it opens it.
func isHarmless(it evidence.Item) bool {
	base, _, _ := strings.Cut(it.MediaType, ";")
	want, ok := plainTypes[path.Ext(it.Path)]
	return ok && want == base && !isActive(it)
}

func isPicture(it evidence.Item) bool {
	return isHarmless(it) && strings.HasPrefix(it.MediaType, "image/")
}

var kindWords = map[evidence.Kind]string{
	evidence.KindViewport:     "picture of the first view",
	evidence.KindDismissed:    "picture of the first view, after a consent banner was clicked away",
	evidence.KindPage:         "picture of the whole page, joined from the strips",
	evidence.KindStrip:        "strip of the picture of the page, as the browser made it",
	evidence.KindDocument:     "main document, as received",
	evidence.KindDOM:          "document, as the browser rendered it",
	evidence.KindText:         "visible text",
	evidence.KindListing:      "what the page says of itself",
	evidence.KindMHTML:        "the page in one file (MHTML)",
	evidence.KindPDF:          "the page, printed by the browser",
	evidence.KindArchive:      "archive of all requests and responses (WACZ)",
	evidence.KindCertificates: "certificates of the server",
	evidence.KindWire:         "record of all bytes sent and received (pcapng)",
	evidence.KindConnections:  "list of connections",
	evidence.KindSecrets:      "keys of the TLS connections, encrypted to the vault",
	evidence.KindLog:          "capture log: what was done, step by step",
	evidence.KindTimestamp:    "response of a time-stamp authority, from before the capture",
}

func kindText(k evidence.Kind) shownText {
	if words, ok := kindWords[k]; ok {
		return shownText{Text: words}
	}
	return cleanText(shortText, string(k))
}
