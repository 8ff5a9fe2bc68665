package replay

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"golang.org/x/net/websocket"

	"pugmark/capture/warc"
)

// socketLine is a line of the record of a WebSocket that matters here.
type socketLine struct {
	Time    time.Time `json:"time"`
	Kind    string    `json:"kind"`
	Opcode  int       `json:"opcode"`
	Payload string    `json:"payload"` // in base64 unless it is text
}

// The kinds of frames that are sent again (RFC 6455, section 5.2).
const (
	textFrame   = 1
	binaryFrame = 2
)

// maxLine bounds a line of the record.
const maxLine = 64 << 20

// serveSocket plays the frames that a WebSocket received, if they are in the
// archive.
func (g *gate) serveSocket(w http.ResponseWriter, r *http.Request, e *Event) {
	e.URL = "ws" + strings.TrimPrefix(e.URL, "http")
	e.Destination, e.Rule = "websocket", Absent
	rec, ok := g.matcher.socket(e.URL)
	if !ok {
		g.lack(w, r, e)
		g.tally.add(*e)
		return
	}
	e.Rule, e.Record, e.RecordTime, e.Status = Exact, rec.URL, rec.Time, http.StatusSwitchingProtocols
	g.tally.add(*e)
	server := websocket.Server{Handshake: firstProtocol, Handler: func(c *websocket.Conn) { g.play(c, rec) }}
	server.ServeHTTP(w, r)
}

// firstProtocol takes the first of the protocols that a page offers.
func firstProtocol(c *websocket.Config, _ *http.Request) error {
	c.Protocol = c.Protocol[:min(1, len(c.Protocol))]
	return nil
}

// play sends the frames at the pace at which they came, and then stays open, as
// the capture's did, until the page closes.
func (g *gate) play(c *websocket.Conn, rec warc.Record) {
	s, err := g.archive.Open(rec)
	if err != nil {
		return
	}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = io.Copy(io.Discard, c) // what the page sends
	}()
	begun := time.Now()
	lines := bufio.NewScanner(s.Body)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var line socketLine
		if json.NewDecoder(bytes.NewReader(lines.Bytes())).Decode(&line) != nil || line.Kind != "received" {
			continue
		}
		due := time.NewTimer(line.Time.Sub(rec.Time) - time.Since(begun))
		select {
		case <-due.C:
		case <-gone:
			return
		case <-g.ctx.Done():
			return
		}
		if sendFrame(c, line) != nil {
			return
		}
	}
	select {
	case <-gone:
	case <-g.ctx.Done():
	}
}

func sendFrame(c *websocket.Conn, line socketLine) error {
	switch line.Opcode {
	case textFrame:
		return websocket.Message.Send(c, line.Payload)
	case binaryFrame:
		b, err := base64.StdEncoding.DecodeString(line.Payload)
		if err != nil {
			return err
		}
		return websocket.Message.Send(c, b)
	}
	return nil
}
