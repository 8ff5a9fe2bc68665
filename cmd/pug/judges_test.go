package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pugmark/evidence/canon"
)

// judge runs the judges of testdata/node and returns what they find.
func judge(t *testing.T, args ...string) []string {
	t.Helper()
	if _, err := os.Stat(filepath.Join("testdata", "node", "node_modules", "html-validate")); err != nil {
		t.Fatalf("%v\nrun once: scripts/setup-node", err)
	}
	var stderr bytes.Buffer
	c := exec.CommandContext(t.Context(), "node", append([]string{filepath.Join("testdata", "node", "judges.mjs")}, args...)...)
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("node judges.mjs (version 18.19 or later is needed): %v\n%s", err, stderr.Bytes())
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

// wantJudged compares what judges find with parts of it; none: nothing at all.
func wantJudged(t *testing.T, want []string, args ...string) {
	t.Helper()
	got := judge(t, args...)
	if len(want) == 0 && got[0] != "" {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
	for _, part := range want {
		if !slices.ContainsFunc(got, func(line string) bool { return strings.Contains(line, part) }) {
			t.Errorf("got no %q in\n%s", part, strings.Join(got, "\n"))
		}
	}
}

// TestJudgesSee checks that the judges find what is wrong.
func TestJudgesSee(t *testing.T) {
	dir := t.TempDir()
	page := filepath.Join(dir, "x.html")
	if err := os.WriteFile(page, []byte("<!DOCTYPE html>\n<html><body><p><div></p><img src=x>"), 0o600); err != nil {
		t.Fatal(err)
	}
	wantJudged(t, []string{"close-order", "element-required-attributes", "wcag/h37"}, "html", page)
	if err := os.WriteFile(filepath.Join(dir, "datapackage.json"), []byte(`{"profile":"data-package"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	wantJudged(t, []string{"resources"}, "package", dir)
}

// testArchives validates the page archive of each capture: its Data Package by
// another program, and the digests that this lists.
func testArchives(t *testing.T, bag string) {
	archives, err := filepath.Glob(filepath.Join(bag, "data", "captures", "*", "archive.wacz"))
	if err != nil || len(archives) != 2 {
		t.Fatalf("got archives %q, %v", archives, err)
	}
	for _, path := range archives {
		z, err := zip.OpenReader(path)
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := os.CopyFS(dir, z); err != nil {
			t.Fatal(err)
		}
		z.Close()
		wantJudged(t, nil, "package", dir)
		testResources(t, dir)
	}
}

// testResources compares the files of an unpacked WACZ with what its Data Package
// and the digest of that say (WACZ 1.1.1, sections 5.1 and 5.2).
func testResources(t *testing.T, dir string) {
	var pack struct {
		Profile   string
		Version   string `json:"wacz_version"`
		Resources []struct {
			Path, Hash string
			Bytes      int
		}
	}
	var digest struct{ Path, Hash string }
	descriptor := readJSON(t, filepath.Join(dir, "datapackage.json"), &pack)
	readJSON(t, filepath.Join(dir, "datapackage-digest.json"), &digest)
	if digest.Path != "datapackage.json" || digest.Hash != "sha256:"+canon.Sum(descriptor).String() || pack.Profile != "data-package" || pack.Version != "1.1.1" {
		t.Errorf("got digest %+v of %s", digest, descriptor)
	}
	var paths []string
	for _, r := range pack.Resources {
		b, err := os.ReadFile(filepath.Join(dir, r.Path))
		if err != nil || r.Hash != "sha256:"+canon.Sum(b).String() || r.Bytes != len(b) {
			t.Errorf("%+v: got %d bytes of digest %s, %v", r, len(b), canon.Sum(b), err)
		}
		paths = append(paths, r.Path)
	}
	if want := []string{"archive/data.warc.gz", "indexes/index.cdx", "pages/pages.jsonl"}; !slices.Equal(paths, want) {
		t.Errorf("got resources %q, want %q", paths, want)
	}
}

func readJSON(t *testing.T, path string, v any) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// bagIt has the Library of Congress's bagit-python validate a bag.
func bagIt(t *testing.T, bag string) (out string, valid bool) {
	t.Helper()
	// The program asks for its version as an installed package has one.
	lib := t.TempDir()
	info := filepath.Join(lib, "bagit-1.9.0.dist-info")
	if err := os.Mkdir(info, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(info, "METADATA"), []byte("Metadata-Version: 2.1\nName: bagit\nVersion: 1.9.0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "python3", filepath.Join("testdata", "bagit", "bagit.py"), "--validate", bag)
	c.Env = append(os.Environ(), "PYTHONPATH="+lib, "PYTHONDONTWRITEBYTECODE=1")
	b, err := c.CombinedOutput()
	return string(b), err == nil
}

// testBagIt validates a bag, and again with a byte of it flipped.
func testBagIt(t *testing.T, bag string) {
	if out, ok := bagIt(t, bag); !ok || !strings.Contains(out, "is valid") {
		t.Errorf("got\n%s", out)
	}
	for path, says := range map[string]string{
		"data/index.html": "data/index.html sha256 validation failed",
		"bag-info.txt":    "bag-info.txt sha256 validation failed",
	} {
		name := filepath.Join(bag, filepath.FromSlash(path))
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		flipped := bytes.Clone(b)
		flipped[len(b)/2] ^= 1
		rewrite(t, name, flipped)
		if out, ok := bagIt(t, bag); ok || !strings.Contains(out, says) {
			t.Errorf("%s: got valid %v\n%s", path, ok, out)
		}
		rewrite(t, name, b)
	}
}

// rewrite writes a file that is read-only.
func rewrite(t *testing.T, name string, b []byte) {
	t.Helper()
	if err := os.Chmod(name, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
