package ui

import (
	"context"
	"errors"
	"io"
	"strconv"

	"fyne.io/fyne/v2/widget"

	"pugmark/capture/warc"
	"pugmark/evidence"
)

// readRequests lists what the page archive has answers to, and says what the list
// is, or why there is none.
func readRequests(ctx context.Context, s subject) (head string, out []record) {
	entries, skipped, err := readArchiveIndex(ctx, s)
	if err != nil {
		return trf("The requests can't be read: %s", err.Error()), nil
	}
	lines := recordLines{malformed: skipped, more: len(entries) > maxRecords}
	for _, e := range entries[:min(len(entries), maxRecords)] {
		lines.records = append(lines.records, requestRecord(s.manifest, e))
	}
	head = trf("%s answered, as the page archive has them", count(len(entries), "request")) + lines.text()
	return trf("%s · digest matches", head), lines.records
}

// readArchiveIndex reads the index of the page archive, once it is known to be the
// one that was sealed.
func readArchiveIndex(ctx context.Context, s subject) ([]warc.Entry, int, error) {
	it, ok := s.manifest.Find(evidence.KindArchive)
	if !ok {
		return nil, 0, errors.New(tr("the capture has no page archive"))
	}
	if _, _, err := readItem(ctx, s.opened.files, it, 0); err != nil {
		return nil, 0, err
	}
	f, err := s.opened.files.Open(it.Path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	at, ok := f.(io.ReaderAt)
	if !ok {
		return nil, 0, errors.New("not a file")
	}
	return warc.ReadEntries(at, it.Bytes)
}

func requestRecord(m *evidence.Manifest, e warc.Entry) record {
	r := record{
		what: e.Method + " " + strconv.Itoa(e.Status), also: sinceText(m.Time.Started, e.Time),
		text: cutText(e.URL, lineLimit), tone: statusTone(e.Status),
	}
	if !e.Time.IsZero() {
		r.when = clockText(e.Time)
	}
	g := group{name: "Request"}
	g.addCopied("Address", cutText(e.URL, valueLimit))
	g.add("Method", e.Method)
	g.add("Status", number(e.Status))
	g.add("Media type", e.MIME)
	g.addTime("Time", &e.Time)
	g.addMono("Body's digest", e.Digest)
	r.groups = []group{g}
	return r
}

func statusTone(status int) widget.Importance {
	if status >= 400 || status == 0 {
		return widget.WarningImportance
	}
	return widget.MediumImportance
}
