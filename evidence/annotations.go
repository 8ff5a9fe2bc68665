package evidence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"image"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"

	"pugmark/evidence/custody"
)

// Errors of an annotation.
var (
	ErrTagged       = errors.New("the capture has this tag")
	ErrNoAnnotation = errors.New("no such annotation")
	ErrWithdrawn    = errors.New("the annotation was withdrawn")
	ErrNoPicture    = errors.New("the capture has no picture of the whole page")
)

// AnnotationKind says what an annotation is.
type AnnotationKind string

// The kinds of annotations.
const (
	Note   AnnotationKind = "note"
	Tag    AnnotationKind = "tag"
	Region AnnotationKind = "region" // a rectangle of the page's picture, with a comment
	Fact   AnnotationKind = "fact"   // of a listing, added or corrected by a person
	// Assessment is a field of the listing record: what the investigator concludes,
	// beside what the page says. See package assessment.
	Assessment AnnotationKind = "assessment"
)

// Limits of what an annotation says, in characters.
const (
	MaxNote = 10_000 // of a note, a comment, a fact's value
	MaxTag  = 60
)

// Annotation is what a person added to a sealed capture. It is an event of the
// custody log; nothing in the capture's folder changes.
type Annotation struct {
	ID   uuid.UUID // UUIDv7
	Kind AnnotationKind
	Text string // of a note; the tag; a region's comment, which may be empty; the value of a fact or an assessment
	Name string // of a fact, as in listing.json: "price"; the field of an assessment
	Was  string // the recorded value that a fact corrects; empty: it adds one
	// Region is in pixels of the picture of the whole page.
	Region    image.Rectangle
	Capture   uuid.UUID
	Seq       int64 // of the event
	Time      time.Time
	Actor     string
	Withdrawn *Withdrawal // nil: it stands
}

// Withdrawal says who took an annotation back. It stays in the log all the same.
type Withdrawal struct {
	Time   time.Time
	Actor  string
	Reason string
}

// Annotate adds an annotation to a capture, also to one of a closed case, and
// returns it as it is in the log: id, capture, time and actor are filled in. The
// vault may be locked. The error wraps [ErrTagged] for a tag that the capture has,
// whatever its capitals, and [ErrNoPicture] for a region of a capture without one.
func (v *Vault) Annotate(ctx context.Context, c Capture, a Annotation) (Annotation, error) {
	a, err := a.tidy()
	if err == nil {
		a, err = v.annotate(ctx, c, a)
	}
	if err != nil {
		return Annotation{}, fmt.Errorf("annotating %s: %w", c.Name(), err)
	}
	return a, nil
}

func (v *Vault) annotate(ctx context.Context, c Capture, a Annotation) (out Annotation, err error) {
	if a.ID, err = uuid.NewV7(); err != nil {
		return out, err
	}
	err = v.update(ctx, func(tx *sql.Tx) error {
		if c, err = v.sealedAs(ctx, tx, c.ID); err != nil {
			return err
		}
		if err := v.checkAgainst(ctx, tx, c, a); err != nil {
			return err
		}
		e, err := v.append(ctx, tx, custody.Event{
			Action: custody.AnnotationAdded, Subject: c.ID.String(), Digest: c.ManifestDigest, Case: c.Case, Details: a.details(),
		}, nil)
		if err == nil {
			out, err = annotationOf(e)
		}
		return err
	})
	return out, err
}

// sealedAs returns the capture of an id as the vault has it.
func (v *Vault) sealedAs(ctx context.Context, db custody.DB, id uuid.UUID) (Capture, error) {
	found, err := listCaptures(ctx, db, "id = ?", id.String())
	if err != nil {
		return Capture{}, err
	}
	if len(found) == 0 {
		return Capture{}, ErrNoCapture
	}
	found[0].Dir = v.place(found[0])
	return found[0], nil
}

// checkAgainst checks an annotation against its capture and what that has already.
func (v *Vault) checkAgainst(ctx context.Context, db custody.DB, c Capture, a Annotation) error {
	switch a.Kind {
	case Region:
		return c.checkRegions(a.Region)
	case Tag:
		all, err := listAnnotations(ctx, db, "capture = ? AND kind = 'tag' AND withdrawn IS NULL", c.ID.String())
		if err != nil {
			return err
		}
		same := func(x Annotation) bool { return strings.EqualFold(x.Text, a.Text) }
		if i := slices.IndexFunc(all, same); i >= 0 {
			return fmt.Errorf("tag %q: %w", all[i].Text, ErrTagged)
		}
	}
	return nil
}

// checkRegions checks that rectangles are parts of the picture of the whole page.
func (c Capture) checkRegions(regions ...image.Rectangle) error {
	m, err := c.Manifest()
	if err != nil {
		return err
	}
	if m.Picture == nil {
		return ErrNoPicture
	}
	picture := image.Rect(0, 0, m.Picture.Size.Width, m.Picture.Size.Height)
	for _, r := range regions {
		if r.Empty() || !r.In(picture) {
			return fmt.Errorf("got region %d,%d,%d,%d, want a part of the picture's %d×%d pixels", r.Min.X, r.Min.Y, r.Dx(), r.Dy(), picture.Dx(), picture.Dy())
		}
	}
	return nil
}

// AssessedOf returns the listing record of one capture as it stands, by field, from
// its annotations, oldest first. The last assessment of a field counts, and once that
// was withdrawn the field has none: an earlier one doesn't come back.
func AssessedOf(all []Annotation) map[string]Annotation {
	out := make(map[string]Annotation)
	for _, a := range all {
		switch {
		case a.Kind != Assessment:
		case a.Withdrawn != nil:
			delete(out, a.Name)
		default:
			out[a.Name] = a
		}
	}
	return out
}

var factName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,59}$`)

// tidy returns an annotation of what its kind has, without white space around the
// texts. It reports what nobody should read, or can.
func (a Annotation) tidy() (Annotation, error) {
	out := Annotation{Kind: a.Kind, Text: tidyText(a.Text)}
	if err := checkText(string(a.Kind), out.Text, MaxNote); err != nil {
		return out, err
	}
	switch a.Kind {
	case Note:
	case Tag:
		if err := checkLine("tag", out.Text); err != nil {
			return out, err
		}
	case Region:
		out.Region = a.Region
		return out, nil
	case Fact:
		out.Name, out.Was = a.Name, tidyText(a.Was)
		if !factName.MatchString(a.Name) {
			return out, fmt.Errorf("got a fact named %q, want a name as in listing.json, such as %q", a.Name, "price")
		}
		if err := checkText("corrected value", out.Was, MaxNote); err != nil {
			return out, err
		}
	case Assessment:
		out.Name = a.Name
		if !factName.MatchString(a.Name) {
			return out, fmt.Errorf("got an assessment of the field %q, want a name such as %q", a.Name, "taxon")
		}
	default:
		return out, fmt.Errorf("got annotation of kind %q, want %q, %q, %q, %q or %q", a.Kind, Note, Tag, Region, Fact, Assessment)
	}
	if out.Text == "" {
		return out, fmt.Errorf("the %s is empty", a.Kind)
	}
	return out, nil
}

func tidyText(s string) string { return strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")) }

// checkText checks a text that people wrote.
func checkText(what, s string, most int) error {
	if !utf8.ValidString(s) {
		return fmt.Errorf("the %s is not valid UTF-8", what)
	}
	if n := utf8.RuneCountInString(s); n > most {
		return fmt.Errorf("the %s is too long: got %d characters, want at most %d", what, n, most)
	}
	control := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }
	if strings.ContainsFunc(s, control) {
		return fmt.Errorf("the %s has control characters", what)
	}
	return nil
}

// checkLine checks a short text of one line.
func checkLine(what, s string) error {
	if strings.ContainsAny(s, "\n\t\u2028\u2029") {
		return fmt.Errorf("the %s has more than one line", what)
	}
	return checkText(what, s, MaxTag)
}

// Withdraw takes an annotation of a capture back. The reason may be empty. The
// vault may be locked. The error wraps [ErrNoAnnotation] or [ErrWithdrawn].
func (v *Vault) Withdraw(ctx context.Context, c Capture, id uuid.UUID, reason string) error {
	reason = tidyText(reason)
	err := checkText("reason", reason, MaxNote)
	if err == nil {
		err = v.update(ctx, func(tx *sql.Tx) error { return v.withdraw(ctx, tx, c, id, reason) })
	}
	if err != nil {
		return fmt.Errorf("withdrawing annotation %s of %s: %w", id, c.Name(), err)
	}
	return nil
}

func (v *Vault) withdraw(ctx context.Context, tx *sql.Tx, c Capture, id uuid.UUID, reason string) error {
	c, err := v.sealedAs(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	found, err := listAnnotations(ctx, tx, "id = ? AND capture = ?", id.String(), c.ID.String())
	switch {
	case err != nil:
		return err
	case len(found) == 0:
		return ErrNoAnnotation
	case found[0].Withdrawn != nil:
		return ErrWithdrawn
	}
	_, err = v.append(ctx, tx, custody.Event{
		Action: custody.AnnotationWithdrawn, Subject: c.ID.String(), Case: c.Case, Reason: reason, Details: details("id", id.String()),
	}, nil)
	return err
}

// Annotations returns the annotations of a capture, the oldest first, those
// included that were withdrawn.
func (v *Vault) Annotations(ctx context.Context, c Capture) ([]Annotation, error) {
	return listAnnotations(ctx, v.db, "capture = ?", c.ID.String())
}

// Tags returns the tags of the captures of a case, or of all cases if the
// reference is empty: for each capture that has any, sorted, and without those
// that were withdrawn.
func (v *Vault) Tags(ctx context.Context, caseRef string) (map[uuid.UUID][]string, error) {
	where, args := "kind = 'tag' AND withdrawn IS NULL", []any(nil)
	if caseRef != "" {
		if _, err := v.Case(ctx, caseRef); err != nil {
			return nil, err
		}
		where, args = where+" AND case_ref = ?", []any{caseRef}
	}
	all, err := listAnnotations(ctx, v.db, where, args...)
	if err != nil {
		return nil, err
	}
	out := make(map[uuid.UUID][]string)
	for _, a := range all {
		out[a.Capture] = append(out[a.Capture], a.Text)
	}
	for _, tags := range out {
		slices.Sort(tags)
	}
	return out, nil
}
