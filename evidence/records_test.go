package evidence

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pugmark/evidence/canon"
	"pugmark/evidence/custody"
)

func TestPrevious(t *testing.T) {
	v := newVault(t)
	first, other := seal(t, v, "https://example.org/1"), seal(t, v, "https://example.org/2")
	again := seal(t, v, "https://example.org/1")
	m, err := again.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	if p := m.Identity.Previous; p == nil || *p != first.ID {
		t.Errorf("got previous %v, want %v", p, first.ID)
	}
	if other.Exhibit != 2 || again.Exhibit != 3 {
		t.Errorf("got exhibits %d and %d, want 2 and 3", other.Exhibit, again.Exhibit)
	}
}

func TestCases(t *testing.T) {
	v := newVault(t)
	ctx := t.Context()
	wantErr(t, v.NewCase(ctx, Case{Ref: "op-1"}), ErrCaseExists)
	check(t, v.NewCase(ctx, Case{Ref: "OP-2", Title: "Horn"}))
	seal(t, v, "https://example.org/1")
	cases, err := v.Cases(ctx)
	if err != nil || len(cases) != 2 || cases[0].Ref != "OP-1" || cases[0].Captures != 1 || cases[1].Title != "Horn" || cases[1].Captures != 0 {
		t.Errorf("got cases %+v, %v", cases, err)
	}
	c, err := v.Case(ctx, "op-1")
	if err != nil || c.Ref != "OP-1" || c.Authority != "s. 12" || c.Closed != nil || time.Since(c.Opened) > time.Minute {
		t.Errorf("got case %+v, %v", c, err)
	}
	_, err = v.Case(ctx, "OP-9")
	wantErr(t, err, ErrNoCase)
	_, err = v.Captures(ctx, "OP-9")
	wantErr(t, err, ErrNoCase)
	check(t, v.CloseCase(ctx, "op-2", "court said so"))
	wantErr(t, v.CloseCase(ctx, "OP-2", ""), ErrCaseClosed)
	wantErr(t, v.CloseCase(ctx, "OP-9", ""), ErrNoCase)
	_, err = v.Stage(ctx, StageRequest{Case: "OP-2"})
	wantErr(t, err, ErrCaseClosed)
	_, err = v.Stage(ctx, StageRequest{Case: "OP-9"})
	wantErr(t, err, ErrNoCase)
	wantFindings(t, verify(t, v))
	if left, err := os.ReadDir(filepath.Join(v.Dir(), stagingDir)); err != nil || len(left) > 0 {
		t.Errorf("refused captures left %v, %v", left, err)
	}
}

func TestCheckRef(t *testing.T) {
	v := newVault(t)
	for _, ref := range []string{"OP-1", "a", "2026.11_x-Y", strings.Repeat("a", 64), "-x", "_", "console", "com", "x.con"} {
		if err := CheckRef(ref); err != nil {
			t.Errorf("%q: %v", ref, err)
		}
	}
	for _, ref := range []string{
		"", ".", "..", ".a", "a.", "a/b", `a\b`, "a b", "é", "案", "a%b", "a:b", "a\n", "CON", "con.txt", "nul", "Lpt1", "com0.x",
		strings.Repeat("a", 65),
	} {
		if err := v.NewCase(t.Context(), Case{Ref: ref}); err == nil {
			t.Errorf("%q: opened a case", ref)
		}
	}
}

func TestCaptureName(t *testing.T) {
	v := newVault(t)
	a, b := seal(t, v, "https://example.org/1"), seal(t, v, "https://example.org/2")
	for name, want := range map[string]Capture{
		a.ID.String(): a, strings.ToUpper(b.ID.String()): b, "OP-1/1": a, "op-1/2": b,
		b.ID.String()[:30]: b,
	} {
		if got, err := v.Capture(t.Context(), name); err != nil || got != want {
			t.Errorf("%q: got %+v, %v, want %+v", name, got, err, want)
		}
	}
	for _, name := range []string{"", "OP-1/3", "OP-1/", "OP-1/x", "OP-2/1", "/1", a.ID.String()[:3], "ffffffff", "zzzz", "%", "____", a.ID.String() + "0"} {
		_, err := v.Capture(t.Context(), name)
		wantErr(t, err, ErrNoCapture)
	}
	// UUIDv7 begins with the time: captures of one minute share four digits.
	_, err := v.Capture(t.Context(), a.ID.String()[:4])
	wantErr(t, err, ErrAmbiguous)
}

func TestLog(t *testing.T) {
	v := newVault(t)
	c := seal(t, v, "https://example.org/1")
	ctx := t.Context()
	err := v.Log(ctx, custody.Event{
		Action: custody.BundleExported, Subject: "x.zip", Digest: canon.Sum(nil), Case: "OP-1",
	})
	check(t, err)
	if err := v.Log(ctx, custody.Event{Action: custody.CaptureSealed}); err == nil {
		t.Error("logged a sealed capture that isn't one")
	}
	all, err := v.Events(ctx, custody.Filter{})
	check(t, err)
	var actions []string
	for _, e := range all {
		actions = append(actions, string(e.Action))
		if e.Actor != "A. Rao" || e.Host == "" || e.Tool != Tool || e.Time.IsZero() {
			t.Errorf("got event %+v", e)
		}
	}
	want := "vault.created key.added case.opened capture.started capture.sealed bundle.exported"
	if got := strings.Join(actions, " "); got != want {
		t.Errorf("got actions %q, want %q", got, want)
	}
	history, err := v.Events(ctx, custody.Filter{Subject: c.ID.String()})
	if err != nil || len(history) != 2 || history[0].Details["requested"] != c.Requested || history[0].Reason != "tip 4" || history[1].Digest != c.ManifestDigest {
		t.Errorf("got history %+v, %v", history, err)
	}
	last, err := v.LatestCheckpoint(ctx)
	if err != nil || last.Size != int64(len(all)) || last.Origin != "pugmark/"+v.Info().ID.String() {
		t.Errorf("got checkpoint %+v, %v", last, err)
	}
}

// TestLockedLog logs while nothing can be signed.
func TestLockedLog(t *testing.T) {
	v := reopen(t, newVault(t))
	check(t, v.NewCase(t.Context(), Case{Ref: "OP-2"}))
	if r := verify(t, v); r.Unsigned != 1 || r.Outcome != Verified {
		t.Errorf("got report %+v, want one event unsigned", r)
	}
	check(t, v.Unlock(t.Context(), testPassphrase))
	_, err := v.SignCheckpoint(t.Context())
	check(t, err)
	if r := verify(t, v); r.Unsigned != 0 {
		t.Errorf("got report %+v, want no event unsigned", r)
	}
}

func TestExtract(t *testing.T) {
	v := newVault(t)
	check(t, v.NewCase(t.Context(), Case{Ref: "OP-2", Title: "Secret"}))
	seal(t, v, "https://example.org/1")
	x, err := v.Extract(t.Context(), "op-1")
	if err != nil {
		t.Fatal(err)
	}
	b, err := x.Encode()
	check(t, err)
	if strings.Contains(string(b), "Secret") || len(x.Events) != 3 {
		t.Errorf("got extract %s", b)
	}
	if fs := x.Verify("custody.json", v.Keys().verifiers()...); len(fs) > 0 {
		t.Errorf("got findings %v", fs)
	}
}

// TestRebuild loses the index, all of it or a part.
func TestRebuild(t *testing.T) {
	for _, damage := range []string{
		"DROP TABLE cases", "DROP TABLE captures", "DELETE FROM captures WHERE exhibit = 1", "DELETE FROM cases",
	} {
		v := newVault(t)
		seal(t, v, "https://example.org/1")
		seal(t, v, "https://example.org/2")
		check(t, v.NewCase(t.Context(), Case{Ref: "OP-2"}))
		check(t, v.CloseCase(t.Context(), "OP-1", "done"))
		captures, err := v.Captures(t.Context(), "")
		check(t, err)
		cases, err := v.Cases(t.Context())
		check(t, err)
		_, err = v.db.ExecContext(t.Context(), damage)
		check(t, err)
		w := reopen(t, v)
		gotCaptures, err := w.Captures(t.Context(), "")
		if err != nil || fmt.Sprintf("%+v", gotCaptures) != fmt.Sprintf("%+v", captures) {
			t.Errorf("%s: got captures %+v, %v, want %+v", damage, gotCaptures, err, captures)
		}
		gotCases, err := w.Cases(t.Context())
		if err != nil || len(gotCases) != 2 || gotCases[0].Closed == nil || !gotCases[0].Closed.Equal(*cases[0].Closed) {
			t.Errorf("%s: got cases %+v, %v, want %+v", damage, gotCases, err, cases)
		}
		wantFindings(t, verify(t, w))
	}
}

// TestRebuildAltered alters the index so that nothing but verification notices,
// and makes it again.
func TestRebuildAltered(t *testing.T) {
	v := newVault(t)
	seal(t, v, "https://example.org/1")
	check(t, v.NewCase(t.Context(), Case{Ref: "OP-2", Title: "Birds"}))
	check(t, v.CloseCase(t.Context(), "OP-1", "done"))
	before := answers(t, v)
	for _, damage := range []string{
		"UPDATE captures SET title = 'Bone', verdict = 'failed', exhibit = 7, digest = ''",
		"UPDATE cases SET closed = NULL, title = 'Bone'",
		"UPDATE cases SET ref = 'OP-9' WHERE ref = 'OP-2'",
		"UPDATE captures SET id = '00000000-0000-0000-0000-000000000000'",
		"DELETE FROM cases; DELETE FROM captures",
		"DROP TABLE cases; DROP TABLE captures",
	} {
		query(t, v, damage)
		check(t, v.Rebuild(t.Context()))
		if after := answers(t, v); after != before {
			t.Errorf("%s: got\n%s, want\n%s", damage, after, before)
		}
		wantFindings(t, verify(t, v))
	}
}

// answers returns all that the index answers.
func answers(t *testing.T, v *Vault) string {
	t.Helper()
	ctx := t.Context()
	cases, err := v.Cases(ctx)
	check(t, err)
	captures, err := v.Captures(ctx, "")
	check(t, err)
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetIndent("", " ")
	check(t, enc.Encode([]any{cases, captures}))
	for _, c := range captures {
		for _, name := range []string{c.Name(), c.ID.String()} {
			one, err := v.Capture(ctx, name)
			check(t, errors.Join(err, enc.Encode(one)))
		}
		m, err := c.Manifest()
		check(t, errors.Join(err, enc.Encode(m)))
	}
	for _, c := range cases {
		of, err := v.Captures(ctx, c.Ref)
		check(t, errors.Join(err, enc.Encode(of)))
	}
	return b.String()
}
