package capture

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto"
	cdpfetch "github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/target"

	"pugmark/evidence"
)

// Chrome does not tell all by its Network events: of a script or a style sheet
// it gives the decoded text, without its byte order mark and in another
// encoding; of one that the server refused, or a picture that it can't draw,
// nothing; and what a service worker stores passes by unseen. So each response
// is held as it begins, and where that can be so, its body is taken there, byte
// for byte, before the page has it.

// maxTaken is the longest body that is taken while its response is held; a
// longer one is streamed.
const maxTaken = 8 << 20

// pausedEvent tells of a response that Chrome holds.
type pausedEvent struct {
	RequestID string `json:"requestId"`
	NetworkID string `json:"networkId"`
	Request   struct {
		URL    string `json:"url"`
		Method string `json:"method"`
	} `json:"request"`
	Type       string           `json:"resourceType"`
	Error      string           `json:"responseErrorReason"`
	Status     int              `json:"responseStatusCode"`
	StatusText string           `json:"responseStatusText"`
	Headers    []evidence.Field `json:"responseHeaders"`
}

// hold makes Chrome hold each response of a session.
func (r *recorder) hold(id target.SessionID) {
	r.t.send(id, cdpfetch.CommandEnable, cdpfetch.EnableParams{
		Patterns: []*cdpfetch.RequestPattern{{URLPattern: "*", RequestStage: cdpfetch.RequestStageResponse}},
	}, nil)
}

// paused takes the body of a response that is held, or lets it go on.
func (r *recorder) paused(session target.SessionID, ev pausedEvent) {
	if ev.answered() {
		req, _ := r.lookup(ev.NetworkID)
		req.answer = &ev
	}
	if !ev.answered() || !r.takes(session, ev) {
		r.proceed(session, ev)
		return
	}
	r.t.send(session, cdpfetch.CommandGetResponseBody, cdpfetch.GetResponseBodyParams{RequestID: cdpfetch.RequestID(ev.RequestID)},
		func(reply *cdproto.Message) {
			r.took(ev, reply)
			r.proceed(session, ev)
		})
}

func (r *recorder) proceed(session target.SessionID, ev pausedEvent) {
	r.t.send(session, cdpfetch.CommandContinueRequest, cdpfetch.ContinueRequestParams{RequestID: cdpfetch.RequestID(ev.RequestID)}, nil)
}

// answered reports whether the server has answered, and not with a redirect.
func (ev *pausedEvent) answered() bool {
	return ev.NetworkID != "" && ev.Error == "" && ev.Status >= 200 && !isRedirect(ev.Status)
}

// takes reports whether the body is taken while the response is held. Chrome
// has the whole body before it gives it, so what a page wants as it comes, or
// may have no end, isn't taken.
func (r *recorder) takes(session target.SessionID, ev pausedEvent) bool {
	if ev.Request.Method == http.MethodHead || ev.Status == http.StatusNoContent || ev.Status == http.StatusNotModified {
		return false
	}
	length, err := strconv.ParseInt(fields(ev.Headers).get("Content-Length"), 10, 64)
	known := err == nil
	if known && (length == 0 || length > maxTaken) {
		return false
	}
	switch ev.Type {
	case "Script", "Stylesheet", "Manifest", "TextTrack", "Other":
		return true
	case "Image", "Font":
		return known || ev.Status >= 400
	case "Fetch", "XHR":
		return r.services[session] && (known || isDocument(fields(ev.Headers).get("Content-Type")))
	}
	return false
}

// isDocument reports whether a media type is of text that has an end.
func isDocument(mediaType string) bool {
	return strings.HasPrefix(mediaType, "text/") && !strings.HasPrefix(mediaType, "text/event-stream") ||
		strings.Contains(mediaType, "javascript") || strings.Contains(mediaType, "json")
}

// took takes the body that Chrome gave. If it gave none, the body is had as
// that of any other response.
func (r *recorder) took(ev pausedEvent, reply *cdproto.Message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var res bodyResult
	if r.closed || reply.Error != nil || json.Unmarshal(reply.Result, &res) != nil {
		return
	}
	body, err := res.bytes()
	if err != nil {
		return
	}
	s := &spool{dir: r.dir}
	if _, err := s.Write(body); err != nil {
		s.close()
		return
	}
	req, _ := r.lookup(ev.NetworkID)
	req.taken = s
}

// adopt gives an exchange the body that was taken while its response was held,
// and reports whether there was one.
func (req *request) adopt(x *exchange) bool {
	if req.taken == nil {
		return false
	}
	x.body.close()
	x.body, req.taken = *req.taken, nil
	return true
}

// heard gives an exchange the response that Chrome held and never told of
// otherwise, as with a style sheet that the server refused.
func (req *request) heard(x *exchange) {
	if x.response != nil || req.answer == nil {
		return
	}
	h := fields(req.answer.Headers)
	bare, _, _ := strings.Cut(h.get("Content-Type"), ";")
	x.response = &responseEntry{
		URL: req.answer.Request.URL, Status: req.answer.Status, StatusText: req.answer.StatusText,
		Headers: h, MimeType: strings.TrimSpace(bare),
	}
	x.held = true
	x.needs = len(req.received) > req.recvUsed
}
