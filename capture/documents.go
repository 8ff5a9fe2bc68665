package capture

import (
	"errors"
	"fmt"
	"io"

	cdpio "github.com/chromedp/cdproto/io"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"pugmark/evidence"
)

// documents takes the page in every form but pictures. Each is tried, whatever
// becomes of the others.
func (s *session) documents() error {
	_, err := run[any](s.page, stepTimeout, "piece.js")
	if err != nil {
		return err
	}
	return errors.Join(
		s.pieces("dom.js", "dom.html", evidence.KindDOM, "text/html; charset=utf-8"),
		s.pieces("text.js", "text.txt", evidence.KindText, "text/plain; charset=utf-8"),
		s.facts(),
		s.images(),
		s.glyphs(),
		s.detect(),
		s.mhtml(),
		s.pdf(),
	)
}

// pieceSize is how much text comes from the page at once, in UTF-16 units: a
// page can hold more than this program should.
const pieceSize = 2 << 20

type piece struct {
	Text string `json:"text"`
	End  int    `json:"end"`
	More bool   `json:"more"`
}

// pieceReader reads what a script takes from the page.
type pieceReader struct {
	page   *page
	script string
	text   string // that came and isn't read yet
	at     int
	last   bool // it was the last piece
}

// Read implements [io.Reader].
func (r *pieceReader) Read(b []byte) (int, error) {
	for r.text == "" {
		if r.last {
			return 0, io.EOF
		}
		p, err := run[piece](r.page, stepTimeout, r.script, r.at, pieceSize)
		if err != nil {
			return 0, err
		}
		r.text, r.at, r.last = p.Text, p.End, !p.More
	}
	n := copy(b, r.text)
	r.text = r.text[n:]
	return n, nil
}

// pieces writes what a script takes from the page.
func (s *session) pieces(script, path string, kind evidence.Kind, mediaType string) error {
	return s.write(path, kind, mediaType, func(w io.Writer) error {
		_, err := io.Copy(w, &pieceReader{page: s.page, script: script})
		return err
	})
}

// mhtml takes the page as one MHTML file.
func (s *session) mhtml() error {
	ctx, cancel := s.page.bounded(2 * stepTimeout)
	defer cancel()
	res, err := chromedp.Call(ctx, cdppage.CaptureSnapshot, cdppage.CaptureSnapshotParams{Format: cdppage.CaptureSnapshotFormatMhtml})
	if err != nil {
		return fmt.Errorf("taking the MHTML: %w", err)
	}
	return s.store("page.mhtml", evidence.KindMHTML, "multipart/related", []byte(res.Data))
}

// pdfRead is how much of the PDF comes at once.
const pdfRead = 1 << 20

// pdf prints the page. It comes last, since printing lays the page out anew.
func (s *session) pdf() error {
	ctx, cancel := s.page.bounded(2 * stepTimeout)
	defer cancel()
	res, err := command(ctx, s.page, cdppage.PrintToPDF, cdppage.PrintToPDFParams{
		PrintBackground: new(true), TransferMode: cdppage.PrintToPDFTransferModeReturnAsStream,
	})
	if err != nil {
		return err
	}
	return s.write("page.pdf", evidence.KindPDF, "application/pdf", func(w io.Writer) error {
		for {
			chunk, err := chromedp.Call(ctx, cdpio.Read, cdpio.ReadParams{Handle: res.Stream, Size: pdfRead})
			if err != nil {
				return fmt.Errorf("reading the PDF: %w", err)
			}
			if err := writeAll(w, chunk.Data); err != nil || chunk.EOF {
				return err
			}
		}
	})
}

// store writes an item that is in memory.
func (s *session) store(path string, kind evidence.Kind, mediaType string, data []byte) error {
	return s.write(path, kind, mediaType, func(w io.Writer) error {
		return writeAll(w, data)
	})
}

// write writes an item. What was written before an error stays, and is listed
// like any other item.
func (s *session) write(path string, kind evidence.Kind, mediaType string, fill func(io.Writer) error) error {
	w, err := s.Store.Create(path, kind, mediaType)
	if err != nil {
		return fmt.Errorf("creating %q: %w", path, err)
	}
	err = fill(w)
	if closeErr := w.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("writing %q: %w", path, err)
	}
	return nil
}

func writeAll(w io.Writer, b []byte) error {
	_, err := w.Write(b)
	return err
}
