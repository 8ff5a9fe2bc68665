package ui

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pugmark/capture/wire"
	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// Limits of logs that are lists of JSON objects, one a line.
const (
	maxLog     = 16 << 20 // bytes
	maxRecords = 10_000
	maxPEM     = 1 << 20
	maxChain   = 20 // certificates
)

// networkTab shows the connections that the page made or wished to make, and the
// certificates of the server.
type networkTab struct {
	lazyTab
	body  *fyne.Container // connections, or requests
	other *widget.Button  // shows the other
	page  *widget.Button  // opens the archived page
	w     *Window
	read  network
	asked bool // requests are shown
}

func newNetworkTab(w *Window) *networkTab {
	t := &networkTab{lazyTab: newLazyTab(w.work), body: container.NewStack(), w: w}
	t.page = widget.NewButton(tr("Open archived page…"), w.askReplay)
	t.other = widget.NewButton("", func() {
		t.asked = !t.asked
		t.show()
	})
	return t
}

// network is what is read of a capture's connections.
type network struct {
	head         string
	connections  []record
	certificates []group

	requestsHead string
	requests     []record
}

func (t *networkTab) open(s subject) {
	fill(&t.lazyTab, s, "list of connections",
		func(ctx context.Context) (network, error) { return readNetwork(ctx, s) },
		func(n network) {
			t.read = n
			t.show()
			swap(t.content, t.body)
		})
}

// show lists connections or requests.
func (t *networkTab) show() {
	head, view := t.read.head, newRecordsView(t.read.connections, clockWidth, t.read.certificates...)
	t.other.SetText(tr("Requests"))
	if t.asked {
		head, view = t.read.requestsHead, newRecordsView(t.read.requests, clockWidth)
		t.other.SetText(tr("Connections"))
	}
	t.follow()
	bar := container.NewVBox(tabHead(head), container.NewHBox(t.page, t.other))
	swap(t.body, container.NewBorder(bar, nil, nil, nil, view.object))
}

// follow lets one open the archived page unless one is open.
func (t *networkTab) follow() { setButton(t.page, !t.w.replaying.open()) }

func readNetwork(ctx context.Context, s subject) (n network, err error) {
	b, cut, err := readKind(ctx, s, evidence.KindConnections, maxLog)
	if err != nil {
		return n, err
	}
	var all tally
	lines := readLines(b, cut, connectionRecord(s.manifest, &all))
	n.connections = lines.records
	n.head = trf("%s · digest matches", all.text()+lines.text())
	if n.certificates, err = readCertificates(ctx, s); err != nil {
		return n, err
	}
	n.requestsHead, n.requests = readRequests(ctx, s)
	return n, ctx.Err()
}

// recordLines is what was read of a log.
type recordLines struct {
	records   []record
	malformed int
	more      bool // there are more than are shown
}

// readLines reads JSON objects, one a line. A line that can't be read is listed
// as it is.
func readLines(b []byte, cut bool, read func(line []byte) (record, error)) (out recordLines) {
	out.more = cut
	for line := range bytes.Lines(b) {
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			continue
		}
		if len(out.records) == maxRecords {
			out.more = true
			break
		}
		r, err := read(line)
		if err != nil {
			out.malformed++
			r = record{what: tr("This line can't be read"), text: cutText(string(line), lineLimit), tone: widget.DangerImportance}
			g := group{name: "A line that can't be read"}
			g.add("Why", err.Error())
			g.add("What it is", cutText(string(line), valueLimit))
			r.groups = []group{g}
		}
		out.records = append(out.records, r)
	}
	return out
}

// text says what isn't shown.
func (l recordLines) text() (s string) {
	if l.malformed > 0 {
		s += " · " + trf("%s can't be read", count(l.malformed, "line"))
	}
	if l.more {
		s += " · " + trf("only the first %s are shown", grouped(int64(len(l.records))))
	}
	return s
}

// tally sums connections up.
type tally struct {
	made, refused  int
	sent, received int64
}

func (t tally) text() string {
	s := trf("%s made, %s sent, %s received", count(t.made, "connection"), bytesText(t.sent), bytesText(t.received))
	if t.refused > 0 {
		s += ", " + trf("%s not made", grouped(int64(t.refused)))
	}
	return s
}

// outcomes say how a connection ended.
var outcomes = map[wire.Outcome]string{
	wire.Passed: "Made", wire.Refused: "Refused by Pugmark", wire.Unresolved: "Not made: the name has no address",
	wire.Unreachable: "Not made: nobody answered", wire.Broken: "Made, and broke", wire.Limited: "Made, and cut at a limit",
}

// connectionRecord reads the lines of connections.jsonl.
func connectionRecord(m *evidence.Manifest, all *tally) func([]byte) (record, error) {
	return func(line []byte) (record, error) {
		var c wire.Connection
		if err := json.Unmarshal(line, &c); err != nil {
			return record{}, err
		}
		made := c.Outcome == wire.Passed || c.Outcome == wire.Broken || c.Outcome == wire.Limited
		r := record{when: clockText(c.Time), also: sinceText(m.Time.Started, c.Time), what: net.JoinHostPort(c.Host, strconv.Itoa(c.Port))}
		if made {
			all.made++
			all.sent, all.received = all.sent+max(c.Sent, 0), all.received+max(c.Received, 0)
			r.text = remoteText(c) + " · ↑ " + bytesText(c.Sent) + " · ↓ " + bytesText(c.Received)
		} else {
			all.refused++
			r.tone = widget.WarningImportance
			r.text = outcomeText(c.Outcome) + ": " + c.Error
		}
		r.groups = []group{connectionGroup(c, servedText(m, c))}
		return r, nil
	}
}

func outcomeText(o wire.Outcome) string {
	if text, ok := outcomes[o]; ok {
		return tr(text)
	}
	return string(o)
}

func remoteText(c wire.Connection) string {
	if c.Remote == nil {
		return trf("through %s", c.Proxy)
	}
	return c.Remote.String()
}

// servedText says what is known of the protocol: only that of the document is.
func servedText(m *evidence.Manifest, c wire.Connection) string {
	if c.Remote == nil || c.Remote.String() != m.Target.Remote {
		return ""
	}
	text := tr("the page's document came from this address")
	if m.Target.Protocol != "" {
		text += ", " + trf("by %s", m.Target.Protocol)
	}
	if m.TLS != nil {
		text += ", " + trf("over %s", m.TLS.Protocol+", "+m.TLS.Cipher)
	}
	return text
}

func connectionGroup(c wire.Connection, served string) group {
	g := group{name: "Connection"}
	g.add("Outcome", outcomeText(c.Outcome), c.Error)
	g.add("Asked for", net.JoinHostPort(c.Host, strconv.Itoa(c.Port)))
	g.addTime("Time", &c.Time)
	var answers []string
	for _, a := range c.Answers {
		answers = append(answers, a.String())
	}
	g.add("Resolved to", strings.Join(answers, ", "))
	if c.Remote != nil {
		g.add("Address dialled", c.Remote.String(), trf("%s network", wire.NetworkOf(c.Remote.Addr())))
	}
	g.add("Through proxy", c.Proxy)
	g.add("Document", served)
	g.add("Sent", bytesText(c.Sent))
	g.add("Received", bytesText(c.Received))
	g.add("Took", trf("%.0f ms to resolve, %.0f ms to dial, %.0f ms open", c.Resolved, c.Dialled, c.Duration))
	return g
}

// clockText returns a time of day on the reviewer's clock.
func clockText(t time.Time) string { return t.Local().Format("15:04:05.000") }

// sinceText returns how long after the start of the capture a time is.
func sinceText(start, t time.Time) string {
	if start.IsZero() || t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%+.3f s", t.Sub(start).Seconds())
}

// readCertificates describes the certificates that the server of the document
// sent.
func readCertificates(ctx context.Context, s subject) ([]group, error) {
	if _, ok := s.manifest.Find(evidence.KindCertificates); !ok {
		g := group{name: "Certificates"}
		why := "The document came without TLS, so the server showed no certificate."
		if s.manifest.TLS != nil {
			why = "The certificates were not obtained. The manifest says what the browser made of them."
		}
		g.add("None", tr(why))
		return []group{g}, nil
	}
	b, _, err := readKind(ctx, s, evidence.KindCertificates, maxPEM)
	if err != nil {
		return nil, err
	}
	return append([]group{judgedGroup(s.manifest.TLS)}, certificateGroups(b)...), nil
}

// judgedGroup says what the browser made of the certificates.
func judgedGroup(t *evidence.TLS) group {
	g := group{name: "The server's certificates"}
	switch {
	case t == nil:
	case t.Valid:
		g.add("The browser's judgement", tr("valid for this site when the page was captured"))
	default:
		g.add("The browser's judgement", trf("not valid: %s", t.Error))
		g.rows[0].tone = widget.DangerImportance
	}
	g.add("From", tr("the connection that served the document"))
	return g
}

func certificateGroups(b []byte) (out []group) {
	for i := 0; i < maxChain; i++ {
		var block *pem.Block
		if block, b = pem.Decode(b); block == nil {
			break
		}
		g := group{name: tr("Certificate") + " " + strconv.Itoa(i+1)}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			g.add("Can't be read", err.Error())
		} else {
			addCertificate(&g, c)
		}
		g.addCopied("SHA-256", canon.Sum(block.Bytes).String())
		out = append(out, g)
	}
	return out
}

func addCertificate(g *group, c *x509.Certificate) {
	g.add("Subject", c.Subject.String())
	g.add("Issuer", c.Issuer.String())
	g.add("Names", strings.Join(c.DNSNames, ", "))
	g.addTime("Valid from", &c.NotBefore)
	g.addTime("Valid until", &c.NotAfter)
	g.addMono("Serial number", c.SerialNumber.Text(16))
}
