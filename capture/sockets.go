package capture

import (
	"encoding/json"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/target"

	"pugmark/evidence"
)

// A WebSocket becomes one record of the archive, of type application/jsonl: a
// line for its handshake's request, one for the answer, and one for each frame.
//
//	{"time":…,"kind":"request","headers":[…]}
//	{"time":…,"kind":"response","status":101,"headers":[…]}
//	{"time":…,"kind":"sent","opcode":1,"payload":"…"}      text as it is, other opcodes in base64
//	{"time":…,"kind":"received","opcode":1,"payload":"…"}
//	{"time":…,"kind":"error","payload":"…"}

// socketEvent is the union of the protocol's WebSocket events.
type socketEvent struct {
	RequestID string `json:"requestId"`
	URL       string `json:"url"`
	Request   struct {
		Headers fields `json:"headers"`
	} `json:"request"`
	Response struct {
		Status  int    `json:"status"`
		Headers fields `json:"headers"`
		Opcode  int    `json:"opcode"`
		Payload string `json:"payloadData"`
	} `json:"response"`
	ErrorMessage string `json:"errorMessage"`
}

type socketLine struct {
	Time    time.Time        `json:"time"`
	Kind    string           `json:"kind"`
	Status  int              `json:"status,omitempty"`
	Headers []evidence.Field `json:"headers,omitempty"`
	Opcode  *int             `json:"opcode,omitempty"`
	Payload string           `json:"payload,omitempty"`
}

// socket takes the events of WebSockets and reports whether msg was one. The
// caller holds the recorder's lock.
func (r *recorder) socket(msg *cdproto.Message) bool {
	kind, ok := map[cdproto.MethodType]string{
		"Network.webSocketCreated":                   "",
		"Network.webSocketWillSendHandshakeRequest":  "request",
		"Network.webSocketHandshakeResponseReceived": "response",
		"Network.webSocketFrameSent":                 "sent",
		"Network.webSocketFrameReceived":             "received",
		"Network.webSocketFrameError":                "error",
		"Network.webSocketClosed":                    "",
	}[msg.Method]
	if !ok {
		return false
	}
	dispatch(msg, func(ev socketEvent) {
		switch msg.Method {
		case "Network.webSocketCreated":
			r.socketOpened(msg.SessionID, ev)
		case "Network.webSocketClosed":
			if _, x := r.lookup(ev.RequestID); x != nil {
				x.finished = true
				r.hand(x)
			}
		default:
			r.socketLine(kind, ev)
		}
	})
	return true
}

// socketOpened begins the record of a WebSocket. It doesn't count as under
// way: it may stay open as long as the page.
func (r *recorder) socketOpened(session target.SessionID, ev socketEvent) {
	x := &exchange{session: session, socket: true, body: spool{dir: r.dir}}
	x.RequestID, x.Request.URL, x.Type = ev.RequestID, ev.URL, "WebSocket"
	x.WallTime = wallTime(float64(time.Now().UnixMicro()) / 1e6)
	req, _ := r.lookup(ev.RequestID)
	req.hops = append(req.hops, x)
}

func (r *recorder) socketLine(kind string, ev socketEvent) {
	_, x := r.lookup(ev.RequestID)
	if x == nil || x.handed {
		return
	}
	line := socketLine{Time: time.Now().UTC(), Kind: kind}
	switch kind {
	case "request":
		line.Headers = ev.Request.Headers
	case "response":
		line.Status, line.Headers = ev.Response.Status, ev.Response.Headers
	case "error":
		line.Payload = ev.ErrorMessage
	default:
		line.Opcode, line.Payload = &ev.Response.Opcode, ev.Response.Payload
	}
	b, err := json.Marshal(line)
	if err == nil {
		r.write(x, append(b, '\n'))
	}
}
