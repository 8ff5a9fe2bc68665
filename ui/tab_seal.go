package ui

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/evidence/custody"
)

// sealTab shows between which times the capture was made, by what it is sealed,
// and who can verify what. It verifies the capture.
type sealTab struct {
	lazyTab
	verifying slot

	verify  *widget.Button
	stop    *widget.Button // shown while verification goes on
	bar     *widget.ProgressBar
	outcome *fyne.Container // what verification came to
	head    *fyne.Container
	body    *fyne.Container
	subject subject

	// verified is called with what a verification came to.
	verified func(subject, checked)
}

func newSealTab(w *worker, verified func(subject, checked)) *sealTab {
	t := &sealTab{verified: verified, lazyTab: newLazyTab(w), bar: widget.NewProgressBar(), outcome: container.NewStack(), body: container.NewStack()}
	t.verify = widget.NewButtonWithIcon(tr("Verify this capture"), theme.ConfirmIcon(), t.verifyNow)
	t.verify.Importance = widget.HighImportance
	t.stop = widget.NewButton(tr("Stop"), t.rest)
	bar := container.NewBorder(nil, nil, t.verify, t.stop, container.NewPadded(t.bar))
	t.head = container.NewBorder(container.NewPadded(bar), nil, nil, nil, t.outcome)
	t.rest()
	return t
}

// rest stops a verification.
func (t *sealTab) rest() {
	t.verifying.stop()
	t.bar.Hide()
	t.stop.Hide()
	t.verify.Enable()
}

func (t *sealTab) leave() {
	t.rest()
	t.lazyTab.leave()
	t.outcome.RemoveAll()
	t.subject = subject{}
}

// sealed is what is known of a capture's seal.
type sealing struct {
	seal     *evidence.Seal
	fence    *evidence.Fence
	findings []evidence.Finding // in the responses of authorities
	keys     evidence.KeyRing
	asked    bool // the vault has an authority
}

func (t *sealTab) open(s subject) {
	t.subject = s
	t.verify.SetText(verifyText(s))
	fill(&t.lazyTab, s, "seal",
		func(ctx context.Context) (sealing, error) { return readSealing(ctx, s) },
		func(r sealing) {
			swap(t.body, newGroupsView(sealGroups(s, r)))
			swap(t.content, container.NewBorder(t.head, nil, nil, nil, t.body))
		})
}

// verifyText says what can be verified: of an imported bundle only all of it.
func verifyText(s subject) string {
	if s.origin != nil {
		return tr("Verify all of this bundle")
	}
	return tr("Verify this capture")
}

func readSealing(ctx context.Context, s subject) (r sealing, err error) {
	trust, err := s.trust(ctx)
	if err != nil {
		return r, err
	}
	r.keys = trust.Keys
	if s.origin == nil {
		authorities, err := s.vault.Authorities(ctx)
		if err != nil {
			return r, err
		}
		r.asked = len(authorities) > 0
	}
	if r.seal = s.opened.seal; r.seal == nil {
		if r.seal, err = s.capture.Seal(); err != nil {
			return r, err
		}
	}
	r.fence, r.findings, err = evidence.ReadFenceFS(s.opened.files, s.manifest, r.seal, trust)
	return r, err
}

// trust returns what the vault trusts: nothing where there is none.
func (s subject) trust(ctx context.Context) (evidence.Trust, error) {
	if s.vault == nil {
		return evidence.Trust{}, nil
	}
	return s.vault.Trust(ctx)
}

// sealGroups says what the seal proves, and to whom.
func sealGroups(s subject, r sealing) []group {
	groups := append([]group{fenceGroup(s.manifest, r)}, findingGroups(r.findings)...)
	return append(groups, sealGroup(s, r), provesGroup(r), checkpointGroup(r.seal))
}

// fenceGroup says between which times the capture was made.
func fenceGroup(m *evidence.Manifest, r sealing) group {
	g := group{name: "When it was made"}
	f := r.fence
	if f.NotBefore == nil && f.NotAfter == nil {
		g.rows = append(g.rows, field{
			name: tr("By authorities"), tone: widget.WarningImportance,
			lines: []string{tr("No time-stamp authority vouches for the time. Only this machine's clock says so, and a clock can be set.")},
		})
	}
	g.rows = append(g.rows, momentField("Not before", f.NotBefore, tr("no timestamp by an authority")),
		momentField("Not after", f.NotAfter, pendingText(r.asked)))
	g.addTime("Clock at the start", &m.Time.Started)
	g.addTime("Clock at the end", &m.Time.Finished)
	g.addTime("Server's own date", m.Target.ServerDate)
	for _, a := range f.Responses {
		notes := []string{a.Path}
		if a.Root != "" && a.Root != a.Authority {
			notes = append(notes, trf("under %s", a.Root))
		}
		g.rows = append(g.rows, field{name: tr("Response"), lines: append([]string{a.Authority}, bothTimes(a.GenTime)...), notes: notes})
	}
	return g
}

func pendingText(asked bool) string {
	if asked {
		return tr("pending: no timestamp by an authority yet")
	}
	return tr("no timestamp by an authority")
}

func momentField(name string, m *evidence.Moment, otherwise string) field {
	if m == nil {
		return field{name: tr(name), lines: []string{otherwise}, tone: widget.WarningImportance}
	}
	f := field{name: tr(name), lines: bothTimes(m.Time), tone: widget.SuccessImportance, notes: []string{trf("by %s, under a root that you trust", m.Authority)}}
	if !m.Trusted {
		f.tone = widget.WarningImportance
		f.notes = []string{trf("by %s, NOT under a root that you trust", m.Authority)}
	}
	return f
}

func sealGroup(s subject, r sealing) group {
	c := s.capture
	g := group{name: "Seal"}
	g.addTime("Sealed", &r.seal.Event.Time)
	g.addCopied("Manifest's digest", c.ManifestDigest.String())
	g.add("Log entry", strconv.FormatInt(r.seal.Event.Seq, 10))
	g.addCopied("Public key", r.seal.Key)
	g.rows[len(g.rows)-1].notes = []string{whoseKey(s, r)}
	g.addCopied("Capture", c.ID.String())
	place := "Folder"
	if s.origin != nil {
		place = tr("Bundle")
	}
	g.add(place, c.Dir)
	g.rows[len(g.rows)-1].copy = c.Dir
	return g
}

// whoseKey says whose the key of a seal is.
func whoseKey(s subject, r sealing) string {
	switch {
	case r.keys.Trusts(r.seal.Key):
		return tr("a key of this vault")
	case s.vault == nil:
		return trf("of vault %s, as the bundle says; with no vault open, no key is trusted", s.origin.Vault)
	case s.origin != nil:
		return trf("of vault %s, as the bundle says; none of the keys that this vault has", s.origin.Vault)
	}
	return tr("none of the keys that this vault has")
}

// provesGroup says who can verify what.
func provesGroup(r sealing) group {
	g := group{name: "Who can verify what"}
	g.add("With a bundle", tr("Anyone can verify that no item was altered since it was sealed, and who sealed it: with the public key alone, on any machine, without a network. The bundle's VERIFY.txt says how that is done with sha256sum and openssl."))
	after := tr("Nobody can verify the time: no authority has stamped this capture yet.")
	if len(r.fence.Responses) > 0 {
		after = tr("Who trusts the authority can verify, with its root certificate and openssl, that the capture was made within the times above.")
	}
	g.add("With timestamps", after)
	g.add("With the vault", tr("Who has it can verify that the whole custody log is as it was, and that no capture is missing: “Verify vault” does that."))
	g.add("Not by the seal", tr("Nobody can verify that the page told the truth, or that its address belonged to whom it seems. The certificates and the wire record help with the latter."))
	return g
}

func checkpointGroup(s *evidence.Seal) group {
	g := group{name: "Checkpoint: the signed head of the custody log"}
	if c, err := custody.ParseCheckpoint(s.Checkpoint); err == nil {
		g.add("Log's size", count(int(c.Size), "log entry"))
		g.addCopied("Log's root", c.Root.String())
		g.add("Log", c.Origin)
	}
	lines := strings.Split(strings.TrimSpace(s.Checkpoint), "\n")
	g.rows = append(g.rows, field{name: tr("Checkpoint"), lines: lines, mono: true, copy: s.Checkpoint})
	g.add("Proof", trf("%s from the log entry to the root", count(len(s.Proof), "digest")))
	return g
}

// verifyNow verifies the capture with what the vault trusts.
func (t *sealTab) verifyNow() {
	s := t.subject
	if s.manifest == nil {
		return
	}
	t.verify.Disable()
	t.bar.SetValue(0)
	t.bar.Show()
	t.stop.Show()
	start(t.work, &t.verifying, nil,
		func(ctx context.Context, j *job) (checked, error) {
			trust, err := s.trust(ctx)
			if err != nil {
				return checked{}, err
			}
			if s.origin != nil {
				return verifyImported(ctx, s, trust, coalesced(j, t.bar.SetValue))
			}
			r, err := evidence.VerifyFolder(ctx, s.capture.Dir, trust, coalesced(j, t.bar.SetValue))
			return checked{"capture", s.capture.Dir, r}, err
		},
		func(c checked, err error) {
			t.rest()
			if err != nil {
				swap(t.outcome, wrapped(problemOf(err).text()))
				return
			}
			swap(t.outcome, outcomeView(c))
			t.verified(s, c)
		})
}

// verifyImported verifies that an imported bundle is the one that was imported, and
// then the bundle itself, in which items may be withheld.
func verifyImported(ctx context.Context, s subject, trust evidence.Trust, p evidence.Progress) (checked, error) {
	done := checked{what: "bundle", path: s.origin.Path}
	if s.origin.file {
		r, err := s.opened.files.bundle.Verify(ctx, bundle.VerifyOptions{Trust: trust}, p)
		done.report = r
		return done, err
	}
	found, err := s.vault.VerifyImport(ctx, s.origin.Import, func(n, total int64) { p(n, 2*total) })
	switch {
	case err != nil:
	case found != nil:
		r := &evidence.Report{Findings: []evidence.Finding{*found}}
		done.report = r.Conclude()
	default:
		half := func(n, total int64) { p(total+n, 2*total) }
		done.report, err = s.opened.files.bundle.Verify(ctx, bundle.VerifyOptions{Trust: trust}, half)
	}
	return done, err
}

// outcomeView shows what a verification came to in a few lines, and what it
// found.
func outcomeView(c checked) fyne.CanvasObject {
	word := canvas.NewText(outcomeWord(c.report.Outcome), theme.Color(outcomeColour(c.report.Outcome)))
	word.TextStyle.Bold = true
	word.TextSize = theme.Size(theme.SizeNameSubHeadingText)
	says := widget.NewLabel(c.sentence() + " " + trf("%s, %s were hashed just now.", count(c.report.Items, "item"), bytesText(c.report.Bytes)))
	says.Wrapping = fyne.TextWrapWord
	box := container.NewVBox(container.New(layout.NewCustomPaddedLayout(4, -4, 8, 8), word), says)
	if len(c.report.Findings) > 0 {
		found := newGroupsView(findingGroups(c.report.Findings))
		found.SetMinSize(fyne.NewSize(0, 160))
		box.Add(found)
	}
	return box
}
