package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pugmark/evidence"
	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

// verifyLog verifies the case's events, that the captures agree with them, and
// that all else follows from both.
func (c *checker) verifyLog() error {
	ok, err := c.readSources()
	if err != nil || !ok {
		return err
	}
	if err := c.sources.open(c.sources.keys.Keys, c.sources.keys.verifiers()); err != nil {
		c.addCheckpoint(err)
		return nil
	}
	findings := c.sources.extract.Verify(custodyFile, c.sources.keys.verifiers()...)
	for _, f := range findings {
		c.enter(f)
	}
	c.report.Events = int64(len(c.sources.extract.Events))
	c.compareSeals()
	c.compareStamps()
	c.verifySigners()
	if len(findings) > 0 {
		return nil
	}
	return c.verifyDerived()
}

// readSources reports whether the sources could be read.
func (c *checker) readSources() (bool, error) {
	raw, err := c.read(custodyFile, canon.MaxSize)
	if err != nil {
		return false, err
	}
	rawKeys, err := c.read(keysFile, canon.MaxSize)
	if err != nil {
		return false, err
	}
	if raw != nil {
		if c.sources.extract, err = custody.ParseExtract(raw); err != nil {
			c.add(custodyFile, RecordMalformed, "an extract of the log", err.Error())
		}
	}
	if rawKeys != nil {
		if c.sources.keys, err = parseKeys(rawKeys); err != nil {
			c.add(keysFile, RecordMalformed, "keys", err.Error())
		}
	}
	return c.sound(custodyFile, keysFile), nil
}

// addCheckpoint reports a checkpoint that can't be opened.
func (c *checker) addCheckpoint(err error) {
	if errors.Is(err, custody.ErrSignature) {
		c.add(custodyFile, custody.CheckpointSignature, "a signature by a key of "+keysFile, err.Error())
	} else {
		c.add(custodyFile, custody.CheckpointMalformed, "a checkpoint", err.Error())
	}
}

// verifySigners enters the signer of the checkpoint, and compares the signers
// with keys.json.
func (c *checker) verifySigners() {
	s := &c.sources
	c.checkNote(custodyFile, s.checkpoint)
	c.report.Sign(evidence.Signer{VKey: s.signer, Trusted: c.trust.Keys.Trusts(s.signer)})
	c.verifyRetired()
	signers := s.signers()
	for _, k := range s.keys.Keys {
		if !slices.Contains(signers, k.VKey) {
			c.add(keysFile, KeyUnused, "a key that signed", k.VKey)
		}
	}
	for _, k := range s.captures {
		if !slices.ContainsFunc(s.keys.Keys, func(key evidence.Key) bool { return key.VKey == k.seal.Key }) {
			c.add(keysFile, KeyUnlisted, k.seal.Key, "nothing")
		}
	}
}

// checkNote reports a checkpoint with more signatures than one: they would be
// by nobody that anyone here knows.
func (c *checker) checkNote(path string, k custody.Checkpoint) {
	if n := strings.Count(k.Note, "\n"); n != 5 {
		c.add(path, custody.CheckpointMalformed, "one signature", fmt.Sprint(n-4))
	}
}

// verifyRetired reports events that are newer than the checkpoint's key may be
// used.
func (c *checker) verifyRetired() {
	i := slices.IndexFunc(c.trust.Keys, func(k evidence.Key) bool { return k.VKey == c.sources.signer })
	if i < 0 || c.trust.Keys[i].Retired == nil {
		return
	}
	for _, p := range c.sources.extract.Events {
		if p.Event.Time.After(*c.trust.Keys[i].Retired) {
			c.add(eventPath(p.Event), evidence.KeyRetired, "logged by "+c.trust.Keys[i].Retired.String(), p.Event.Time.String())
		}
	}
}

// eventPath is the path of findings that concern an event.
func eventPath(e custody.Event) string { return fmt.Sprintf("%s#%d", custodyFile, e.Seq) }

// compareSeals compares the seal of each capture with the log.
func (c *checker) compareSeals() {
	bySeq := make(map[int64]custody.Proven)
	for _, p := range c.sources.extract.Events {
		bySeq[p.Event.Seq] = p
	}
	for _, k := range c.sources.captures {
		c.compareSeal(k, bySeq[k.seal.Event.Seq])
	}
}

func (c *checker) compareSeal(k *capture, p custody.Proven) {
	if !c.sound(eventPath(p.Event)) {
		return
	}
	at := k.path() + "/" + captureSeal
	body, err := k.seal.Event.Encode()
	inLog, errLog := p.Event.Encode()
	if err != nil || errLog != nil || !bytes.Equal(body, inLog) {
		c.add(at, evidence.SealLog, "an event of "+custodyFile, fmt.Sprintf("event %d", k.seal.Event.Seq))
		return
	}
	sealed, err := custody.ParseCheckpoint(k.seal.Checkpoint)
	if err != nil {
		c.add(at, evidence.SealMalformed, "a checkpoint", err.Error())
		return
	}
	c.checkNote(at, sealed)
	steps := stepsOf(p.Event.Seq, c.sources.checkpoint.Size, p.Proof)
	want := custody.Checkpoint{Origin: c.sources.checkpoint.Origin, Size: p.Event.Seq + 1, Root: headAfter(body, steps)}
	if sealed.Text() != want.Text() {
		c.add(at, custody.LogRewritten, "the checkpoint "+oneLine(want.Text()), oneLine(sealed.Text()))
	}
}

// verifyDerived compares all that follows from the sources with what is there.
// It needs sources in which nothing was found.
func (c *checker) verifyDerived() error {
	if !c.soundRecords() {
		return nil
	}
	want, contents, err := c.sources.derive()
	if err != nil {
		c.add(custodyFile, RecordMalformed, "the events of a case", err.Error())
		return nil
	}
	c.compareCase(contents)
	for _, path := range slices.Sorted(maps.Keys(want)) {
		if err := c.compareDerived(path, want[path]); err != nil {
			return err
		}
	}
	if err := c.verifyPages(contents); err != nil {
		return err
	}
	c.reportStrays(want, contents)
	if !c.soundPayload() {
		return nil // bag-info.txt has the payload's size
	}
	return c.verifyInfo(contents)
}

// soundRecords reports whether nothing was found in the records of the captures
// and of what is withheld. If something was, all that follows from them would
// differ too.
func (c *checker) soundRecords() bool {
	if !c.sound(withheldFile) || !c.sound(rootsFile) {
		return false
	}
	for p := range c.marred {
		inside, ok := strings.CutPrefix(p, capturesPrefix)
		_, name, inFolder := strings.Cut(inside, "/")
		if ok && (!inFolder || name == captureManifest || name == captureSeal || isStamp(name)) {
			return false
		}
	}
	return true
}

// soundPayload reports whether nothing was found in data/.
func (c *checker) soundPayload() bool {
	for p := range c.marred {
		if strings.HasPrefix(p, payload) {
			return false
		}
	}
	return true
}

// compareCase reports what is of another case.
func (c *checker) compareCase(contents *Contents) {
	for _, p := range c.sources.extract.Events {
		if p.Event.Case != contents.Ref {
			c.add(eventPath(p.Event), EventForeign, contents.Ref, p.Event.Case)
		}
	}
}

func (c *checker) compareDerived(path string, want []byte) error {
	if !c.sound(path) {
		return nil
	}
	e, ok := c.zip.byPath[path]
	if !ok {
		c.add(path, FileMissing, "a file", "nothing")
		return nil
	}
	got, err := c.digest(e)
	if err == nil && got != canon.Sum(want) {
		c.add(path, RecordDiffers, canon.Sum(want).String(), got.String())
	}
	return err
}

// reportStrays reports files that have no place in a bundle. Those in a
// capture's folder were compared with its manifest.
func (c *checker) reportStrays(derived map[string][]byte, contents *Contents) {
	known := map[string]bool{custodyFile: true, keysFile: true, withheldFile: true, rootsFile: true}
	for path := range derived {
		known[path] = true
	}
	for _, p := range c.sources.pages(contents) {
		known[p.path] = true
	}
	for _, k := range c.sources.unsealed() {
		known[secretsPath(k)] = true
	}
	for _, e := range c.data {
		folder, _ := captureOf([]*entry{e})
		if !known[e.path] && folder == "" && c.sound(e.path) {
			c.add(e.path, FileUnlisted, "nothing", "a file")
		}
	}
}

// verifyInfo compares bag-info.txt with what it follows from. What follows from
// nothing need only be well-formed.
func (c *checker) verifyInfo(contents *Contents) error {
	b, err := c.read(infoFile, canon.MaxSize)
	if err != nil || b == nil {
		return err
	}
	i := &bagInfo{ref: contents.Ref, files: len(c.data), organisations: organisations(c.sources.captures)}
	for _, e := range c.data {
		i.octets += e.size
	}
	if err := i.readStatements(b); err != nil {
		c.add(infoFile, BagMalformed, "tool and date", err.Error())
		return nil
	}
	if want := i.format(); !bytes.Equal(b, want) {
		c.add(infoFile, RecordDiffers, clip(want), clip(b))
	}
	return nil
}
