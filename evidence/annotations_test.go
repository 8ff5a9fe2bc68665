package evidence

import (
	"errors"
	"image"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"pugmark/evidence/custody"
	"pugmark/evidence/search"
)

// sealPictured makes a capture with a picture of 800×3000 pixels.
func sealPictured(t testing.TB, v *Vault) Capture {
	t.Helper()
	a := acquisition("https://example.com")
	a.Picture = &Picture{Size: Size{800, 3000}, Strips: 1}
	sealed, err := stage(t, v, "https://example.com").Seal(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	return sealed.Capture
}

func annotate(t testing.TB, v *Vault, c Capture, a Annotation) Annotation {
	t.Helper()
	a, err := v.Annotate(t.Context(), c, a)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func annotations(t testing.TB, v *Vault, c Capture) (all []string) {
	t.Helper()
	found, err := v.Annotations(t.Context(), c)
	check(t, err)
	for _, a := range found {
		all = append(all, a.describe())
	}
	return all
}

func TestAnnotate(t *testing.T) {
	v := newVault(t)
	c := sealPictured(t, v)
	before := snapshot(t, c.Dir)
	check(t, v.CloseCase(t.Context(), "OP-1", ""))
	w := reopen(t, v) // locked
	var added []Annotation
	for _, a := range []Annotation{
		{Kind: Note, Text: " the seller answers\r\nwithin an hour 象牙 ", Name: "ignored"},
		{Kind: Tag, Text: "ivory"},
		{Kind: Region, Text: "tusk", Region: image.Rect(10, 20, 110, 220)},
		{Kind: Fact, Name: "price", Text: "1,200 CNY", Was: "12 CNY"},
		{Kind: Region, Region: image.Rect(0, 0, 800, 3000)},
	} {
		added = append(added, annotate(t, w, c, a))
	}
	check(t, w.Withdraw(t.Context(), c, added[1].ID, "wrong species"))
	got, err := v.Annotations(t.Context(), c)
	check(t, err)
	if len(got) != 5 {
		t.Fatalf("got %d annotations, want 5", len(got))
	}
	for i, a := range got {
		if (a.Withdrawn != nil) != (i == 1) || a.Actor != "A. Rao" || a.Capture != c.ID {
			t.Errorf("got %+v", a)
		}
		a.Withdrawn = nil
		if a.describe() != added[i].describe() {
			t.Errorf("got %s, want %s", a.describe(), added[i].describe())
		}
	}
	if a := got[0]; a.Text != "the seller answers\nwithin an hour 象牙" || a.Name != "" {
		t.Errorf("got note %+v", a)
	}
	if a := got[3]; a.Name != "price" || a.Was != "12 CNY" || a.Text != "1,200 CNY" {
		t.Errorf("got fact %+v", a)
	}
	if w := got[1].Withdrawn; w.Reason != "wrong species" || w.Actor != "A. Rao" || w.Time.Before(got[1].Time) {
		t.Errorf("got withdrawal %+v", w)
	}
	if after := snapshot(t, c.Dir); after != before {
		t.Errorf("the capture's folder changed from %s to %s", before, after)
	}
	r := verify(t, v)
	wantFindings(t, r)
	if r.Unsigned != 6 {
		t.Errorf("got %d unsigned events, want 6", r.Unsigned)
	}
}

func TestAnnotateRefuses(t *testing.T) {
	v := newVault(t)
	c, plain := sealPictured(t, v), seal(t, v, "https://example.com/plain")
	annotate(t, v, c, Annotation{Kind: Tag, Text: "Ivory"})
	for name, a := range map[string]Annotation{
		"no kind":          {Text: "x"},
		"empty note":       {Kind: Note, Text: " \n"},
		"invalid UTF-8":    {Kind: Note, Text: "a\xffb"},
		"control":          {Kind: Note, Text: "a\x1b[31m"},
		"long note":        {Kind: Note, Text: strings.Repeat("象", MaxNote+1)},
		"long tag":         {Kind: Tag, Text: strings.Repeat("x", MaxTag+1)},
		"two lines":        {Kind: Tag, Text: "a\nb"},
		"tag twice":        {Kind: Tag, Text: "ivory"},
		"no name":          {Kind: Fact, Text: "12"},
		"name of words":    {Kind: Fact, Name: "The price", Text: "12"},
		"no value":         {Kind: Fact, Name: "price"},
		"invalid was":      {Kind: Fact, Name: "price", Text: "12", Was: "\xff"},
		"no region":        {Kind: Region, Text: "x"},
		"region outside":   {Kind: Region, Region: image.Rect(700, 0, 801, 10)},
		"region before":    {Kind: Region, Region: image.Rect(-1, 0, 10, 10)},
		"region upside":    {Kind: Region, Region: image.Rectangle{Min: image.Pt(9, 9), Max: image.Pt(1, 1)}},
		"region too large": {Kind: Region, Region: image.Rect(0, 0, 800, 3001)},
	} {
		_, err := v.Annotate(t.Context(), c, a)
		if err == nil {
			t.Errorf("%s: got no error", name)
		}
		if tagged := errors.Is(err, ErrTagged); tagged != (name == "tag twice") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	_, err := v.Annotate(t.Context(), plain, Annotation{Kind: Region, Region: image.Rect(0, 0, 1, 1)})
	wantErr(t, err, ErrNoPicture)
	_, err = v.Annotate(t.Context(), Capture{ID: uuid.New()}, Annotation{Kind: Note, Text: "x"})
	wantErr(t, err, ErrNoCapture)
	annotate(t, v, plain, Annotation{Kind: Tag, Text: "ivory"})
	if got := annotations(t, v, c); len(got) != 1 {
		t.Errorf("got annotations %q", got)
	}
}

func TestWithdraw(t *testing.T) {
	v := newVault(t)
	c, other := sealPictured(t, v), sealPictured(t, v)
	a := annotate(t, v, c, Annotation{Kind: Tag, Text: "ivory"})
	wantErr(t, v.Withdraw(t.Context(), other, a.ID, ""), ErrNoAnnotation)
	wantErr(t, v.Withdraw(t.Context(), c, uuid.New(), ""), ErrNoAnnotation)
	check(t, v.Withdraw(t.Context(), c, a.ID, ""))
	wantErr(t, v.Withdraw(t.Context(), c, a.ID, ""), ErrWithdrawn)
	annotate(t, v, c, Annotation{Kind: Tag, Text: "ivory"}) // again
	if err := v.Withdraw(t.Context(), c, a.ID, "\xff"); err == nil {
		t.Error("got no error for a reason that isn't UTF-8")
	}
}

func TestTags(t *testing.T) {
	v := newVault(t)
	check(t, v.NewCase(t.Context(), Case{Ref: "OP-2", Title: "Scales"}))
	a, b := sealPictured(t, v), sealPictured(t, v)
	for _, tag := range []string{"scale", "ivory", "urgent"} {
		annotate(t, v, a, Annotation{Kind: Tag, Text: tag})
	}
	gone := annotate(t, v, b, Annotation{Kind: Tag, Text: "ivory"})
	check(t, v.Withdraw(t.Context(), b, gone.ID, ""))
	for ref, want := range map[string]map[uuid.UUID][]string{
		"": {a.ID: {"ivory", "scale", "urgent"}}, "op-1": {a.ID: {"ivory", "scale", "urgent"}}, "OP-2": {},
	} {
		got, err := v.Tags(t.Context(), ref)
		check(t, err)
		if !maps.EqualFunc(got, want, slices.Equal) {
			t.Errorf("%q: got %v, want %v", ref, got, want)
		}
	}
	_, err := v.Tags(t.Context(), "OP-3")
	wantErr(t, err, ErrNoCase)
}

// TestAnnotationsIndex alters the index of annotations and makes it again.
func TestAnnotationsIndex(t *testing.T) {
	v := newVault(t)
	c := sealPictured(t, v)
	a := annotate(t, v, c, Annotation{Kind: Note, Text: "first"})
	b := annotate(t, v, c, Annotation{Kind: Region, Text: "second", Region: image.Rect(1, 2, 3, 4)})
	check(t, v.Withdraw(t.Context(), c, a.ID, "why"))
	want := annotations(t, v, c)
	for name, x := range map[string]struct {
		query string
		found string
	}{
		"text":     {"UPDATE annotations SET text = 'third' WHERE kind = 'region'", b.ID.String()},
		"region":   {"UPDATE annotations SET width = 700 WHERE kind = 'region'", b.ID.String()},
		"restored": {"UPDATE annotations SET withdrawn = NULL", a.ID.String()},
		"removed":  {"DELETE FROM annotations WHERE kind = 'note'", a.ID.String()},
		"moved":    {"UPDATE annotations SET capture = id WHERE kind = 'note'", a.ID.String()},
	} {
		query(t, v, x.query)
		t.Run(name, func(t *testing.T) { wantFindings(t, verify(t, v), "index/annotations/"+x.found+": index-differs") })
		check(t, v.Rebuild(t.Context()))
		if got := annotations(t, v, c); !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
		wantFindings(t, verify(t, v))
	}
	events, err := v.Events(t.Context(), custody.Filter{})
	check(t, err)
	var derived []string
	for _, a := range AnnotationsOf(events) {
		derived = append(derived, a.describe())
	}
	if !slices.Equal(derived, want) {
		t.Errorf("got %q from the events, want %q", derived, want)
	}
}

// TestOlderIndex opens a vault of which the tables are those of version 1.
func TestOlderIndex(t *testing.T) {
	v := newVault(t)
	c := sealPictured(t, v)
	query(t, v, "DROP TABLE annotations", "PRAGMA user_version = 1")
	r, err := OpenReadOnly(t.Context(), v.Dir())
	if err != nil {
		t.Fatal(err)
	}
	if got := annotations(t, r, c); len(got) > 0 {
		t.Errorf("got annotations %q", got)
	}
	tags, err := r.Tags(t.Context(), "")
	if err != nil || len(tags) > 0 {
		t.Errorf("got tags %v, %v", tags, err)
	}
	wantFindings(t, verify(t, r))
	check(t, r.Close())
	w := reopen(t, v)
	annotate(t, w, c, Annotation{Kind: Note, Text: "later"})
	var version int
	check(t, w.db.QueryRowContext(t.Context(), "PRAGMA user_version").Scan(&version))
	if version != dbVersion {
		t.Errorf("got version %d, want %d", version, dbVersion)
	}
	wantFindings(t, verify(t, w))
}

// TestAnnotationTampered alters what a note says in the log itself.
func TestAnnotationTampered(t *testing.T) {
	v := newVault(t)
	c := sealPictured(t, v)
	a := annotate(t, v, c, Annotation{Kind: Note, Text: "innocent"})
	unprotect(t, v)
	query(t, v, `UPDATE events SET body = CAST(replace(CAST(body AS TEXT), 'innocent', 'guilty') AS BLOB) WHERE seq = 5`)
	wantFindings(t, verify(t, v), "events/5: event-changed", "index/annotations/"+a.ID.String()+": index-differs")
	query(t, v, `UPDATE events SET body = CAST(replace(CAST(body AS TEXT), '`+a.ID.String()+`', 'nobody') AS BLOB) WHERE seq = 5`)
	wantFindings(t, verify(t, v), "events/5: event-changed", "events/5: event-malformed", "index/annotations/"+a.ID.String()+": index-differs")
}

// TestAssess keeps a listing record: the last assessment of a field counts, and none
// once that was withdrawn.
func TestAssess(t *testing.T) {
	v := newVault(t)
	c := sealPictured(t, v)
	before := snapshot(t, c.Dir)
	annotate(t, v, c, Annotation{Kind: Assessment, Name: "taxon", Text: "Panthera tigris", Was: "ignored"})
	weight := annotate(t, v, c, Annotation{Kind: Assessment, Name: "weight", Text: "2 kg"})
	weighed := annotate(t, v, c, Annotation{Kind: Assessment, Name: "weight", Text: "3 kg"})
	annotate(t, v, c, Annotation{Kind: Assessment, Name: "taxon", Text: "Loxodonta africana"})
	annotate(t, v, c, Annotation{Kind: Fact, Name: "common_name", Text: "elephant"})

	stands := func() string {
		all, err := v.Annotations(t.Context(), c)
		check(t, err)
		var out []string
		for name, a := range AssessedOf(all) {
			out = append(out, name+"="+a.Text+a.Was)
		}
		slices.Sort(out)
		return strings.Join(out, " ")
	}
	if got, want := stands(), "taxon=Loxodonta africana weight=3 kg"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	check(t, v.Withdraw(t.Context(), c, weight.ID, ""))
	if got, want := stands(), "taxon=Loxodonta africana weight=3 kg"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	check(t, v.Withdraw(t.Context(), c, weighed.ID, "of another listing"))
	if got, want := stands(), "taxon=Loxodonta africana"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := snapshot(t, c.Dir); got != before {
		t.Error("the capture changed")
	}
	for _, a := range []Annotation{
		{Kind: Assessment, Name: "taxon"}, {Kind: Assessment, Text: "x"}, {Kind: Assessment, Name: "The Taxon", Text: "x"},
	} {
		if _, err := v.Annotate(t.Context(), c, a); err == nil {
			t.Errorf("got no error for %q, %q", a.Name, a.Text)
		}
	}

	all, err := v.Annotations(t.Context(), c)
	check(t, err)
	d := SearchDocument(Searched{Capture: c, Files: os.DirFS(c.Dir), Annotations: all})
	if got := d.Texts[search.Species]; got != "Loxodonta africana" {
		t.Errorf("got species %q", got)
	}
	wantFindings(t, verify(t, v))
}
