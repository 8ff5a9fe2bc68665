package ui

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/evidence/custody"
)

// captureEntry is a capture of the list. It isn't changed any more, so that
// several goroutines may read it.
type captureEntry struct {
	evidence.Capture
	origin    *origin // nil for one of the vault's own
	integrity integrity

	host   string
	folded string // what is searched
	title  string // what is sorted by, folded
}

// newCaptureEntry prepares a capture for search.
func newCaptureEntry(c evidence.Capture, from *origin, i integrity) *captureEntry {
	e := &captureEntry{Capture: c, origin: from, integrity: i, host: hostOf(c), title: foldText(titleOf(c))}
	e.folded = strings.Join([]string{e.title, foldText(c.Requested), foldText(c.Final), foldText(c.Name())}, "\n")
	return e
}

// with returns the capture with what only its manifest says, of an imported one.
func (e *captureEntry) with(m *evidence.Manifest) evidence.Capture {
	c := e.Capture
	if e.origin != nil {
		c.Final, c.Problems = m.Target.Final, len(m.Problems)
	}
	return c
}

// contents is what is read of a case.
type contents struct {
	captures []*captureEntry
	title    string         // of an imported one
	reader   *bundle.Reader // of an imported one; nil for the vault's own
	checked  fileState      // of the bundle, when it was held against the log
}

// Close closes the bundle, if it is one.
func (c contents) Close() error {
	if c.reader == nil {
		return nil
	}
	return c.reader.Close()
}

// knowledge is what the window itself knows, when captures are read.
type knowledge struct {
	captures map[uuid.UUID]verification // that were verified in this window
	vaults   []verification
	checked  map[string]fileState // imported bundles that were held against the log
}

func newKnowledge() knowledge {
	return knowledge{captures: make(map[uuid.UUID]verification), checked: make(map[string]fileState)}
}

// clone returns a copy for another goroutine.
func (k knowledge) clone() knowledge {
	return knowledge{maps.Clone(k.captures), slices.Clone(k.vaults), maps.Clone(k.checked)}
}

// readContents reads a case of a vault.
func readContents(ctx context.Context, v *evidence.Vault, c caseEntry, k knowledge, p evidence.Progress) (contents, error) {
	if c.origin == nil {
		return readOwn(ctx, v, c.Ref, k)
	}
	return readImported(ctx, v, c.origin, k, p)
}

// readOwn reads a case of the vault's own.
func readOwn(ctx context.Context, v *evidence.Vault, ref string, k knowledge) (out contents, err error) {
	found, err := v.Captures(ctx, ref)
	if err != nil {
		return out, err
	}
	stamped, err := v.Stamped(ctx)
	if err != nil {
		return out, err
	}
	events, err := v.Events(ctx, custody.Filter{Action: custody.Verified})
	if err != nil {
		return out, err
	}
	known := loggedVerifications(events, v.Info().ID).with(k.captures, k.vaults)
	there := make(presence)
	for _, c := range found {
		is, err := there.has(ctx, c.Dir)
		if err != nil {
			return out, err
		}
		out.captures = append(out.captures, newCaptureEntry(c, nil, integrity{!is, stamped[c.ID], known.of(c)}))
	}
	return out, nil
}

// fileState tells whether a file was changed since it was looked at.
type fileState struct {
	size int64
	when time.Time
}

func stateOf(path string) (fileState, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return fileState{}, err
	}
	return fileState{fi.Size(), fi.ModTime()}, nil
}

// otherBundleError reports that an imported bundle is not the one that was
// imported.
type otherBundleError struct{ found evidence.Finding }

func (e *otherBundleError) Error() string { return e.found.String() }

// readImported reads an imported bundle, after it has made sure that it is the one
// that was imported. Of one that the window has looked at, it is enough that its
// file is as it was then.
func readImported(ctx context.Context, v *evidence.Vault, o *origin, k knowledge, p evidence.Progress) (out contents, err error) {
	now, err := stateOf(o.Path)
	if err != nil && !isNotExist(err) {
		return out, err
	}
	if was, ok := k.checked[o.Name]; !o.file && (!ok || was != now) {
		found, err := v.VerifyImport(ctx, o.Import, p)
		if err != nil {
			return out, err
		}
		if found != nil {
			return out, &otherBundleError{*found}
		}
	}
	r, err := o.open(ctx)
	if err != nil {
		return out, err
	}
	out = contents{reader: r, checked: now, title: r.Contents().Title}
	if out.captures, err = importedEntries(r, o, k); err != nil {
		return contents{}, errors.Join(err, r.Close())
	}
	return out, nil
}

// importedEntries lists the captures of an imported bundle.
func importedEntries(r *bundle.Reader, i *origin, k knowledge) (out []*captureEntry, err error) {
	x, err := r.Custody()
	if err != nil {
		return nil, err
	}
	var events []custody.Event
	for _, p := range x.Events {
		events = append(events, p.Event)
	}
	stamped := stampedIn(events)
	for _, x := range r.Contents().Captures {
		c := evidence.Capture{
			Case: i.Name, Exhibit: x.Exhibit, ID: x.ID, Requested: x.Requested, Title: x.Title, Started: x.Started,
			Sealed: x.Sealed, Verdict: x.Verdict, Items: x.Items, Bytes: x.Bytes,
			ManifestDigest: x.ManifestDigest, Seq: x.Seq, Dir: i.Path,
		}
		last := verification{i.Outcome, i.Imported}.later(k.captures[importedID(i, x.ID)])
		out = append(out, newCaptureEntry(c, i, integrity{stamped: stamped[x.ID], last: last}))
	}
	return out, nil
}

// importedID names a capture of an imported bundle among those that were verified:
// the vault may have the same capture itself.
func importedID(i *origin, id uuid.UUID) uuid.UUID {
	return uuid.NewSHA1(id, i.SHA256[:])
}

// verifiedID is the id of the capture among those that were verified.
func (e *captureEntry) verifiedID() uuid.UUID {
	if e.origin == nil {
		return e.ID
	}
	return importedID(e.origin, e.ID)
}

// importProblem says why the captures of an imported bundle aren't shown.
func importProblem(i *origin, err error) notice {
	if i.file {
		return notice{heading: tr("The bundle can't be read"), bad: true, lines: []string{err.Error()}, command: i.verifyCommand("")}
	}
	n := notice{heading: tr("The imported bundle can't be read"), bad: true, lines: []string{err.Error()}, command: i.verifyCommand("")}
	var other *otherBundleError
	if errors.As(err, &other) {
		n.heading = tr("This is not the bundle that was imported")
		n.lines = []string{trf("Its file was altered or is gone since: %s: got %s, want %s.", other.found.Kind, other.found.Got, other.found.Want)}
	}
	n.lines = append(n.lines, tr("Nothing of it is shown. If you still have the file that you were given, import it again; and verify this one:"))
	return n
}

// originText says where an imported bundle is from.
func originText(i *origin) string {
	if i.file {
		return trf("Reviewed from its file %s, with no vault: nothing is written. By its own word it was sealed by vault %s as case %s, with %s. Whether that is so, only a verification says.",
			i.File, i.Vault, i.Case, keyNames(i.Keys))
	}
	return trf("Imported for review on %s by %s. Sealed by vault %s as case %s, with %s. When it was imported, verification said: %s.",
		localTime(i.Imported), i.Actor, i.Vault, i.Case, keyNames(i.Keys), outcomeSentence(i.Outcome))
}

// keyNames shortens verifier keys to their hashes: the name is the vault's, which is
// said already.
func keyNames(keys []string) string {
	var out []string
	for _, k := range keys {
		if parts := strings.SplitN(k, "+", 3); len(parts) == 3 {
			out = append(out, trf("key %s", parts[1]))
		}
	}
	if len(out) == 0 {
		return tr("no key")
	}
	return strings.Join(out, ", ")
}

// outcomeSentence says what a verification's outcome means.
func outcomeSentence(o evidence.Outcome) string {
	word := strings.ToUpper(string(o))
	switch o {
	case evidence.Verified:
		return trf("%s, nothing was altered, and you trusted the key", word)
	case evidence.IntegrityOnly:
		return trf("%s, nothing was altered, but nobody vouched for the key or the time", word)
	}
	return word
}

func isNotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }
