package capture

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdpio "github.com/chromedp/cdproto/io"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// printTimeout bounds how long a document may take to load, and to print.
const printTimeout = 10 * time.Minute

// Print prints a document of ours to a PDF: the file index.html of a file system,
// with what that refers to beside it. Paper and margins are those of its style.
// The PDF is tagged, its headings are bookmarks, and its title and language are
// those of the document. A draft, which shows only what is on which page, has
// neither tags nor bookmarks, and is made faster.
//
// The document is served on loopback, from under a path that nobody can guess,
// by a server that is also the proxy of the tab: whatever the tab asks for, it
// gets a file of the file system or nothing. It reaches neither the network nor the
// disk, as a document opened from a file could. Scripts don't run.
func (b *Browser) Print(ctx context.Context, files fs.FS, draft bool, w io.Writer) error {
	s, err := serveDocument(files)
	if err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	err = b.print(ctx, s, draft, w)
	if closeErr := s.close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("printing: %w", err)
	}
	return nil
}

func (b *Browser) print(ctx context.Context, s *documentServer, draft bool, w io.Writer) error {
	isolated := chromedp.WithNewBrowserContext(func(p *target.CreateBrowserContextParams) {
		p.ProxyServer, p.ProxyBypassList = s.proxy(), noBypass
	})
	tab, closeTab := chromedp.NewContext(b.ctx, isolated)
	defer closeTab()
	tab, cancel := context.WithTimeout(tab, printTimeout)
	defer cancel()
	defer context.AfterFunc(ctx, cancel)()
	err := openDocument(tab, s.address())
	if err == nil {
		err = s.failed()
	}
	if err == nil {
		err = printDocument(tab, draft, w)
	}
	if cause := context.Cause(ctx); err != nil && cause != nil {
		return cause
	}
	return err
}

// openDocument opens a document in a tab, and waits until all of it is there.
func openDocument(tab context.Context, address string) error {
	if err := chromedp.Do(tab); err != nil {
		return err
	}
	loaded := make(chan struct{})
	var once sync.Once
	err := chromedp.Listen(tab, func(ev any) {
		if _, ok := ev.(*cdppage.EventLoadEventFired); ok {
			once.Do(func() { close(loaded) })
		}
	})
	if err != nil {
		return err
	}
	if _, err := chromedp.Call(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		return err
	}
	res, err := chromedp.Call(tab, cdppage.Navigate, cdppage.NavigateParams{URL: address})
	switch {
	case err != nil:
		return err
	case res.ErrorText != "":
		return fmt.Errorf("opening the document: %s", res.ErrorText)
	}
	select {
	case <-loaded:
		return nil
	case <-tab.Done():
		return context.Cause(tab)
	}
}

// printDocument prints what a tab shows. The PDF comes piece by piece.
func printDocument(tab context.Context, draft bool, w io.Writer) error {
	res, err := chromedp.Call(tab, cdppage.PrintToPDF, cdppage.PrintToPDFParams{
		PrintBackground: new(true), PreferCSSPageSize: new(true), GenerateTaggedPDF: new(!draft), GenerateDocumentOutline: new(!draft),
		TransferMode: cdppage.PrintToPDFTransferModeReturnAsStream,
	})
	if err != nil {
		return err
	}
	for {
		chunk, err := chromedp.Call(tab, cdpio.Read, cdpio.ReadParams{Handle: res.Stream, Size: pdfRead})
		if err != nil {
			return fmt.Errorf("reading the PDF: %w", err)
		}
		if err := writeAll(w, chunk.Data); err != nil || chunk.EOF {
			return err
		}
	}
}

// documentServer serves the files of a document to one tab.
type documentServer struct {
	listener net.Listener
	server   *http.Server
	secret   string
	files    http.Handler
	stopped  chan error

	mu  sync.Mutex
	err error // guarded by mu; the first that a request ended with
}

func serveDocument(files fs.FS) (*documentServer, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &documentServer{listener: l, secret: rand.Text(), stopped: make(chan error, 1)}
	s.files = http.StripPrefix("/"+s.secret, http.FileServerFS(files))
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: stepTimeout}
	go func() { s.stopped <- s.server.Serve(l) }()
	return s, nil
}

func (s *documentServer) proxy() string { return "http://" + s.listener.Addr().String() }

// address returns where the document is. A server of files has index.html at
// the folder's own address.
func (s *documentServer) address() string { return s.proxy() + "/" + s.secret + "/" }

// ServeHTTP implements [http.Handler]. As a proxy it is asked for a whole address.
func (s *documentServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	own := r.Host == s.listener.Addr().String() && (r.URL.Host == "" || r.URL.Host == r.Host)
	if !own || r.Method != http.MethodGet || !strings.HasPrefix(r.URL.Path, "/"+s.secret+"/") {
		http.Error(w, "not here", http.StatusForbidden)
		return
	}
	answer := &answered{ResponseWriter: w}
	s.files.ServeHTTP(answer, r)
	if answer.status >= http.StatusBadRequest {
		s.fail(fmt.Errorf("%q of the document: status %d", strings.TrimPrefix(r.URL.Path, "/"+s.secret), answer.status))
	}
}

// answered notes the status of an answer.
type answered struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements [http.ResponseWriter].
func (a *answered) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

func (s *documentServer) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}

// failed returns why a file of the document could not be had: without it the
// document would be printed with a hole.
func (s *documentServer) failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

func (s *documentServer) close() error {
	err := s.server.Close()
	if e := <-s.stopped; !errors.Is(e, http.ErrServerClosed) {
		err = errors.Join(err, e)
	}
	return err
}
