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

// pieces writes what a script takes from the page, piece by piece.
func (s *session) pieces(script, path string, kind evidence.Kind, mediaType string) error {
	return s.write(path, kind, mediaType, func(w io.Writer) error {
		for at := 0; ; {
			p, err := run[piece](s.page, stepTimeout, script, at, pieceSize)
			if err != nil {
				return err
			}
			if _, err := io.WriteString(w, p.Text); err != nil {
				return err
			}
			if !p.More {
				return nil
			}
			at = p.End
		}
	})
}

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
