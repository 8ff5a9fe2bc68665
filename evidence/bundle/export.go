package bundle

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"pugmark/evidence"
	"pugmark/evidence/custody"
	"pugmark/evidence/tsa"
)

// Options say what to export.
type Options struct {
	Case     string
	Captures []string // names, as [evidence.Vault.Capture] takes them; all if empty
	Path     string   // of the file to write; there must be none
	// WithSecrets includes the TLS secrets of the captures: as they were
	// sealed, encrypted to the vault, and in clear. Without it they are
	// withheld.
	WithSecrets bool
	// Recipients are those who can decrypt the bundle. Without any it is
	// not encrypted.
	Recipients []Recipient
}

// Result is what an export made.
type Result struct {
	Path     string          `json:"path"`
	Captures int             `json:"captures"`
	Files    int             `json:"files"`
	Secrets  int             `json:"secrets,omitzero"` // captures of which the TLS secrets are included
	Bytes    int64           `json:"bytes"`            // of the file
	SHA256   evidence.Digest `json:"sha256"`           // of the file
	// Zip is the digest of what an encrypted file decrypts to, and Recipients
	// are those who can.
	Zip        evidence.Digest  `json:"zip_sha256,omitzero"`
	Recipients string           `json:"recipients,omitempty"`
	Report     *evidence.Report `json:"report"` // of the bundle's verification
}

// Export writes a bundle. The vault must be unlocked. The file appears under
// its name once it is whole, on disk, verified and logged; until then, and
// after an error, there is only a temporary file beside it or nothing.
//
// The export is logged just before the file gets its name. So a bundle that
// exists is always in the log; after a crash between the two, the log has an
// export of which nobody ever got the file.
//
// The error wraps [fs.ErrExist], [evidence.ErrLocked], [evidence.ErrNoCase],
// [evidence.ErrNoCapture], [evidence.ErrAmbiguous] or [ErrAltered].
func Export(ctx context.Context, v *evidence.Vault, o Options, p evidence.Progress) (*Result, error) {
	r, err := export(ctx, v, o, time.Now(), p)
	if err != nil {
		return nil, fmt.Errorf("exporting case %q: %w", o.Case, err)
	}
	return r, nil
}

func export(ctx context.Context, v *evidence.Vault, o Options, now time.Time, p evidence.Progress) (*Result, error) {
	if o.Path == "" {
		return nil, errors.New("no file to write to")
	}
	if _, err := os.Lstat(o.Path); !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(fmt.Errorf("%q: %w", o.Path, fs.ErrExist), err)
	}
	if err := checkRecipients(o.Recipients); err != nil {
		return nil, err
	}
	if !v.Unlocked() {
		return nil, evidence.ErrLocked
	}
	c, err := v.Case(ctx, o.Case)
	if err != nil {
		return nil, err
	}
	captures, err := choose(ctx, v, c.Ref, o.Captures)
	if err != nil {
		return nil, err
	}
	x := &exporter{
		v: v, ref: c.Ref, path: o.Path, secrets: o.WithSecrets, recipients: o.Recipients,
		now: now.UTC(), meter: &meter{report: p},
	}
	for _, k := range captures {
		x.meter.total += 3 * k.Bytes // to verify, to copy, to verify again
	}
	return x.run(ctx, captures)
}

// choose returns the captures of the names, by exhibit number.
func choose(ctx context.Context, v *evidence.Vault, ref string, names []string) (out []evidence.Capture, err error) {
	if len(names) == 0 {
		out, err = v.Captures(ctx, ref)
	}
	for _, name := range names {
		c, err := v.Capture(ctx, name)
		if err != nil {
			return nil, err
		}
		if c.Case != ref {
			return nil, fmt.Errorf("capture %q: got case %q, want %q", name, c.Case, ref)
		}
		out = append(out, c)
	}
	if err == nil && len(out) == 0 {
		err = fmt.Errorf("the case has no captures: %w", evidence.ErrNoCapture)
	}
	slices.SortFunc(out, func(a, b evidence.Capture) int { return cmp.Compare(a.Exhibit, b.Exhibit) })
	return slices.CompactFunc(out, func(a, b evidence.Capture) bool { return a.ID == b.ID }), err
}

// exporter writes one bundle.
type exporter struct {
	v       *evidence.Vault
	ref     string
	path    string
	secrets bool // include TLS secrets

	recipients []Recipient
	now        time.Time // UTC
	meter      *meter
	trust      evidence.Trust // the vault's

	sources  sources
	files    []*source
	revealed int // captures of which TLS secrets are in files, in clear
}

// run makes the temporary file, which is gone in the end, whatever happens.
func (x *exporter) run(ctx context.Context, captures []evidence.Capture) (out *Result, err error) {
	f, err := os.CreateTemp(filepath.Dir(x.path), "."+filepath.Base(x.path)+".*.partial")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			_, _ = f.Close(), os.Remove(f.Name())
		}
	}()
	if err := x.collect(ctx, captures); err != nil {
		return nil, err
	}
	if out, err = x.write(ctx, f); err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	return out, x.publish(ctx, f.Name(), out)
}

// publish logs the bundle and gives it its name.
func (x *exporter) publish(ctx context.Context, temporary string, r *Result) error {
	e := custody.Event{
		Action: custody.BundleExported, Subject: filepath.Base(x.path), Digest: r.SHA256, Case: x.ref,
		Details: make(map[string]string),
	}
	if x.revealed > 0 {
		e.Details["secrets"] = "included"
	}
	if r.Recipients != "" {
		e.Details["recipients"], e.Details["zip"] = r.Recipients, r.Zip.String()
	}
	if err := x.v.Log(ctx, e); err != nil {
		return err
	}
	if err := evidence.PublishFile(temporary, x.path); err != nil {
		return fmt.Errorf("the export is in the log, but it failed: %w", err)
	}
	return nil
}

// collect gathers all that the bundle will hold.
func (x *exporter) collect(ctx context.Context, captures []evidence.Capture) error {
	if _, err := x.v.SignCheckpoint(ctx); err != nil {
		return err
	}
	extract, err := x.v.Extract(ctx, x.ref)
	if err != nil {
		return err
	}
	if x.trust, err = x.v.Trust(ctx); err != nil {
		return err
	}
	x.sources.extract, x.sources.roots = extract, sortRoots(x.trust.Roots)
	for _, k := range captures {
		c, files, err := readCapture(ctx, k, responsesOf(extract), x.trust, x.meter)
		if err != nil {
			return fmt.Errorf("capture %s: %w", k.Name(), err)
		}
		x.sources.captures = append(x.sources.captures, c)
		x.files = append(x.files, files...)
		if !x.secrets {
			continue
		}
		if err := x.addSecrets(k, c); err != nil {
			return fmt.Errorf("capture %s: %w", k.Name(), err)
		}
	}
	slices.SortFunc(x.sources.captures, func(a, b *capture) int { return cmp.Compare(a.folder, b.folder) })
	if !x.secrets {
		x.sources.withheld = withhold(x.sources.captures)
		x.files = slices.DeleteFunc(x.files, func(f *source) bool { return x.sources.withheld.has(f.path) })
	}
	if err := x.addRecords(); err != nil {
		return err
	}
	return x.addBag()
}

// addRecords adds the other files of data/.
func (x *exporter) addRecords() error {
	ring := x.v.Keys()
	all := &keys{Keys: ring}
	if err := x.sources.open(ring, all.verifiers()); err != nil {
		return err
	}
	var err error
	if x.sources.keys, err = newKeys(ring, x.sources.signers()); err != nil {
		return err
	}
	derived, contents, err := x.sources.derive()
	if err != nil {
		return err
	}
	pages, err := x.sources.pageSources(contents)
	if err != nil {
		return err
	}
	x.files = append(x.files, pages...)
	if derived[custodyFile], err = encode(custodyFile, x.sources.extract); err != nil {
		return err
	}
	if derived[keysFile], err = encode(keysFile, x.sources.keys); err != nil {
		return err
	}
	if x.sources.withheld != nil {
		if derived[withheldFile], err = encode(withheldFile, x.sources.withheld); err != nil {
			return err
		}
	}
	if len(x.sources.roots) > 0 {
		derived[rootsFile] = tsa.FormatCertificates(x.sources.roots)
	}
	for path, b := range derived {
		x.files = append(x.files, bytesSource(path, b))
	}
	return nil
}

// addBag adds the files of the bag's root.
func (x *exporter) addBag() error {
	info := &bagInfo{
		agent: evidence.Tool, date: x.now.Format(time.DateOnly), ref: x.ref,
		files: len(x.files), organisations: organisations(x.sources.captures),
	}
	for _, f := range x.files {
		info.octets += f.size
	}
	tags := []*source{
		bytesSource(bagitFile, []byte(bagit)),
		bytesSource(infoFile, info.format()),
		bytesSource(manifestFile, manifestOf(x.files)),
	}
	list := manifestOf(tags)
	x.files = append(append(x.files, tags...), bytesSource(tagManifestFile, list))
	if err := x.addSignature(list); err != nil {
		return err
	}
	if n := len(x.files); n > maxFiles {
		return fmt.Errorf("got %d files, want at most %d: export fewer captures", n, maxFiles)
	}
	return nil
}

// manifestOf returns a manifest of files.
func manifestOf(files []*source) []byte {
	lines := make([]line, len(files))
	for i, f := range files {
		lines[i] = line{f.path, f.digest}
	}
	slices.SortFunc(lines, func(a, b line) int { return cmp.Compare(a.path, b.path) })
	return formatManifest(lines)
}

// write writes the bundle to a file and verifies it there.
func (x *exporter) write(ctx context.Context, f *os.File) (*Result, error) {
	w, err := x.writeFile(ctx, f)
	if err != nil {
		return nil, err
	}
	if err := f.Sync(); err != nil {
		return nil, err
	}
	r, err := verify(ctx, w.zip, w.zipSize, VerifyOptions{Trust: x.trust}, x.meter)
	if err != nil {
		return nil, err
	}
	if !r.Sealed() {
		return nil, altered(r)
	}
	out := &Result{
		Path: x.path, Captures: len(x.sources.captures), Files: len(x.files),
		Secrets: x.revealed, Bytes: w.fileSize, SHA256: w.fileDigest, Report: r,
	}
	if len(x.recipients) > 0 {
		out.Zip, out.Recipients = w.zipDigest, namesOf(x.recipients)
	}
	return out, nil
}
