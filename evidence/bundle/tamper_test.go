package bundle

import (
	"bytes"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"pugmark/evidence"
	"pugmark/evidence/custody"
)

// replace changes a text that is in a file exactly once.
func (b bag) replace(t testing.TB, path, old, new string) {
	t.Helper()
	if n := bytes.Count(b[path], []byte(old)); n != 1 {
		t.Fatalf("%s: got %q %d times, want once", path, old, n)
	}
	b[path] = bytes.Replace(b[path], []byte(old), []byte(new), 1)
}

// TestFlippedByte changes a byte in each file of the bundle, and mends the
// zip's checksum, but not the bag's manifests.
func TestFlippedByte(t *testing.T) {
	for file := range sampleBag(t) {
		b := sampleBag(t)
		b.flip(file)
		kind := FileDigest
		switch inCapture := strings.HasPrefix(file, capturesPrefix); {
		case file == tagManifestFile:
			continue // see TestTagManifest
		case file == signatureFile:
			kind = BagSignature
		case inCapture && path.Base(file) == captureManifest:
			kind = evidence.ManifestDigest
		case inCapture && path.Base(file) == captureSeal:
			b = sampleBag(t)
			b.replace(t, file, `"exhibit":"`, `"exhibit":"9`)
			kind = evidence.SealProof
		case inCapture:
			kind = evidence.ItemDigest
		}
		wantFindings(t, b.verify(t), file+": "+kind)
	}
}

// TestTagManifest changes the one file that no other one lists.
func TestTagManifest(t *testing.T) {
	b := sampleBag(t)
	digit := string(b[tagManifestFile][:1])
	other := "0"
	if digit == other {
		other = "1"
	}
	b[tagManifestFile] = append([]byte(other), b[tagManifestFile][1:]...)
	wantFindings(t, b.verify(t), infoFile+": "+FileDigest)

	for name, text := range map[string]string{
		"capital":    strings.ToUpper(string(b[tagManifestFile])),
		"one space":  strings.Replace(string(b[tagManifestFile]), "  ", " ", 1),
		"no newline": strings.TrimSuffix(string(b[tagManifestFile]), "\n"),
		"empty":      "",
	} {
		b[tagManifestFile] = []byte(text)
		t.Log(name)
		wantFindings(t, b.verify(t), tagManifestFile+": "+BagMalformed)
	}
}

func TestRemovedFile(t *testing.T) {
	for file := range sampleBag(t) {
		b := sampleBag(t)
		delete(b, file)
		if file == bagitFile {
			_, err := verifyBytes(t, b.zip(t), sample.vault.Keys())
			wantErr(t, err, ErrNotBundle)
			continue
		}
		kind := FileMissing
		switch inCapture := strings.HasPrefix(file, capturesPrefix); {
		case inCapture && path.Base(file) == captureManifest:
			kind = evidence.ManifestMissing
		case inCapture && path.Base(file) == captureSeal:
			kind = evidence.SealMissing
		case inCapture:
			kind = evidence.ItemMissing
		}
		wantFindings(t, b.verify(t), file+": "+kind)
	}
}

func TestRemovedCapture(t *testing.T) {
	b, folder := sampleBag(t), captureFolder(t, 2)
	var want []string
	for file := range b {
		if strings.HasPrefix(file, folder+"/") {
			delete(b, file)
			want = append(want, file+": "+FileMissing)
		}
	}
	wantFindings(t, b.verify(t), want...)
	b.relist()
	page := reviewPrefix + strings.TrimPrefix(folder, capturesPrefix) + ".html"
	wantFindings(t, b.verify(t), caseFile+": "+RecordDiffers, guideFile+": "+RecordDiffers, indexFile+": "+RecordDiffers,
		custodyPage+": "+RecordDiffers, page+": "+FileUnlisted)
}

func TestAddedFile(t *testing.T) {
	in := captureFolder(t, 1)
	for file, kind := range map[string]string{
		"data/extra.txt":            FileUnlisted,
		"data/captures/extra.txt":   FileUnlisted,
		"data/keys/00000000.pem":    FileUnlisted,
		"extra.txt":                 FileUnlisted,
		"zzz.txt":                   FileUnlisted,
		in + "/extra.png":           evidence.ItemUnlisted,
		in + "/strips/0002.png":     evidence.ItemUnlisted,
		"data/captures/0003_x/note": evidence.ManifestMissing,
	} {
		b := sampleBag(t)
		b[file] = []byte("more")
		at := file
		var more []string
		if kind == evidence.ManifestMissing {
			at = path.Dir(file)
			more = []string{file + ": " + FileUnlisted}
		}
		wantFindings(t, b.verify(t), append(more, at+": "+kind)...)
	}
}

// TestForger makes changes that the bag's manifests agree with.
func TestForger(t *testing.T) {
	first := captureFolder(t, 1)
	record := func(files ...string) (out []string) {
		for _, f := range files {
			out = append(out, f+": "+RecordDiffers)
		}
		return out
	}
	hash := keyHash(sample.vault.Keys()[0].VKey)
	pem := keysPrefix + hash + ".pem"
	for name, c := range map[string]struct {
		change func(b bag)
		want   []string
	}{
		"guide":        {func(b bag) { b.replace(t, guideFile, "export LC_ALL=C", "rm -rf ~; export LC_ALL=C") }, record(guideFile)},
		"case title":   {func(b bag) { b.replace(t, caseFile, `"title":"Ivory`, `"title":"Bone`) }, record(caseFile)},
		"checkpoint":   {func(b bag) { b.flip(checkpointFile) }, record(checkpointFile)},
		"key file":     {func(b bag) { b.flip(pem) }, record(pem)},
		"event text":   {func(b bag) { b.flip(eventsFile) }, record(eventsFile)},
		"step":         {func(b bag) { b.flip(stepsFile) }, record(stepsFile)},
		"organisation": {func(b bag) { b.replace(t, infoFile, "Wildlife", "Wildlive") }, record(infoFile)},
		"octets":       {func(b bag) { b.replace(t, infoFile, "Oxum: ", "Oxum: 1") }, record(infoFile)},
		"bag version":  {func(b bag) { b.replace(t, bagitFile, "1.0", "0.97") }, []string{bagitFile + ": " + BagMalformed}},
		"bag date":     {func(b bag) { b.replace(t, infoFile, "Bagging-Date: 2", "Bagging-Date: x") }, []string{infoFile + ": " + BagMalformed}},
		"no tool":      {func(b bag) { b.replace(t, infoFile, ": Pugmark 0", ": Ugmark 0") }, []string{infoFile + ": " + BagMalformed}},
		"stray":        {func(b bag) { b["data/help.html"] = []byte("<script>") }, []string{"data/help.html: " + FileUnlisted}},
		"stray key":    {func(b bag) { b["data/keys/00000000.pem"] = b[pem] }, []string{"data/keys/00000000.pem: " + FileUnlisted}},
		"item":         {func(b bag) { b.flip(first + "/page.png") }, []string{first + "/page.png: " + evidence.ItemDigest}},
		"manifest":     {func(b bag) { b.flip(first + "/manifest.json") }, []string{first + "/manifest.json: " + evidence.ManifestDigest}},
		"seal format": {func(b bag) { b.replace(t, first+"/seal.json", "pugmark-seal", "pugmark-sael") }, []string{
			first + "/seal.json: " + evidence.SealMalformed}},
		"seal of another": {func(b bag) { b[first+"/seal.json"] = b[captureFolder(t, 2)+"/seal.json"] }, []string{
			first + "/manifest.json: " + evidence.ManifestDigest}},
		"event": {func(b bag) { b.replace(t, custodyFile, `"code":"refused"`, `"code":"refuted"`) }, []string{
			custodyFile + "#11: " + custody.EventChanged}},
		"signature": {func(b bag) { b.replace(t, custodyFile, `"events"`, `"avents"`) }, []string{
			custodyFile + ": " + RecordMalformed}},
		"keys":         {func(b bag) { b.replace(t, keysFile, "pugmark-keys", "pugmark-keyz") }, []string{keysFile + ": " + RecordMalformed}},
		"no custody":   {func(b bag) { delete(b, custodyFile) }, []string{custodyFile + ": " + FileMissing}},
		"no steps":     {func(b bag) { delete(b, stepsFile) }, []string{stepsFile + ": " + FileMissing}},
		"long custody": {func(b bag) { b[custodyFile] = make([]byte, 17<<20) }, []string{custodyFile + ": " + RecordMalformed}},
	} {
		t.Run(name, func(t *testing.T) {
			b := sampleBag(t)
			c.change(b)
			b.relist()
			wantFindings(t, b.verify(t), c.want...)
		})
	}
}

// TestStatements changes what the package comment calls a mere statement: only
// who holds the key can.
func TestStatements(t *testing.T) {
	b := sampleBag(t)
	b.replace(t, infoFile, "Bagging-Date: 2", "Bagging-Date: 1")
	b.replace(t, infoFile, evidence.Tool, "Pugmark 0.0.9")
	b.replace(t, keysFile, `"added":"2`, `"added":"1`)
	b.relist()
	wantFindings(t, b.verify(t), signatureFile+": "+BagSignature)
	b.sign(t, Namespace)
	if r := b.verify(t); r.Outcome != evidence.Verified {
		t.Errorf("got report %+v", r)
	}
	b.sign(t, "file")
	wantFindings(t, b.verify(t), signatureFile+": "+BagSignature)
	delete(b, signatureFile)
	wantFindings(t, b.verify(t), signatureFile+": "+FileMissing)
}

// sign signs the bag as the vault's owner.
func (b bag) sign(t testing.TB, namespace string) {
	t.Helper()
	sig, err := sample.vault.SignMessage(namespace, b[tagManifestFile])
	if err != nil {
		t.Fatal(err)
	}
	b[signatureFile] = sig
}

// TestRenamedCapture gives the folder of a capture another number.
func TestRenamedCapture(t *testing.T) {
	b, from := sampleBag(t), captureFolder(t, 2)
	to := strings.Replace(from, "0002_", "0003_", 1)
	for file, content := range maps.Clone(b) {
		if rest, ok := strings.CutPrefix(file, from+"/"); ok {
			delete(b, file)
			b[to+"/"+rest] = content
		}
	}
	b.relist()
	wantFindings(t, b.verify(t), to+": "+RecordDiffers)
}

// TestForeignFolder puts a capture of another case into the bundle.
func TestForeignFolder(t *testing.T) {
	c, err := sample.vault.Capture(t.Context(), "OP-2/1")
	if err != nil {
		t.Fatal(err)
	}
	_, files, err := readCapture(t.Context(), c, nil, evidence.Trust{Keys: sample.vault.Keys()}, &meter{})
	if err != nil {
		t.Fatal(err)
	}
	b := sampleBag(t)
	for _, f := range files {
		b[f.path] = readSource(t, f)
	}
	b.relist()
	seal := capturesPrefix + folderOf(1, c.ID) + "/seal.json"
	wantFindings(t, b.verify(t), seal+": "+evidence.SealLog)
}

// TestManyFindings removes more files than a report lists.
func TestManyFindings(t *testing.T) {
	b := sampleBag(t)
	listed, err := parseManifest(b[manifestFile])
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 * maxFindings {
		listed = append(listed, line{path: payload + "x" + strings.Repeat("y", i%100) + string(rune('a'+i/100)), digest: listed[0].digest})
	}
	slices.SortFunc(listed, func(a, b line) int { return strings.Compare(a.path, b.path) })
	b[manifestFile] = formatManifest(listed)
	delete(b, tagManifestFile)
	tags := []*source{bytesSource(bagitFile, b[bagitFile]), bytesSource(infoFile, b[infoFile]), bytesSource(manifestFile, b[manifestFile])}
	b[tagManifestFile] = manifestOf(tags)
	r := b.verify(t)
	if n := len(r.Findings); n != maxFindings+1 {
		t.Fatalf("got %d findings, want %d", n, maxFindings+1)
	}
	if last := r.Findings[maxFindings]; last.Kind != MoreFindings || last.Got != "1000 more" || r.Outcome != evidence.FailedVerification {
		t.Errorf("got last finding %v", last)
	}
}
