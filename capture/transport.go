package capture

import (
	"context"
	"fmt"
	"sync"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// firstOwnID keeps the ids of our commands apart from chromedp's, which count
// from 1. Chrome takes an id of 31 bits.
const firstOwnID = 1 << 30

// transport stands between chromedp and Chrome. chromedp knows only the
// sessions that it opened itself; a page's cross-site frames and its workers
// are sessions too, which Chrome opens by itself, and their network events
// belong in the archive as well. transport hands the messages of such sessions,
// and every Network event, to the [sessionHandler] that owns them, in the order
// in which Chrome sent them, and lets everything else through.
//
// A handler runs in the loop that reads from Chrome: while it is busy Chrome
// waits, so nothing has to be queued in memory.
type transport struct {
	chromedp.Transport

	mu       sync.Mutex // guards what follows
	nextID   int64
	replies  map[int64]func(*cdproto.Message)
	handlers map[target.SessionID]sessionHandler
	contexts map[string]func(attachedEvent) // by browser context
	lost     bool

	out  chan *cdproto.Message // commands to send, so that a handler never blocks on Chrome
	done chan struct{}
	once sync.Once
}

// sessionHandler receives the messages of the sessions that it owns. It
// reports whether it consumed the message, so that chromedp doesn't see it.
type sessionHandler func(msg *cdproto.Message) bool

func newTransport(inner chromedp.Transport) *transport {
	t := &transport{
		Transport: inner,
		nextID:    firstOwnID,
		replies:   make(map[int64]func(*cdproto.Message)),
		handlers:  make(map[target.SessionID]sessionHandler),
		contexts:  make(map[string]func(attachedEvent)),
		out:       make(chan *cdproto.Message, 4096),
		done:      make(chan struct{}),
	}
	go t.write()
	t.handle("", t.handleBrowser)
	return t
}

// watchSharedWorkers makes Chrome hold each shared worker until it is released:
// it belongs to no page, so that only the browser's own session tells of it.
func (t *transport) watchSharedWorkers() error {
	return t.send("", target.CommandSetAutoAttach, target.SetAutoAttachParams{
		AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: new(true),
		Filter: target.Filter{{Type: "shared_worker"}, {Exclude: true}},
	}, nil)
}

// handleBrowser is the [sessionHandler] of the browser's own session: it hands
// a shared worker to the capture of its browser context.
func (t *transport) handleBrowser(msg *cdproto.Message) bool {
	ev, ok := attached(msg)
	if !ok || ev.TargetInfo.Type != "shared_worker" {
		return false
	}
	t.mu.Lock()
	take := t.contexts[ev.TargetInfo.Context]
	t.mu.Unlock()
	if take == nil {
		t.release(target.SessionID(ev.SessionID))
	} else {
		take(ev)
	}
	return true
}

// release lets what Chrome holds for us go on.
func (t *transport) release(id target.SessionID) {
	t.send(id, runtime.CommandRunIfWaitingForDebugger, nil, nil)
}

// write sends the commands of our own sessions. It ends with the transport.
func (t *transport) write() {
	for {
		select {
		case msg := <-t.out:
			if err := t.Transport.Write(context.Background(), msg); err != nil {
				return
			}
		case <-t.done:
			return
		}
	}
}

// Read implements [chromedp.Transport].
func (t *transport) Read(ctx context.Context, msg *cdproto.Message) error {
	for {
		*msg = cdproto.Message{}
		if err := t.Transport.Read(ctx, msg); err != nil {
			t.fail()
			return err
		}
		if !t.consume(msg) {
			return nil
		}
	}
}

// consume hands msg to the one that waits for it, if any.
func (t *transport) consume(msg *cdproto.Message) bool {
	t.mu.Lock()
	handler := t.handlers[msg.SessionID]
	reply, own := t.replies[msg.ID]
	delete(t.replies, msg.ID)
	t.mu.Unlock()

	if msg.ID >= firstOwnID {
		if own {
			reply(msg)
		}
		return true
	}
	return handler != nil && msg.Method != "" && handler(msg)
}

// fail answers every command that still waits: no reply will come.
func (t *transport) fail() {
	t.mu.Lock()
	replies := t.replies
	t.replies = make(map[int64]func(*cdproto.Message))
	t.lost = true
	t.mu.Unlock()
	for _, reply := range replies {
		reply(lostMessage())
	}
}

func lostMessage() *cdproto.Message {
	return &cdproto.Message{Error: &cdproto.Error{Message: "lost the connection to the browser"}}
}

// Close implements [chromedp.Transport].
func (t *transport) Close() error {
	t.once.Do(func() { close(t.done) })
	return t.Transport.Close()
}

// handle makes h receive the messages of a session.
func (t *transport) handle(id target.SessionID, h sessionHandler) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.handlers[id] = h
}

// handleContext makes take receive the shared workers of a browser context.
func (t *transport) handleContext(id string, take func(attachedEvent)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.contexts[id] = take
}

// forgetContext undoes handleContext.
func (t *transport) forgetContext(id string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.contexts, id)
}

// forget undoes handle.
func (t *transport) forget(id target.SessionID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.handlers, id)
}

// send sends a command to a session and returns. The reply, which may be an
// error, is handed to onReply in the loop that reads from Chrome, in order
// with the session's events; onReply may be nil.
func (t *transport) send(id target.SessionID, method string, params any, onReply func(*cdproto.Message)) error {
	msg := &cdproto.Message{SessionID: id, Method: cdproto.MethodType(method)}
	if params != nil {
		b, err := jsonv2.Marshal(params, chromedp.DefaultMarshalOptions)
		if err != nil {
			return fmt.Errorf("encoding %s: %w", method, err)
		}
		msg.Params = b
	}
	t.mu.Lock()
	t.nextID++
	msg.ID = t.nextID
	lost := t.lost
	if onReply != nil && !lost {
		t.replies[msg.ID] = onReply
	}
	t.mu.Unlock()
	if lost {
		return lostMessage().Error
	}
	select {
	case t.out <- msg:
		return nil
	case <-t.done:
		return lostMessage().Error
	}
}
