package handover

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"pugmark/evidence"
	"pugmark/evidence/custody"
	"pugmark/review"
)

// uncell takes away what cell adds, as the package's comment says.
func uncell(s string) string {
	var b strings.Builder
	begins := true
	for _, r := range s {
		if begins && r == '\'' {
			begins = false
			continue
		}
		b.WriteRune(r)
		begins = strings.ContainsRune(";\t\r\n", r) || begins && strings.ContainsRune(" \"", r)
	}
	return b.String()
}

func TestCell(t *testing.T) {
	for value, want := range map[string]string{
		"": "", "plain": "plain", "=1": "'=1", "+1": "'+1", "-1": "'-1", "@a": "'@a", "＝1": "'＝1", "'a": "''a", "''": "'''",
		"\t=1": "'\t'=1", "\r\nx": "'\r\nx", "a=1": "a=1", "a;=1": "a;'=1", `a; "=1`: `a; "'=1`, " =1": " '=1", "a\n=1": "a\n'=1", "a;'b": "a;''b", "don't": "don't",
	} {
		if got := cell(value); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
		if got := uncell(cell(value)); got != value {
			t.Errorf("%q: got %q back", value, got)
		}
	}
}

func FuzzCell(f *testing.F) {
	for _, s := range []string{"=1", "\t=;'", "'=", "\"'", ";;'", "\r\n", "\t\t'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "?")
		if got := uncell(cell(s)); got != s {
			t.Errorf("%q: got %q back", s, got)
		}
	})
}

// TestListings reads the table with an independent reader, and holds it against the
// JSON of both forms.
func TestListings(t *testing.T) {
	c := sampleCase(t)
	table, r := written(t, Request{Format: CSV, Case: c, BOM: true})
	rest, bom := strings.CutPrefix(table, "\ufeff")
	if !bom || r.Captures != 3 || len(r.Unread) > 0 {
		t.Errorf("got %+v, byte order mark %v", r, bom)
	}
	out, err := exec.CommandContext(t.Context(), "python3", "-c", pythonReader, toFile(t, "x.csv", rest)).Output()
	check(t, err)
	var rows []map[string]string
	check(t, json.Unmarshal(out, &rows))
	array, _ := written(t, Request{Format: JSON, Case: c})
	var objects []map[string]any
	check(t, json.Unmarshal([]byte(array), &objects))
	lines, _ := written(t, Request{Format: Lines, Case: c})
	if want := "[\n" + strings.TrimSuffix(strings.ReplaceAll(lines, "\n", ",\n"), ",\n") + "\n]\n"; array != want {
		t.Errorf("got an array of other lines:\n%s\nwant\n%s", array, want)
	}
	if len(rows) != 3 || len(objects) != 3 {
		t.Fatalf("got %d rows and %d objects, want 3", len(rows), len(objects))
	}
	for i, row := range rows {
		for name, got := range row {
			if want := flat(objects[i][name]); name != "corrected" && uncell(got) != want {
				t.Errorf("row %d, %s: got %q, want %q", i, name, uncell(got), want)
			}
		}
		for name := range objects[i] {
			if _, ok := row[name]; !ok {
				t.Errorf("the table has no column %s", name)
			}
		}
	}
	if got := rows[0]["corrected"]; !strings.HasPrefix(got, `price: was "3680.00 CNY", corrected by A. Rao on 20`) {
		t.Errorf("got %q", got)
	}
	if got := rows[0]["price"] + rows[0]["notes"]; got != "4000Same seller as in OP-3" {
		t.Errorf("got %q", got)
	}
}

const pythonReader = `import csv, json, sys
print(json.dumps(list(csv.DictReader(open(sys.argv[1], encoding="utf-8", newline=""), strict=True))))`

// flat returns a member as a cell has it.
func flat(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case []any:
		out := make([]string, len(v))
		for i, x := range v {
			out[i] = flat(x)
		}
		return joined(out)
	}
	return fmt.Sprint(v)
}

// TestCorrectPrice takes prices as people write them.
func TestCorrectPrice(t *testing.T) {
	for text, want := range map[string]string{
		"4000": "4000  exact", "1,200 CNY": "1200 CNY exact", "1,200.50 EUR": "1200.50 EUR exact", "12.5USD": "12.5 USD exact",
		"1,20 EUR": "  ", "about 5 USD": "  ", "5–8 EUR": "  ", "": "  ",
	} {
		row := &Row{Price: "1", PriceHigh: "2", Currency: "XXX", PriceType: "range"}
		row.correctPrice(text)
		if got := row.Price + " " + row.Currency + " " + row.PriceType; got != want || row.PriceHigh != "" || row.PriceText != text {
			t.Errorf("%q: got %q in %+v, want %q", text, got, row, want)
		}
	}
}

// TestUnread hands over a capture of which the records are damaged.
func TestUnread(t *testing.T) {
	c := sampleCase(t)
	damaged := *c.Captures[1]
	damaged.Files = fstest.MapFS{"manifest.json": {Data: []byte("{}")}}
	c.Captures[1] = &damaged
	for _, f := range []Format{CSV, JSON, Lines, CaseUCO} {
		got, r := written(t, Request{Format: f, Case: c})
		if r.Captures != 3 || len(r.Unread) != 1 || r.Unread[0].Capture != "OP-7/2" {
			t.Errorf("%s: got %+v", f, r)
		}
		wantPart(t, got, "OP-7/2", "https://market.example/l/7", damaged.ManifestDigest.String())
	}
	if _, err := Write(t.Context(), os.Stderr, Request{Format: HAR, Case: c, Captures: c.Captures[1:2]}, nil); err == nil {
		t.Error("got no error of a damaged capture's requests")
	}
}

// TestSame hands over twice.
func TestSame(t *testing.T) {
	for _, f := range Formats() {
		var got []string
		for range 2 {
			c := sampleCase(t)
			s, _ := written(t, Request{Format: f, Case: c, Captures: c.Captures[:1]})
			got = append(got, s)
		}
		if got[0] != got[1] {
			t.Errorf("%s: two files of the same capture differ", f)
		}
	}
}

func TestSave(t *testing.T) {
	v := newVault(t)
	l := review.OfVault(v)
	c, err := l.Case(t.Context(), "OP-7")
	check(t, err)
	dir := t.TempDir()
	path := filepath.Join(dir, "x.har")
	q := Request{Format: HAR, Case: c, Captures: c.Captures[:1], Cookies: true}
	s, err := Save(t.Context(), v, path, q, nil)
	check(t, err)
	b, err := os.ReadFile(path)
	check(t, err)
	if !s.Logged || s.Bytes != int64(len(b)) || s.Requests != 6 {
		t.Errorf("got %+v of %d bytes", s, len(b))
	}
	events, err := v.Events(t.Context(), custody.Filter{Action: custody.CaseHandedOver})
	check(t, err)
	if len(events) != 1 || events[0].Digest != s.SHA256 || events[0].Subject != "x.har" || events[0].Case != "OP-7" ||
		events[0].Details["cookies"] != "included" || events[0].Details["capture"] != c.Captures[0].ID.String() {
		t.Errorf("got events %+v", events)
	}
	if _, err := Save(t.Context(), v, path, q, nil); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got %v, want %v", err, fs.ErrExist)
	}
	q.Captures = nil
	if _, err := Save(t.Context(), v, filepath.Join(dir, "y.har"), q, nil); !errors.Is(err, ErrOneCapture) {
		t.Errorf("got %v, want %v", err, ErrOneCapture)
	}
	q.Captures = c.Captures[2:]
	if _, err := Save(t.Context(), v, filepath.Join(dir, "y.har"), q, nil); !errors.Is(err, ErrNoArchive) {
		t.Errorf("got %v, want %v", err, ErrNoArchive)
	}
	readOnly, err := evidence.OpenReadOnly(t.Context(), v.Dir())
	check(t, err)
	defer readOnly.Close()
	s, err = Save(t.Context(), readOnly, filepath.Join(dir, "y.csv"), Request{Format: CSV, Case: c}, nil)
	if err != nil || s.Logged {
		t.Errorf("got %+v, %v", s, err)
	}
	left, err := os.ReadDir(dir)
	check(t, err)
	if len(left) != 2 {
		t.Errorf("got %v in the folder", left)
	}
	r, err := v.Verify(t.Context(), nil)
	check(t, err)
	if r.Outcome != evidence.Verified {
		t.Errorf("got %s, %v", r.Outcome, r.Findings)
	}
}

func TestFormatOf(t *testing.T) {
	for _, f := range Formats() {
		if got, ok := FormatOf("a/B" + strings.ToUpper(f.Extension())); !ok || got != f {
			t.Errorf("%s: got %q", f, got)
		}
	}
	if got, ok := FormatOf("x.txt"); ok {
		t.Errorf("got %q", got)
	}
}

// TestColumns has each column of the table once.
func TestColumns(t *testing.T) {
	table, _ := written(t, Request{Format: CSV, Case: sampleCase(t)})
	head, err := csv.NewReader(strings.NewReader(table)).Read()
	check(t, err)
	slices.Sort(head)
	if all := len(head); len(slices.Compact(head)) != all || all != len(columns) {
		t.Errorf("got %q", head)
	}
}
