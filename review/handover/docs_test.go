package handover

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the examples into the documents")

var block = regexp.MustCompile("(?s)<!-- example: ([a-z-]+) -->\n```[a-z]+\n(.*?)```\n")

// TestExamples makes the examples of the documents anew.
func TestExamples(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "formats.md")
	b, err := os.ReadFile(path)
	check(t, err)
	examples := map[string]string{
		"csv": cells(t, 1), "csv-hostile": cells(t, 2), "json": firstObject(t), "case-uco": someNodes(t), "har": someRequests(t),
	}
	doc, seen := string(b), 0
	for _, m := range block.FindAllStringSubmatch(string(b), -1) {
		want, ok := examples[m[1]]
		if !ok {
			t.Errorf("no example %q", m[1])
		}
		seen++
		if m[2] != want && !*update {
			t.Errorf("%s: got\n%s\nwant, as go test ./review/handover -run TestExamples -update writes it,\n%s", m[1], m[2], want)
		}
		doc = strings.Replace(doc, m[0], strings.Replace(m[0], "\n"+m[2]+"```\n", "\n"+want+"```\n", 1), 1)
	}
	if seen != len(examples) {
		t.Errorf("got %d examples, want %d", seen, len(examples))
	}
	if *update {
		check(t, os.WriteFile(path, []byte(doc), 0o644))
	}
}

// cells returns the cells of a row that aren't empty, with their names; of a further
// row only those with a mark.
func cells(t *testing.T, row int) string {
	table, _ := written(t, Request{Format: CSV, Case: sampleCase(t)})
	all, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	check(t, err)
	var b strings.Builder
	for i, name := range all[0] {
		if value := all[row][i]; value != "" && (row == 1 || strings.HasPrefix(value, "'")) {
			b.WriteString(name + ": " + strings.NewReplacer("\r", `\r`, "\n", `\n`, "\t", `\t`).Replace(value) + "\n")
		}
	}
	return b.String()
}

func firstObject(t *testing.T) string {
	array, _ := written(t, Request{Format: JSON, Case: sampleCase(t)})
	var all []json.RawMessage
	check(t, json.Unmarshal([]byte(array), &all))
	return indented(t, string(all[0]))
}

// indented returns JSON for people.
func indented(t *testing.T, s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	check(t, e.Encode(json.RawMessage(s)))
	return b.String()
}

// someNodes returns the first nodes of some types.
func someNodes(t *testing.T) string {
	document, _ := written(t, Request{Format: CaseUCO, Case: sampleCase(t)})
	var d struct {
		Graph []json.RawMessage `json:"@graph"`
	}
	check(t, json.Unmarshal([]byte(document), &d))
	want := []string{"observable:File", "observable:ContentDataFacet", "types:Hash", "core:Annotation", "investigation:InvestigativeAction", "investigation:ProvenanceRecord"}
	var out strings.Builder
	for _, n := range d.Graph {
		var kind struct {
			Type string `json:"@type"`
		}
		check(t, json.Unmarshal(n, &kind))
		if i := slices.Index(want, kind.Type); i >= 0 {
			out.WriteString(indented(t, string(n)))
			want = slices.Delete(want, i, i+1)
		}
	}
	return out.String()
}

// someRequests returns a HAR with one of its requests.
func someRequests(t *testing.T) string {
	text, _ := harOf(t, Request{})
	lines := strings.Split(text, "\n")
	return indented(t, lines[0]+strings.TrimSuffix(lines[2], ",")+lines[len(lines)-2])
}
