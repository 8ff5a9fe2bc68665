package capture

import (
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"time"

	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// ledger writes capture.log.jsonl: one JSON object a line for everything that
// the capture did, in order, and above all for what it did to the page.
//
// Each line has "time" (UTC), "kind" and the members of its kind:
//
//	step     name                 a step of the capture began
//	command  name, params         a protocol command that can change the page
//	script   name, sha256, args   a script that ran in a world of its own
//	scroll   y                    CSS pixels
//	click    what
//	dialog   type, message, accepted
//	blocked  what, url, detail    a window, a download, a connection
//	problem  code, detail, url    a check that did not hold
//	note     text
type ledger struct {
	pacer *pacer // nil for a capture; used by the session's goroutine alone

	mu     sync.Mutex // guards what follows
	w      io.WriteCloser
	err    error
	counts evidence.Interventions
}

type entry struct {
	Time     time.Time        `json:"time"`
	Kind     string           `json:"kind"`
	Name     string           `json:"name,omitempty"`
	Params   any              `json:"params,omitempty"`
	SHA256   *evidence.Digest `json:"sha256,omitempty"`
	Args     []any            `json:"args,omitempty"`
	Y        *float64         `json:"y,omitempty"`
	Type     string           `json:"type,omitempty"`
	Message  string           `json:"message,omitempty"`
	Accepted *bool            `json:"accepted,omitempty"`
	What     string           `json:"what,omitempty"`
	URL      string           `json:"url,omitempty"`
	Code     string           `json:"code,omitempty"`
	Detail   string           `json:"detail,omitempty"`
	Text     string           `json:"text,omitempty"`
}

func newLedger(store evidence.ItemStore) (*ledger, error) {
	w, err := store.Create("capture.log.jsonl", evidence.KindLog, "application/jsonl")
	if err != nil {
		return nil, fmt.Errorf("opening the capture log: %w", err)
	}
	return &ledger{w: w}, nil
}

// maxListed is how many interventions of one sort are listed; a page can ask
// for any number of dialogs. The manifest's counts go on.
const maxListed = 5000

// add writes one line. count, which may be nil, is the counter to raise.
func (l *ledger) add(e entry, count *int) {
	l.pacer.wait(e)
	l.mu.Lock()
	defer l.mu.Unlock()
	if count != nil {
		*count++
	}
	if l.err != nil || count != nil && *count > maxListed {
		return
	}
	e.Time = time.Now().UTC()
	b, err := json.Marshal(e)
	if err == nil {
		_, err = l.w.Write(append(b, '\n'))
	}
	l.err = err
}

func (l *ledger) step(name string) { l.add(entry{Kind: "step", Name: name}, nil) }

func (l *ledger) command(name string, params any) {
	l.add(entry{Kind: "command", Name: name, Params: params}, nil)
}

func (l *ledger) script(name string, source string, args []any) {
	d := canon.Sum([]byte(source))
	l.add(entry{Kind: "script", Name: name, SHA256: &d, Args: args}, &l.counts.Scripts)
}

func (l *ledger) scroll(y float64) {
	l.add(entry{Kind: "scroll", Y: &y}, &l.counts.Scrolls)
}

func (l *ledger) click(what string) {
	l.add(entry{Kind: "click", What: what}, &l.counts.Clicks)
}

func (l *ledger) dialog(kind, message, url string, accepted bool) {
	l.add(entry{Kind: "dialog", Type: kind, Message: message, URL: url, Accepted: &accepted}, &l.counts.Dialogs)
}

func (l *ledger) blocked(what, url string) { l.blockedFor(what, url, "") }

func (l *ledger) blockedFor(what, url, reason string) {
	l.add(entry{Kind: "blocked", What: what, URL: url, Detail: reason}, &l.counts.Blocked)
}

func (l *ledger) problem(p evidence.Problem) {
	l.add(entry{Kind: "problem", Code: p.Code, Detail: p.Detail, URL: p.URL}, nil)
}

func (l *ledger) note(text string) { l.add(entry{Kind: "note", Text: text}, nil) }

// close ends the log and returns its counts.
func (l *ledger) close() (evidence.Interventions, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.w.Close(); l.err == nil {
		l.err = err
	}
	if l.err != nil {
		return l.counts, fmt.Errorf("writing the capture log: %w", l.err)
	}
	return l.counts, nil
}
