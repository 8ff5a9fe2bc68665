package ui

import (
	"image"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/google/uuid"

	"pugmark/assessment"
	"pugmark/evidence"
)

// tick has a check box of a dialog ticked or not.
func (b *bench) tick(n int, on bool) {
	b.t.Helper()
	for _, o := range test.LaidOutObjects(b.w.win.Canvas().Overlays().Top()) {
		if c, ok := o.(*widget.Check); ok {
			if n == 0 {
				c.SetChecked(on)
				return
			}
			n--
		}
	}
	b.t.Fatal("there is no such check box")
}

// TestNotes adds to a capture what a person can add, withdraws it, and makes a
// redacted copy. The capture itself stays as it was sealed.
func TestNotes(t *testing.T) {
	b, _ := newFlow(t)
	b.open(newVault(t))
	b.pick(1)
	b.w.detail.choose(tabNotes)
	b.settle()
	b.want("Nothing yet.")

	b.press("Note…")
	b.unlock()
	b.press("Add")
	b.want("Nothing was entered yet.")
	b.fill("Same vase as in exhibit 2.\nAsk the lab.")
	b.press("Add")
	b.want("Same vase as in exhibit 2.\nAsk the lab.", "A. Rao · ")

	b.press("Tag…")
	b.fill("ivory")
	b.press("Add")
	b.press("Tag…")
	b.fill("Ivory")
	b.press("Add")
	b.want("The capture has this tag already.")
	b.press("Cancel")

	b.press("Fact…")
	b.fill("Ivory vase, carved")
	b.press("Add")
	b.want("Title: Ivory vase, carved")

	b.press("Assess…")
	b.fill("tiger")
	b.press("Keep")
	b.want("“tiger” can’t be entered as: Taxon")
	b.fill("loxodonta africana", "", "text, photograph", "Probable", "ivory carving")
	b.press("Keep")
	b.want("Taxon: Loxodonta africana", "Told by: photograph, text", "Specimen: IVC – ivory carving")
	b.press("Assess…")
	b.press("Keep")
	b.want("Nothing was changed.")
	b.entries()[3].SetText("")
	b.fill("unknown")
	b.press("Keep")
	b.want("Taxon: unknown")
	b.refuse("Taxon: Loxodonta africana")
	all, err := b.w.vault.Annotations(t.Context(), b.w.detail.subject.capture)
	check(t, err)
	if got := evidence.AssessedOf(all); len(got) != 3 || got["taxon"].Text != "unknown" || got["basis"].Text != "photograph, text" {
		t.Errorf("got record %v", got)
	}
	var rows []string
	for _, f := range recordGroup(b.w.detail.subject.capture, all).rows {
		rows = append(rows, f.name+": "+f.lines[0])
	}
	if want := []string{"Taxon: unknown", "Told by: photograph, text", "Specimen: IVC – ivory carving"}; !slices.Equal(rows, want) {
		t.Errorf("got rows %q, want %q", rows, want)
	}

	b.w.askRegionAt(image.Rect(10, 20, 110, 70))
	b.fill("Hallmark")
	b.press("Mark")
	b.want("1 · 100 × 50 px at 10, 20\nHallmark")
	b.w.askRegionAt(image.Rect(10, 20, 110, 70))
	b.fill("", "1, 2, 3")
	b.press("Mark")
	b.want("This is no part of the picture.")
	b.fill("", "0, 0, 999999, 3")
	b.press("Mark")
	b.want("This is no part of the picture.")
	b.press("Cancel")

	b.w.detail.choose(tabPicture)
	b.settle()
	if got := b.w.detail.picture.view.pane.regions; len(got) != 1 || got[0].place != image.Rect(10, 20, 110, 70) {
		t.Errorf("got regions %v", got)
	}
	b.w.detail.choose(tabNotes)
	b.settle()

	b.press("Redacted copy…")
	b.tick(0, false)
	b.press("Make the copy")
	b.want("No region is ticked.")
	b.tick(0, true)
	b.fill("For the defence")
	b.press("Make the copy")
	b.want("Redacted copies", "For the defence")
	b.press("Save…")
	dir := filepath.Join(t.TempDir(), "copy")
	b.fill(dir)
	b.press("Save")
	b.want("The redacted copy was saved", dir)
	b.press("Close")
	r, err := evidence.VerifyFolder(t.Context(), dir, evidence.Trust{Keys: b.w.vault.Keys()}, nil)
	if check(t, err); r.Outcome != evidence.Verified {
		t.Errorf("got outcome %s, findings %v", r.Outcome, r.Findings)
	}

	b.press("Withdraw…") // the tag
	b.fill("Not ivory")
	b.press("Withdraw")
	b.want("Withdrawn", "withdrawn by A. Rao", "Not ivory")
	tags, err := b.w.vault.Tags(t.Context(), "")
	if check(t, err); len(tags) != 0 {
		t.Errorf("got tags %v", tags)
	}
	b.w.verifyVault()
	b.settle()
	b.want("VERIFIED")
}

func TestParsePlace(t *testing.T) {
	for text, want := range map[string]image.Rectangle{
		"1, 2, 3, 4":      image.Rect(1, 2, 4, 6),
		" 0,0,1,1 ":       image.Rect(0, 0, 1, 1),
		"1, 2, 3":         {},
		"1, 2, 0, 4":      {},
		"1, 2, -3, 4":     {},
		"1, 2, x, 4":      {},
		"9999999999,1,1,": {},
	} {
		got, err := parsePlace(text)
		if got != want || (err == nil) != (want != image.Rectangle{}) {
			t.Errorf("%q: got %v, %v, want %v", text, got, err, want)
		}
	}
}

// TestRecordForm fills in what a page suggests, where a person entered nothing.
func TestRecordForm(t *testing.T) {
	entered := evidence.Annotation{ID: uuid.New(), Kind: evidence.Assessment, Name: "visibility", Text: "overt"}
	f := newRecordForm(assessment.Of([]evidence.Annotation{entered}), []assessment.Suggestion{
		{Field: "visibility", Value: "covert"}, {Field: "code_words", Value: "黄料"}, {Field: "form", Value: "live"},
	})
	f.object()
	for _, e := range f.entries {
		if e.field.Name == "form" {
			e.entry.SetText("part")
		}
	}
	f.fill()
	add, withdraw, bad := f.changes()
	var got []string
	for _, a := range add {
		got = append(got, a.Name+"="+a.Text)
	}
	if want := []string{"form=part", "code_words=黄料"}; !slices.Equal(got, want) || len(withdraw) > 0 || bad != nil {
		t.Errorf("got %q, %v, %v, want %q", got, withdraw, bad, want)
	}
	for _, e := range f.entries {
		e.entry.SetText("")
	}
	if add, withdraw, _ := f.changes(); len(add) != 0 || len(withdraw) != 1 || withdraw[0].ID != entered.ID {
		t.Errorf("got %v, %v", add, withdraw)
	}
}

// TestRecordWords enters the choices of each field as another language has them.
func TestRecordWords(t *testing.T) {
	t.Cleanup(func() { check(t, speak("en")) })
	for _, l := range languages {
		check(t, speak(l.code))
		for _, f := range assessment.Fields() {
			for i, o := range fieldOptions(f) {
				got, err := f.Parse(enteredValue(f, o))
				if want, _ := f.Parse(f.Options()[i]); err != nil || got != want {
					t.Errorf("%s: %s: %q: got %q, %v, want %q", l.code, f.Name, o, got, err, want)
				}
			}
		}
	}
}
