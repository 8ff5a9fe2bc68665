package ui

import (
	"context"
	"errors"
	"io"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"pugmark/capture"
	"pugmark/capture/replay"
	"pugmark/evidence"
	"pugmark/recorder"
	"pugmark/review"
	"pugmark/review/report"
)

// idleAfter is how long an unlocked vault stays so when nothing is done with it.
const idleAfter = 15 * time.Minute

// Recorder records pages into a vault: a [recorder.Recorder], but in tests.
type Recorder interface {
	Record(context.Context, recorder.Page) (recorder.Record, error)
	Close()
}

// Options say how the window works.
type Options struct {
	Browser capture.Options
	// Language is that of the window, by its code: "zh-Hans". Empty: the one that
	// was chosen in the window, else the system's.
	Language string
	// NewRecorder makes what records; nil: a [recorder.Recorder].
	NewRecorder func(*evidence.Vault, capture.Options) Recorder
	// MakeReport makes a report; nil: [report.Make] with the browser.
	MakeReport func(context.Context, *review.Library, *review.Case, report.Options) (*report.Result, error)
	// OpenArchive opens an archived page in a browser; nil: [replay.Open].
	OpenArchive func(context.Context, *replay.Archive, replay.Options) (Replay, error)
	// CompareArchive compares an archived page with its picture; nil: [replay.Compare].
	CompareArchive func(context.Context, *replay.Archive, replay.Options, io.Writer) (*replay.Comparison, error)
}

// session is a vault that was unlocked, to work in it. What is shown is read
// through another handle, which can't write.
type session struct {
	vault    *evidence.Vault
	recorder Recorder
}

// Close locks the vault, and ends what recorded into it.
func (s *session) Close() error {
	s.recorder.Close()
	return s.vault.Close()
}

func (w *Window) newSession(v *evidence.Vault) *session {
	if w.options.NewRecorder != nil {
		return &session{v, w.options.NewRecorder(v, w.options.Browser)}
	}
	return &session{v, recorder.New(v, w.options.Browser, nil)}
}

// unlockVault opens a vault for work.
func (w *Window) unlockVault(ctx context.Context, dir, passphrase string) (*session, error) {
	v, err := evidence.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	if err := v.Unlock(ctx, passphrase); err != nil {
		return nil, errors.Join(err, v.Close())
	}
	return w.newSession(v), nil
}

// withSession does something that needs the vault unlocked, and asks for the
// passphrase where it isn't.
func (w *Window) withSession(then func(*session)) {
	switch {
	case w.vault == nil:
		w.barred() // says why, where there is a reason to say
	case w.session != nil:
		w.touch()
		then(w.session)
	default:
		w.askPassphrase(then)
	}
}

// unlockNow unlocks the vault, for what is done with it later.
func (w *Window) unlockNow() {
	if !w.asking() {
		w.withSession(func(*session) {})
	}
}

// askPassphrase unlocks the vault.
func (w *Window) askPassphrase(then func(*session)) {
	p := widget.NewPasswordEntry()
	p.SetPlaceHolder(tr("Passphrase of the vault"))
	said := newComplaint()
	var d *dialog.CustomDialog
	unlock := widget.NewButton(tr("Unlock"), nil)
	unlock.Importance = widget.HighImportance
	try := func() {
		if unlock.Disabled() {
			return
		}
		unlock.Disable()
		said.say(tr("Opening the signing key…"), false)
		dir, text := w.vault.Dir(), p.Text
		start(w.work, &w.unlocking, nil,
			func(ctx context.Context, _ *job) (*session, error) { return w.unlockVault(ctx, dir, text) },
			func(s *session, err error) {
				unlock.Enable()
				if err != nil {
					said.say(problemOf(err).text(), true)
					w.win.Canvas().Focus(p)
					return
				}
				d.Hide()
				w.setSession(s)
				then(s)
			})
	}
	unlock.OnTapped = try
	p.OnSubmitted = func(string) { try() }
	why := wrapped(tr("Only who knows the passphrase can capture, export, or change the keys. Reviewing needs none."))
	d = dialog.NewCustomWithoutButtons(tr("Unlock the vault"), container.NewVBox(why, p, said), w.win)
	d.SetButtons([]fyne.CanvasObject{widget.NewButton(tr("Cancel"), func() { w.unlocking.stop(); d.Hide() }), unlock})
	d.Resize(fyne.NewSize(460, 0))
	d.Show()
	w.win.Canvas().Focus(p)
}

// setSession takes a vault that was unlocked.
func (w *Window) setSession(s *session) {
	w.session = s
	w.touch()
	w.showLock()
}

// touch says that the unlocked vault is in use.
func (w *Window) touch() {
	if w.idle != nil {
		w.idle.Stop()
	}
	w.idle = time.AfterFunc(idleAfter, func() { w.work.uiDo(w.lockIdle) })
}

// lockIdle locks the vault when nothing was done with it for a while.
func (w *Window) lockIdle() {
	if w.queue.busy() {
		w.touch()
		return
	}
	w.lock()
}

// lock locks the vault, unless it is at work.
func (w *Window) lock() {
	if w.session == nil || w.queue.busy() {
		return
	}
	if err := w.session.Close(); err != nil {
		fyne.LogError("locking the vault", err)
	}
	w.session = nil
	w.idle.Stop()
	w.showLock()
}

// showLock says whether the vault is unlocked.
func (w *Window) showLock() {
	switch {
	case w.reviewed != nil:
		w.lockState.SetText(tr("Reviewing a bundle: nothing is written"))
	case w.vault == nil:
		w.lockState.SetText("")
	case w.session == nil:
		w.lockState.SetText(tr("Locked: reviewing only"))
	default:
		w.lockState.SetText(tr("Unlocked"))
	}
}

// complaint is a line of a dialog that says what is wrong, or what goes on.
type complaint struct{ widget.Label }

func newComplaint() *complaint {
	c := &complaint{}
	c.Wrapping = fyne.TextWrapWord
	c.ExtendBaseWidget(c)
	c.Hide()
	return c
}

func (c *complaint) say(text string, bad bool) {
	c.Importance = widget.MediumImportance
	if bad {
		c.Importance = widget.DangerImportance
	}
	c.SetText(safe(text, valueLimit, covered))
	c.Hidden = text == ""
	c.Refresh()
}
