package bundle

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// unpack writes the bag to a folder, and returns it.
func (b bag) unpack(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	for path, content := range b {
		name := filepath.Join(dir, filepath.FromSlash(path))
		check(t, os.MkdirAll(filepath.Dir(name), 0o700))
		check(t, os.WriteFile(name, content, 0o600))
	}
	return dir
}

// commands returns the indented lines of VERIFY.txt, word for word.
func commands(text []byte) string {
	var out strings.Builder
	for line := range strings.Lines(string(text)) {
		if command, ok := strings.CutPrefix(line, "    "); ok {
			out.WriteString(command)
		}
	}
	return out.String()
}

// byHand runs commands in the bag's folder as if they were typed. It returns
// what they print, and whether they say that all is well.
func byHand(t testing.TB, dir, commands string) (string, bool) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "bash")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(commands)
	out, err := cmd.CombinedOutput()
	return string(out), err == nil && !strings.Contains(string(out), "FAILED")
}

func TestGuide(t *testing.T) {
	b := sampleBag(t)
	out, ok := byHand(t, b.unpack(t), commands(b[guideFile]))
	if !ok || strings.Count(out, "\nok ")+1 != 4+2+1+7+1+2*4 || !strings.Contains(out, "\n0 checks failed\n") {
		t.Errorf("got\n%s", out)
	}
	print, err := Fingerprint(sample.vault.Keys()[0].VKey)
	if err != nil || strings.Count(string(b[guideFile]), print) != 1 || !strings.Contains(out, "\n"+print+"  -\n") {
		t.Errorf("got fingerprint %q, %v", print, err)
	}
	for line := range strings.Lines(out) {
		known := strings.HasPrefix(line, "ok ") || strings.HasPrefix(line, "{") || strings.HasPrefix(line, "key ") ||
			strings.HasPrefix(line, capturesPrefix) || strings.HasPrefix(line, print) || line == "0 checks failed\n"
		if !known {
			t.Errorf("got line %q", line)
		}
	}
}

// TestGuideTampered verifies by hand what was tampered with: at first with the
// bag's manifests as they were, then with new ones as a forger would make them.
func TestGuideTampered(t *testing.T) {
	first, second := captureFolder(t, 1), captureFolder(t, 2)
	for name, c := range map[string]struct {
		change func(b bag)
		forge  bool
		says   []string
	}{
		"damage": {func(b bag) {
			b.flip(first + "/page.png")
			b.flip(infoFile)
			b[first+"/x.png"] = nil
		}, false, []string{"the bag's own files", "the files in data/", "data/ holds no other file"}},
		"loss": {func(b bag) {
			delete(b, first+"/dom.html")
			delete(b, stepsFile)
		}, false, []string{"the files in data/", "data/ holds no other file", "custody.json says the same"}},
		"item and manifest": {func(b bag) {
			b.flip(first + "/page.png")
			b.flip(second + "/manifest.json")
			b[stepsFile][0] ^= 'L' ^ 'R'
			b.replace(t, keysFile, "+A", "+B")
		}, true, []string{
			"its files are those of its manifest.json", "its manifest.json is the one that was sealed",
			"event 2 is in the log of checkpoint.txt", "is the one in keys.json"}},
		"lost item and seal": {func(b bag) {
			delete(b, first+"/dom.html")
			b.replace(t, second+"/seal.json", `"exhibit":"2"`, `"exhibit":"3"`)
			b.replace(t, checkpointFile, "\n12\n", "\n13\n")
			b.replace(t, custodyFile, `"code":"refused"`, `"code":"refuted"`)
		}, true, []string{
			"its files are those of its manifest.json", "its seal.json has the event of the log",
			"checkpoint.txt is signed by key", "custody.json says the same"}},
		"new item and log": {func(b bag) {
			b[first+"/x.png"] = nil
			b.replace(t, second+"/seal.json", `\n10\n`, `\n11\n`)
			b.replace(t, eventsFile, `"code":"refused"`, `"code":"refuted"`)
		}, true, []string{
			"its files are those of its manifest.json", "its seal.json has an earlier checkpoint of the same log, signed",
			"event 11 is in the log of checkpoint.txt", "custody.json says the same"}},
		"no log": {func(b bag) { b[eventsFile], b[stepsFile] = nil, nil }, true, []string{"custody.json says the same"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := sampleBag(t)
			text := commands(b[guideFile])
			c.change(b)
			if c.forge {
				b.relist()
				c.says = append(c.says, "the bag is signed by key")
			}
			out, ok := byHand(t, b.unpack(t), text)
			if ok {
				t.Error("all is said to be well")
			}
			for _, says := range c.says {
				if !failed(out, says) {
					t.Errorf("got no failure of %q in\n%s", says, out)
				}
			}
		})
	}
}

// failed reports whether a check failed that says something.
func failed(out, says string) bool {
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "FAILED") && strings.Contains(line, says) {
			return true
		}
	}
	return false
}

// TestGuideIsPlain checks that the guide quotes nothing that anybody wrote
// freely, and would paste well.
func TestGuideIsPlain(t *testing.T) {
	text := sampleBag(t)[guideFile]
	for _, s := range []string{"Ivory", "reboot", "Rao", "Crime", "secret", "tip", "\t", "\r", "{{"} {
		if strings.Contains(string(text), s) {
			t.Errorf("got %q in the guide", s)
		}
	}
	for line := range strings.Lines(string(text)) {
		if prose := !strings.HasPrefix(line, "  "); prose && len(line) > 81 || strings.Trim(line, " \n") == "" && line != "\n" {
			t.Errorf("got line %q", line)
		}
	}
}
