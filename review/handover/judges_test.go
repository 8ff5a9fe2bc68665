package handover

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// ontologyEnv names a Turtle file with all of CASE 1.4.0 and UCO 1.4.0, against whose own
// shapes documents are then held as well.
const ontologyEnv = "PUGMARK_CASE_ONTOLOGY"

// shapes are the files with the shapes that a document must have.
func shapes() []string {
	out := []string{filepath.Join("testdata", "profile.ttl")}
	if path := os.Getenv(ontologyEnv); path != "" {
		out = append(out, path)
	}
	return out
}

// judge runs a judge of testdata/node and returns what it finds.
func judge(t *testing.T, args ...string) []string {
	t.Helper()
	if _, err := os.Stat(filepath.Join("testdata", "node", "node_modules", "rdf-validate-shacl")); err != nil {
		t.Fatalf("%v\nrun once: scripts/setup-node", err)
	}
	var stderr bytes.Buffer
	c := exec.CommandContext(t.Context(), "node", append([]string{filepath.Join("testdata", "node", "judges.mjs")}, args...)...)
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("node judges.mjs (version 18.19 or later is needed): %v\n%s", err, stderr.Bytes())
	}
	if len(out) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

// TestCaseByOthers has a validator of SHACL judge a case.
func TestCaseByOthers(t *testing.T) {
	document, _ := written(t, Request{Format: CaseUCO, Case: sampleCase(t)})
	path := toFile(t, "x.jsonld", document)
	for _, s := range shapes() {
		got := judge(t, "case", s, path)
		if len(got) != 1 || got[0] != path+": 144 nodes" {
			t.Errorf("%s: got\n%s", s, strings.Join(got, "\n"))
		}
	}
}

// TestCaseJudgeSees has it judge documents that are wrong.
func TestCaseJudgeSees(t *testing.T) {
	document, _ := written(t, Request{Format: CaseUCO, Case: sampleCase(t)})
	var paths []string
	broken := []struct{ from, to, want string }{
		{`"types:hashValue"`, `"types:hashMethod2"`, "MinCountConstraintComponent"},
		{`"2026-11-24T08:00:00.005Z"`, `"yesterday"`, "DatatypeConstraintComponent"},
		{`"@type":"identity:Person"`, `"@type":"types:Dictionary"`, "ClassConstraintComponent"},
		{`"observable:fullValue"`, `"observable:fullvalue"`, "unknown term"},
		{`"@id":"urn:uuid:`, `"@id":"urn:x:`, "no UUID at the end"},
		{`"@type":"types:Hash"`, `"@type":"types:Hash","core:hasFacet":{"@type":"core:Facet"}`, "blank node"},
	}
	for _, x := range broken {
		wrong := strings.ReplaceAll(document, x.from, x.to)
		if strings.Contains(x.to, "urn:x:") {
			wrong = uuids.ReplaceAllString(wrong, "$1")
		}
		paths = append(paths, toFile(t, "x.jsonld", wrong))
	}
	for n, s := range shapes() {
		if n > 0 {
			broken = broken[:2] // against the whole ontology each takes a while
		}
		got := judge(t, append([]string{"case", s}, paths[:len(broken)]...)...)
		for i, x := range broken {
			if !slices.ContainsFunc(got, func(line string) bool {
				return strings.HasPrefix(line, paths[i]+": ") && strings.Contains(line, x.want)
			}) {
				t.Errorf("%s: got no %q for %s in\n%.2000s", s, x.want, x.to, strings.Join(got, "\n"))
			}
		}
	}
}

// uuids matches a UUID, with all but its end as the submatch.
var uuids = regexp.MustCompile(`([0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{11})[0-9a-f]`)

// TestHARByOthers has a validator of HTTP Archive judge one, and one that is wrong.
func TestHARByOthers(t *testing.T) {
	shut, _ := harOf(t, Request{MaxBody: 20})
	open, _ := harOf(t, Request{Cookies: true})
	broken := toFile(t, "broken.har", strings.Replace(shut, `"headersSize":-1`, `"headersSize":"none"`, 1))
	got := judge(t, "har", toFile(t, "x.har", shut), toFile(t, "y.har", open), broken)
	if len(got) != 1 || !strings.HasPrefix(got[0], broken) || !strings.Contains(got[0], "headersSize") {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}
