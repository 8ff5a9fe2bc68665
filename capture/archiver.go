package capture

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"pugmark/capture/warc"
	"pugmark/evidence"
)

// archiver writes the finished exchanges into the page archive, in a goroutine
// of its own, while the page loads.
type archiver struct {
	queue    chan *exchange // closed by the recorder
	recorder *recorder      // set before the first exchange, as is remote
	remote   func(address string) string
	done     chan struct{} // closed when the queue is drained
	file     io.WriteCloser
	album    *album
	once     sync.Once

	// The writing goroutine owns what follows, until done is closed.
	archive  *warc.Archive
	err      error // sticks; the archive is then given up
	counts   evidence.Archive
	document *exchange // the latest document of the main frame; its body is kept
	problems []evidence.Problem
}

// queueLength is how many finished exchanges may wait for the archive. Their
// bodies are spooled, so they cost little; beyond it, Chrome waits.
const queueLength = 256

func (s *session) archiveOptions() warc.Options {
	return warc.Options{Software: evidence.Tool, Title: s.URL, Created: s.begun}
}

func newArchiver(store evidence.ItemStore, pictures *album, o warc.Options) (*archiver, error) {
	f, err := store.Create("archive.wacz", evidence.KindArchive, "application/wacz")
	if err != nil {
		return nil, fmt.Errorf("creating the page archive: %w", err)
	}
	w, err := warc.Create(f, o)
	if err != nil {
		f.Close()
		return nil, err
	}
	a := &archiver{file: f, archive: w, album: pictures, queue: make(chan *exchange, queueLength), done: make(chan struct{})}
	go a.run()
	return a, nil
}

// run writes until the queue is closed. After an error it only drains it, so
// that nothing waits for it.
func (a *archiver) run() {
	defer close(a.done)
	for x := range a.queue {
		if a.err == nil {
			a.err = a.add(x)
			a.album.add(x)
		}
		if x.document && x.response != nil && !isRedirect(x.response.Status) {
			a.keep(x)
			continue
		}
		x.body.close()
	}
}

// keep keeps the body of the latest document, for the item that holds it raw.
func (a *archiver) keep(x *exchange) {
	if a.document != nil {
		a.document.body.close()
	}
	a.document = x
}

func (a *archiver) add(x *exchange) error {
	if x.socket {
		a.counts.Sockets++
		return a.fault(x, a.archive.Resource(x.Request.URL, "application/jsonl", x.WallTime.time(), x.body.reader()))
	}
	if x.held || x.response != nil && x.response.RemoteIP != "" {
		x.remote = a.remote(x.Request.URL)
	}
	q := warc.Request{
		URL: x.Request.URL, Method: x.Request.Method, Started: x.WallTime.time(),
		Header: header(x.requestHeader()), Conn: x.conn(), Resource: x.Type,
		Body: x.requestBody(),
	}
	if x.response == nil {
		a.counts.Failed++
		return a.fault(x, a.archive.Failed(q, x.failureRecord()))
	}
	if reason := x.shortfall(); reason != "" {
		a.counts.Missing++
		a.problems = append(a.problems, evidence.Problem{Code: ProblemBody, Detail: reason, URL: x.Request.URL})
	}
	r := warc.Response{
		Status: x.status(), Reason: x.response.StatusText, Header: header(x.responseHeader()),
		Body: x.body.reader(), MediaType: x.response.MimeType, Truncated: x.truncation(),
	}
	a.counts.Responses++
	if x.stopped {
		a.counts.Stopped++
	}
	a.counts.Bytes += x.body.size
	return a.fault(x, a.archive.Write(q, r, x.metadata()))
}

// fault turns an error about one exchange into a problem. An error of the
// archive itself is returned.
func (a *archiver) fault(x *exchange, err error) error {
	if err == nil || a.archive.Err() != nil {
		return err
	}
	a.counts.Missing++
	a.problems = append(a.problems, evidence.Problem{Code: ProblemBody, Detail: err.Error(), URL: x.Request.URL})
	return nil
}

// finish closes the archive when all is written, and tells the session what it
// holds.
func (a *archiver) finish(s *session) error {
	<-a.done
	defer a.release()
	if a.err != nil {
		return fmt.Errorf("writing the page archive: %w", a.err)
	}
	t := s.result.Target
	_, err := a.archive.Close(warc.Page{URL: t.Final, Title: t.Title, Time: s.begun})
	if closeErr := a.closeFile(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("closing the page archive: %w", err)
	}
	s.result.Archive = &a.counts
	for _, p := range a.problems {
		s.problem(p.Code, p.Detail, p.URL)
	}
	return s.rawDocument(a.document)
}

// abandon releases what finish would have, when a capture ends before it.
func (a *archiver) abandon() {
	if a.recorder == nil {
		a.once.Do(func() { close(a.queue) })
	} else {
		a.recorder.stop()
	}
	<-a.done
	a.closeFile()
	a.release()
}

func (a *archiver) closeFile() error {
	if a.file == nil {
		return nil
	}
	err := a.file.Close()
	a.file = nil
	return err
}

func (a *archiver) release() {
	if a.document != nil {
		a.document.body.close()
	}
}

// rawDocument stores the main document as it was received, beside the
// rendered one, so that anyone can see what scripts changed.
func (s *session) rawDocument(x *exchange) error {
	if x == nil || x.missing != "" && x.body.size == 0 {
		return nil
	}
	mediaType := x.responseHeader().get("Content-Type")
	if mediaType == "" {
		mediaType = x.response.MimeType
	}
	return s.write("document"+extension(mediaType), evidence.KindDocument, mediaType, func(w io.Writer) error {
		_, err := io.Copy(w, x.body.reader())
		return err
	})
}

// extension returns a file name's ending for the kinds of document that a
// browser shows.
func extension(mediaType string) string {
	bare, _, _ := mime.ParseMediaType(mediaType)
	switch bare {
	case "text/html":
		return ".html"
	case "application/xhtml+xml":
		return ".xhtml"
	case "application/json":
		return ".json"
	case "text/plain":
		return ".txt"
	}
	return ".bin"
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func header(f fields) []warc.Field {
	out := make([]warc.Field, len(f))
	for i, field := range f {
		out[i] = warc.Field(field)
	}
	return out
}

// requestHeader returns what was sent, as far as Chrome tells.
func (x *exchange) requestHeader() fields {
	if x.sent != nil {
		return x.sent.Headers
	}
	return x.Request.Headers
}

// responseHeader returns what was received: the text on the wire where there
// was text, since it alone keeps order and repetition for certain.
func (x *exchange) responseHeader() fields {
	switch {
	case x.received != nil && x.received.HeadersText != "":
		return parseHeaderText(x.received.HeadersText)
	case x.received != nil:
		return x.received.Headers
	}
	return x.response.Headers
}

func (x *exchange) status() int {
	if x.received != nil && x.received.StatusCode != 0 {
		return x.received.StatusCode
	}
	return x.response.Status
}

// parseHeaderText splits the header of an HTTP/1 response into its fields.
func parseHeaderText(text string) fields {
	var out fields
	for line := range strings.SplitSeq(text, "\n") {
		name, value, ok := strings.Cut(strings.TrimRight(line, "\r"), ":")
		if ok && len(out) > 0 || ok && !strings.HasPrefix(line, "HTTP/") {
			out = append(out, evidence.Field{Name: strings.TrimSpace(name), Value: strings.TrimSpace(value)})
		}
	}
	return out
}

func (x *exchange) requestBody() io.ReadSeeker {
	var b strings.Builder
	for _, part := range x.Request.PostData {
		b.Write(part.Bytes)
	}
	if b.Len() == 0 {
		return nil
	}
	return strings.NewReader(b.String())
}

func (x *exchange) conn() warc.Conn {
	if x.response == nil {
		return warc.Conn{}
	}
	c := warc.Conn{Remote: x.remote, Protocol: x.response.Protocol}
	if tls := x.response.Security; tls != nil {
		c.TLS, c.Cipher = tls.Protocol, tls.Cipher
	}
	return c
}

// shortfall says in what way the body isn't whole, or "".
func (x *exchange) shortfall() string {
	if x.missing != "" {
		return x.missing
	}
	h := x.responseHeader()
	length, err := strconv.ParseInt(h.get("Content-Length"), 10, 64)
	bodiless := x.Request.Method == http.MethodHead || x.status() < 200 || isRedirect(x.status()) ||
		x.status() == http.StatusNoContent || x.status() == http.StatusNotModified
	switch encoded := h.get("Content-Encoding") != ""; {
	case bodiless || x.stopped:
	case err == nil && x.body.size < length && (!encoded || x.body.size == 0):
		return fmt.Sprintf("got %d bytes of the body, want %d", x.body.size, length)
	case x.body.size == 0 && x.encoded > float64(h.size()+headerSlack):
		return fmt.Sprintf("got nothing of the body, and %.0f bytes came", x.encoded)
	}
	return ""
}

// headerSlack is how much longer than its fields the header of a response may
// be, or its end, on the wire.
const headerSlack = 128

// size returns how many bytes the fields have on the wire, at most.
func (f fields) size() (n int) {
	for _, field := range f {
		n += len(field.Name) + len(field.Value) + len(": \r\n")
	}
	return n
}

func (x *exchange) truncation() warc.Truncation {
	switch {
	case x.stopped:
		return warc.TruncatedDisconnect
	case x.shortfall() == "":
		return ""
	case x.failure != nil:
		return warc.TruncatedDisconnect
	}
	return warc.TruncatedOther
}

func (x *exchange) failureRecord() warc.Failure {
	if x.failure == nil {
		return warc.Failure{Reason: x.missing}
	}
	return warc.Failure{
		Reason:  x.failure.ErrorText,
		Blocked: x.failure.BlockedReason != "",
		Details: map[string]any{"blocked_reason": x.failure.BlockedReason, "cancelled": x.failure.Canceled},
	}
}

// exchangeNotes is what the archive keeps of an exchange beside the messages.
type exchangeNotes struct {
	Frame         string           `json:"frame,omitempty"`
	Initiator     initiator        `json:"initiator"`
	Connection    float64          `json:"connection,omitempty"`
	Encoded       float64          `json:"encoded_bytes,omitempty"` // on the wire
	ServiceWorker bool             `json:"from_service_worker,omitempty"`
	Cache         bool             `json:"from_cache,omitempty"`
	Missing       string           `json:"missing,omitempty"`
	HeaderText    string           `json:"header_text,omitempty"` // as received
	TLS           *securityDetails `json:"tls,omitempty"`
	Timing        any              `json:"timing,omitempty"`
}

func (x *exchange) metadata() exchangeNotes {
	n := exchangeNotes{
		Frame: x.FrameID, Initiator: x.Initiator,
		Connection: x.response.ConnectionID, Encoded: x.encoded,
		ServiceWorker: x.response.FromServiceWorker,
		Cache:         x.response.FromDiskCache || x.response.FromPrefetchCache,
		Missing:       x.shortfall(), TLS: x.response.Security,
	}
	if x.received != nil {
		n.HeaderText = x.received.HeadersText
	}
	if len(x.response.Timing) > 0 {
		n.Timing = x.response.Timing
	}
	return n
}
