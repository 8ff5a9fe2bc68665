package capture

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/security"
	"github.com/chromedp/cdproto/target"
)

// recorder follows every request of a page, its frames and its workers, and
// hands each finished exchange to the archive.
//
// Bodies are streamed: Chrome is told of each response, as it begins, to send
// the data along with its events, so that a body passes through a spool and
// never stands in memory whole. A response that ended before Chrome was told
// is asked for instead, and some are taken before the page has them: see
// [recorder.paused].
//
// Chrome tells of one request in several events, some of them late and, for a
// frame in another process, some on another session. The request's id is the
// same on all.
type recorder struct {
	t          *transport
	dir        string // for spools
	ignoreCert bool
	identity   identity
	prelude    string // a script that runs ahead of each frame's and worker's own; "" for a capture
	ledger     *ledger
	done       chan<- *exchange // finished exchanges, for the archive

	mu        sync.Mutex // guards what follows
	page      target.SessionID
	children  map[target.SessionID]bool
	services  map[target.SessionID]bool // those of them that are service workers
	frame     string                    // the main frame's id
	context   string                    // the browser context's id
	requests  map[string]*request
	inflight  int
	changed   time.Time     // when inflight last changed
	wake      chan struct{} // poked when inflight changes
	documents []*exchange   // of the main frame, redirects included, in order
	navigated int           // how many documents the main frame asked for
	closed    bool
}

// request is all that is known under one request id: an exchange for each hop
// of its redirects, and the events that came ahead of their exchange.
type request struct {
	hops      []*exchange
	sent      []extraEvent // requestWillBeSentExtraInfo, one for each hop that has one
	received  []extraEvent // responseReceivedExtraInfo, likewise
	sentUsed  int
	recvUsed  int
	streaming bool // Chrome was told to stream, and hasn't refused
	asked     bool // the answer to that is still due
	ended     bool // loadingFinished or loadingFailed came

	answer *pausedEvent // the response that was held last; nil: none was
	taken  *spool       // its body, until its exchange has it
}

// exchange is one request and what became of it.
type exchange struct {
	requestEvent
	hop      int
	session  target.SessionID // that told of it last: it has the body
	response *responseEntry
	sent     *extraEvent // what went over the wire
	received *extraEvent
	needs    bool // waits for received
	held     bool // Chrome told of the response only while it was held
	stopped  bool // the page's own player ended the loading
	finished bool
	handed   bool    // to the archive
	encoded  float64 // bytes on the wire
	arrived  int64   // bytes of the decoded body, by Chrome's count
	body     spool
	remote   string // address and port that answered; the archiver's
	missing  string // why the body isn't whole; "" if it is
	failure  *failedEvent
	document bool // of the main frame
	socket   bool // a WebSocket; the body is the record of its frames
}

func newRecorder(t *transport, dir string, l *ledger, done chan<- *exchange) *recorder {
	return &recorder{
		t: t, dir: dir, ledger: l, done: done,
		children: make(map[target.SessionID]bool),
		services: make(map[target.SessionID]bool),
		requests: make(map[string]*request),
		changed:  time.Now(),
		wake:     make(chan struct{}, 1),
	}
}

// start makes the recorder follow a page.
func (r *recorder) start(p *page) {
	r.mu.Lock()
	r.page, r.frame, r.context = p.session, string(p.frame), p.context
	r.mu.Unlock()
	r.t.handle(p.session, r.handlePage)
	r.t.handleContext(p.context, r.attach)
	r.enable(p.session)
}

// stop ends the recording. What is still under way is handed over as it is.
// Stopping again does nothing.
func (r *recorder) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	r.t.forget(r.page)
	r.t.forgetContext(r.context)
	for id := range r.children {
		r.t.forget(id)
	}
	r.closed = true
	for _, req := range r.requests {
		for _, x := range req.hops {
			if !x.finished && !x.socket {
				r.breakOff(req, x)
			}
			r.hand(x)
		}
		if req.taken != nil {
			req.taken.close()
		}
	}
	close(r.done)
}

// breakOff ends an exchange that is still under way.
func (r *recorder) breakOff(req *request, x *exchange) {
	req.heard(x)
	if !req.adopt(x) && x.missing == "" {
		x.missing = "the capture ended before the response did"
	}
}

// Buffers for bodies that Chrome keeps until they are asked for. Most are
// streamed, so these are seldom used.
const (
	totalBuffer    = 256 << 20
	resourceBuffer = 128 << 20
	postDataSize   = 8 << 20
)

// enable prepares a session: its network events, and the sessions below it.
// Nothing is awaited; Chrome runs the commands in this order before the page's.
func (r *recorder) enable(id target.SessionID) {
	total, resource, post := int64(totalBuffer), int64(resourceBuffer), int64(postDataSize)
	r.t.send(id, network.CommandEnable, network.EnableParams{
		MaxTotalBufferSize: &total, MaxResourceBufferSize: &resource, MaxPostDataSize: &post,
	}, nil)
	r.hold(id)
	r.t.send(id, network.CommandSetCacheDisabled, network.SetCacheDisabledParams{CacheDisabled: true}, nil)
	if r.ignoreCert {
		r.t.send(id, security.CommandSetIgnoreCertificateErrors, security.SetIgnoreCertificateErrorsParams{Ignore: true}, nil)
	}
	r.t.send(id, target.CommandSetAutoAttach, target.SetAutoAttachParams{
		AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: new(true),
	}, nil)
}

// handlePage is the [sessionHandler] of the page itself: chromedp sees all but
// the network events.
func (r *recorder) handlePage(msg *cdproto.Message) bool {
	if ev, ok := attached(msg); ok {
		r.attach(ev)
		return false
	}
	return r.network(msg)
}

// handleChild is the [sessionHandler] of a frame or a worker.
func (r *recorder) handleChild(msg *cdproto.Message) bool {
	if ev, ok := attached(msg); ok {
		r.attach(ev)
		return true
	}
	r.network(msg)
	return true
}

// attach takes over a frame or a worker that Chrome holds until it is told to
// go on, so that not one of its requests is missed. A window that the page
// opens is closed instead.
func (r *recorder) attach(ev attachedEvent) {
	id := target.SessionID(ev.SessionID)
	if ev.TargetInfo.Type == "page" {
		r.ledger.blocked("window", ev.TargetInfo.URL)
		r.t.send("", target.CommandCloseTarget, target.CloseTargetParams{TargetID: target.ID(ev.TargetInfo.TargetID)}, nil)
		return
	}
	r.mu.Lock()
	r.children[id] = true
	r.services[id] = ev.TargetInfo.Type == "service_worker"
	r.mu.Unlock()
	r.t.handle(id, r.handleChild)
	r.enable(id)
	r.identity.emulateIn(r.t, id)
	r.t.prepend(id, ev.TargetInfo.Type, r.prelude)
	r.t.release(id)
}

// attached decodes the event that tells of a session that Chrome opened by
// itself.
func attached(msg *cdproto.Message) (ev attachedEvent, ok bool) {
	if msg.Method != "Target.attachedToTarget" {
		return ev, false
	}
	return ev, json.Unmarshal(msg.Params, &ev) == nil
}

// network takes the Network and the Fetch events and reports whether msg was
// one.
func (r *recorder) network(msg *cdproto.Message) bool {
	if domain := msg.Method.Domain(); domain != "Network" && domain != "Fetch" {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return true
	}
	if r.socket(msg) {
		return true
	}
	switch msg.Method {
	case "Fetch.requestPaused":
		dispatch(msg, func(ev pausedEvent) { r.paused(msg.SessionID, ev) })
	case "Network.requestWillBeSent":
		dispatch(msg, func(ev requestEvent) { r.requested(msg.SessionID, ev) })
	case "Network.requestWillBeSentExtraInfo":
		dispatch(msg, r.sentExtra)
	case "Network.responseReceived":
		dispatch(msg, func(ev responseEvent) { r.responded(msg.SessionID, ev) })
	case "Network.responseReceivedExtraInfo":
		dispatch(msg, r.receivedExtra)
	case "Network.dataReceived":
		dispatch(msg, func(ev dataEvent) { r.data(msg.SessionID, ev) })
	case "Network.loadingFinished":
		dispatch(msg, func(ev finishedEvent) { r.loaded(msg.SessionID, ev) })
	case "Network.loadingFailed":
		dispatch(msg, r.failed)
	}
	return true
}

// dispatch decodes an event and hands it on. An event that doesn't decode is
// one that this program wasn't made for; its request is reported as unfinished.
func dispatch[E any](msg *cdproto.Message, f func(E)) {
	var ev E
	if json.Unmarshal(msg.Params, &ev) == nil {
		f(ev)
	}
}

// lookup returns the request of an id, and its latest hop, which is nil before
// the first.
func (r *recorder) lookup(id string) (*request, *exchange) {
	req := r.requests[id]
	if req == nil {
		req = new(request)
		r.requests[id] = req
	}
	if len(req.hops) == 0 {
		return req, nil
	}
	return req, req.hops[len(req.hops)-1]
}

func (r *recorder) requested(session target.SessionID, ev requestEvent) {
	req, last := r.lookup(ev.RequestID)
	if last != nil {
		if ev.RedirectResponse == nil {
			return // the same request, told on another session
		}
		last.response = ev.RedirectResponse
		last.needs = ev.RedirectHasExtraInfo
		r.finish(req, last)
	}
	if !archivable(ev.Request.URL) {
		delete(r.requests, ev.RequestID)
		return
	}
	x := &exchange{requestEvent: ev, hop: len(req.hops), session: session, body: spool{dir: r.dir}}
	if ev.Type == "Document" && ev.FrameID == r.frame {
		x.document = true
		r.documents = append(r.documents, x)
		if ev.RedirectResponse == nil {
			r.navigated++
		}
	}
	req.hops = append(req.hops, x)
	r.count(+1)
	r.match(req)
}

func (r *recorder) sentExtra(ev extraEvent) {
	req, _ := r.lookup(ev.RequestID)
	req.sent = append(req.sent, ev)
	r.match(req)
}

func (r *recorder) receivedExtra(ev extraEvent) {
	req, _ := r.lookup(ev.RequestID)
	req.received = append(req.received, ev)
	r.match(req)
}

// match gives the ExtraInfo events to their hops. They carry no mark of the
// hop, but come in the hops' order, one for each hop that has any.
func (r *recorder) match(req *request) {
	for _, x := range req.hops {
		if x.handed {
			continue
		}
		if x.sent == nil && req.sentUsed < len(req.sent) {
			x.sent = &req.sent[req.sentUsed]
			req.sentUsed++
		}
		if x.needs && x.received == nil && req.recvUsed < len(req.received) {
			x.received = &req.received[req.recvUsed]
			req.recvUsed++
		}
		if x.finished {
			r.handIfReady(x)
		}
	}
}

func (r *recorder) responded(session target.SessionID, ev responseEvent) {
	req, x := r.lookup(ev.RequestID)
	if x == nil || x.response != nil {
		return
	}
	x.response, x.needs, x.session = ev.Response, ev.HasExtraInfo, session
	if x.Type == "" {
		x.Type = ev.Type
	}
	r.match(req)
	if req.taken != nil {
		return
	}
	req.asked = true
	r.t.send(session, network.CommandStreamResourceContent,
		network.StreamResourceContentParams{RequestID: network.RequestID(ev.RequestID)},
		func(reply *cdproto.Message) { r.streaming(req, x, reply) })
}

// streaming takes Chrome's answer to the wish to stream: the data that had
// come before.
func (r *recorder) streaming(req *request, x *exchange, reply *cdproto.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return
	}
	req.asked = false
	var res streamResult
	if reply.Error == nil && json.Unmarshal(reply.Result, &res) == nil {
		req.streaming = true
		r.write(x, res.BufferedData)
	}
	if req.ended {
		r.complete(req, x)
	}
}

func (r *recorder) data(session target.SessionID, ev dataEvent) {
	_, x := r.lookup(ev.RequestID)
	if x == nil || x.handed {
		return
	}
	x.session = session
	x.arrived += ev.DataLength
	if r.requests[ev.RequestID].taken == nil {
		r.write(x, ev.Data)
	}
}

func (r *recorder) write(x *exchange, b []byte) {
	if _, err := x.body.Write(b); err != nil {
		x.missing = err.Error()
	}
}

func (r *recorder) loaded(session target.SessionID, ev finishedEvent) {
	req, x := r.lookup(ev.RequestID)
	if x == nil || x.finished {
		return
	}
	x.session = session
	x.encoded = ev.EncodedDataLength
	req.ended = true
	if !req.asked {
		r.complete(req, x)
	}
}

func (r *recorder) failed(ev failedEvent) {
	req, x := r.lookup(ev.RequestID)
	if x == nil || x.finished {
		return
	}
	x.failure = &ev
	req.heard(x)
	x.stopped = ev.stoppedPlaying(x)
	if !req.adopt(x) && x.response != nil && !x.stopped {
		x.missing = ev.ErrorText
	}
	req.ended = true
	r.finish(req, x)
}

// stoppedPlaying reports whether the page's own player ended the loading, and
// all that the server had sent until then is here: it goes on where it needs to
// with another request.
func (ev *failedEvent) stoppedPlaying(x *exchange) bool {
	return ev.Canceled && x.Type == "Media" && x.arrived > 0 && x.body.size == x.arrived
}

// complete ends an exchange whose loading has finished, once its body is
// there: what was streamed, else what Chrome has kept. It keeps what a document
// is made of, such as pictures and scripts, and doesn't stream that.
func (r *recorder) complete(req *request, x *exchange) {
	if x.finished {
		return
	}
	if req.adopt(x) || req.streaming && x.body.size == x.arrived {
		r.finish(req, x)
		return
	}
	r.t.send(x.session, network.CommandGetResponseBody,
		network.GetResponseBodyParams{RequestID: network.RequestID(x.RequestID)},
		func(reply *cdproto.Message) { r.fetched(req, x, reply) })
}

// fetched takes a body that was asked for.
func (r *recorder) fetched(req *request, x *exchange, reply *cdproto.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || x.finished {
		return
	}
	var res bodyResult
	switch {
	case reply.Error == nil && json.Unmarshal(reply.Result, &res) == nil:
		body, _ := res.bytes() // of what doesn't decode, the part that does
		x.body.close()
		x.body = spool{dir: r.dir}
		r.write(x, body)
		if !res.Base64Encoded && x.arrived > 0 && x.body.size != x.arrived {
			x.missing = fmt.Sprintf("the browser gave %d bytes of decoded text for a body of %d bytes", x.body.size, x.arrived)
		}
	case x.arrived > 0:
		x.missing = reply.Error.Message
	}
	r.finish(req, x)
}

// finish ends an exchange. It is handed over when the last event about it has
// come.
func (r *recorder) finish(req *request, x *exchange) {
	x.finished = true
	r.count(-1)
	r.match(req)
	r.handIfReady(x)
}

func (r *recorder) handIfReady(x *exchange) {
	if !x.needs || x.sent != nil && x.received != nil {
		r.hand(x)
	}
}

// hand hands an exchange to the archive. It blocks while the archive is
// behind, and Chrome waits meanwhile.
func (r *recorder) hand(x *exchange) {
	if x.handed {
		return
	}
	x.handed = true
	r.done <- x
}

// count notes that a request began or ended.
func (r *recorder) count(n int) {
	r.inflight += n
	r.changed = time.Now()
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// document returns the exchanges of the main frame's documents, and how many
// of them were asked for anew rather than redirected to.
func (r *recorder) document() ([]*exchange, int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*exchange(nil), r.documents...), r.navigated
}

// archivable reports whether an address is one of the network. What a page
// carries within itself, such as data: and blob:, is in its document.
func archivable(address string) bool {
	return strings.HasPrefix(address, "http://") || strings.HasPrefix(address, "https://")
}
