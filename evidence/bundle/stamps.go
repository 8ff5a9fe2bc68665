package bundle

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence"
	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
	"pugmark/evidence/tsa"
)

// stamp is a response of a time-stamp authority.
type stamp struct {
	path  string // in the capture's folder
	bytes []byte
}

// isStamp reports whether a path in a capture's folder is that of a response.
func isStamp(path string) bool { return strings.HasPrefix(path, "timestamps/") }

// responses are those after the seals that a log has: their digests, by capture
// and path.
type responses map[string]map[string]evidence.Digest

func responsesOf(x *custody.Extract) responses {
	out := make(responses)
	for _, p := range x.Events {
		if e := p.Event; e.Action == custody.TimestampObtained {
			if out[e.Subject] == nil {
				out[e.Subject] = make(map[string]evidence.Digest)
			}
			out[e.Subject][e.Details["item"]] = e.Digest
		}
	}
	return out
}

func (r responses) of(id uuid.UUID) map[string]evidence.Digest { return r[id.String()] }

// readStamps reads a capture's responses, and enters the digests of those after
// the seal. One that isn't in the log was stored just now, and is left out.
func (c *capture) readStamps(fsys fs.FS, logged map[string]evidence.Digest, digests map[string]evidence.Digest) error {
	for path, want := range logged {
		b, err := readStamp(fsys, path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if got := canon.Sum(b); err != nil || got != want {
			return fmt.Errorf("%w: the response %q isn't the one in the log", ErrAltered, path)
		}
		digests[path] = want
		c.stamps = append(c.stamps, stamp{path, b})
	}
	return c.addItems(fsys, func(string) bool { return true })
}

// addItems adds the responses that are items, and sound.
func (c *capture) addItems(fsys fs.FS, sound func(path string) bool) error {
	if n := c.manifest.Time.NotBefore; n != nil {
		for _, s := range n.Responses {
			if !sound(s.Path) {
				continue
			}
			b, err := readStamp(fsys, s.Path)
			if err != nil {
				return err
			}
			c.stamps = append(c.stamps, stamp{s.Path, b})
		}
	}
	slices.SortFunc(c.stamps, func(a, b stamp) int { return cmp.Compare(a.path, b.path) })
	return nil
}

func readStamp(fsys fs.FS, path string) ([]byte, error) {
	f, err := fsys.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, tsa.MaxSize+1))
}

// readStamps reads the responses of a capture's folder in which nothing was found.
func (c *checker) readStamps(k *capture, fsys *tree) error {
	sound := func(path string) bool { return c.sound(k.path() + "/" + path) }
	for path := range fsys.files {
		if !evidence.IsAfter(path) || !sound(path) {
			continue
		}
		b, err := readStamp(fsys, path)
		if err != nil {
			return err
		}
		k.stamps = append(k.stamps, stamp{path, b})
	}
	return k.addItems(fsys, sound)
}

// compareStamps compares the responses after each seal with the log: each has its
// event, and each event its response.
func (c *checker) compareStamps() {
	logged := responsesOf(c.sources.extract)
	for _, k := range c.sources.captures {
		want, got := logged.of(k.manifest.Identity.Capture), make(map[string]evidence.Digest)
		for _, s := range k.stamps {
			if evidence.IsAfter(s.path) {
				got[s.path] = canon.Sum(s.bytes)
			}
		}
		all := maps.Clone(got)
		maps.Copy(all, want)
		for _, path := range slices.Sorted(maps.Keys(all)) {
			c.compareStamp(k.path()+"/"+path, want[path], got[path])
		}
	}
}

func (c *checker) compareStamp(path string, want, got evidence.Digest) {
	switch none := (evidence.Digest{}); {
	case !c.sound(path) || want == got:
	case got == none:
		c.add(path, evidence.TimestampMissing, "a response of digest "+want.String(), "nothing")
	case want == none:
		c.add(path, evidence.TimestampLog, "nothing", got.String())
	default:
		c.add(path, evidence.TimestampLog, want.String(), got.String())
	}
}

// sortRoots returns certificates by fingerprint.
func sortRoots(roots []*x509.Certificate) []*x509.Certificate {
	out := slices.Clone(roots)
	slices.SortFunc(out, func(a, b *x509.Certificate) int {
		x, y := tsa.Fingerprint(a), tsa.Fingerprint(b)
		return bytes.Compare(x[:], y[:])
	})
	return out
}

// readTrustRoots reads the sender's roots in their one encoding.
func (c *checker) readTrustRoots() error {
	if _, ok := c.zip.byPath[rootsFile]; !ok {
		return nil
	}
	b, err := c.read(rootsFile, canon.MaxSize)
	if err != nil || b == nil {
		return err
	}
	roots, err := tsa.ParseCertificates(b)
	if err == nil && !bytes.Equal(tsa.FormatCertificates(sortRoots(roots)), b) {
		err = errors.New("not in order, or with other text")
	}
	if err != nil {
		c.add(rootsFile, RecordMalformed, "certificates", err.Error())
		return nil
	}
	c.sources.roots = roots
	return nil
}

// guideStamp is what VERIFY.txt says of a response.
type guideStamp struct {
	Path    string
	Capture string // its folder
	Nonce   string // hexadecimal, of one before the capture; else ""
	Renews  string // path of the response that it renews; else ""
	Digest  string // of what was stamped
	Time    string // UTC
	Command string // openssl ts -verify
	Known   bool   // one of the roots is that of its certificates
}

// judged is a response that holds, with what it is over.
type judged struct {
	*stamp
	nonce  bool   // over the nonce, before the capture
	renews *stamp // over another response; nil if it isn't
	digest evidence.Digest
	result *tsa.Result
}

// authority names who gave the response.
func (j *judged) authority() string { return tsa.Name(j.result.Response.Signer) }

// judge returns a capture's responses that hold, in the order of their names, by
// which a renewal comes before what it renews. The roots are the sender's.
func (s *sources) judge(k *capture) (out []judged) {
	for i := range k.stamps {
		j := judged{stamp: &k.stamps[i], renews: k.renewedBy(k.stamps[i].path)}
		switch {
		case !evidence.IsAfter(j.path):
			j.nonce, j.digest = true, k.manifest.Time.NotBefore.StampedDigest()
		case j.renews != nil:
			j.digest = canon.Sum(j.renews.bytes)
		default:
			j.digest = k.seal.StampedDigest()
		}
		j.result = tsa.Verify(j.bytes, j.digest, tsa.Options{Roots: s.roots})
		if !j.result.Failed() { // else there is a finding
			out = append(out, j)
		}
	}
	return out
}

// guideStamps returns what VERIFY.txt says of a capture's responses.
func (s *sources) guideStamps(k *capture) (out []guideStamp) {
	for _, j := range s.judge(k) {
		g := guideStamp{
			Path: k.path() + "/" + j.path, Capture: k.path(), Digest: j.digest.String(), Known: j.result.Trusted(),
			Time: j.result.Response.GenTime.UTC().Format(time.RFC3339Nano),
		}
		if j.nonce {
			g.Nonce = hex.EncodeToString(k.manifest.Time.NotBefore.Nonce[:])
		}
		if j.renews != nil {
			g.Renews = k.path() + "/" + j.renews.path
		}
		g.Command = tsa.OpenSSLCommand(j.result.Response, tsa.Files{Response: g.Path, Roots: rootsFile, Data: g.Renews})
		out = append(out, g)
	}
	return out
}

// renewedBy returns the response that another renews, if it renews any.
func (c *capture) renewedBy(path string) *stamp {
	base, m, ok := strings.Cut(strings.TrimSuffix(path, ".tsr"), ".renewal-")
	if !ok {
		return nil
	}
	old := base + ".tsr"
	var n int
	if _, err := fmt.Sscan(m, &n); err == nil && n > 1 {
		old = fmt.Sprintf("%s.renewal-%d.tsr", base, n-1)
	}
	if i := slices.IndexFunc(c.stamps, func(s stamp) bool { return s.path == old }); i >= 0 {
		return &c.stamps[i]
	}
	return nil
}
