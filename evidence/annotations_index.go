package evidence

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"image"
	"strconv"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence/custody"
)

// details returns what the event of an annotation says of it.
func (a Annotation) details() map[string]string {
	d := details("id", a.ID.String(), "kind", string(a.Kind), "text", a.Text, "name", a.Name, "was", a.Was)
	if a.Kind == Region {
		d["x"], d["y"] = strconv.Itoa(a.Region.Min.X), strconv.Itoa(a.Region.Min.Y)
		d["width"], d["height"] = strconv.Itoa(a.Region.Dx()), strconv.Itoa(a.Region.Dy())
	}
	return d
}

// AnnotationsOf derives annotations from the events of a log, oldest first, those
// of one capture or of many. Events that say nothing of annotations, or nothing
// that can be understood, are passed over.
func AnnotationsOf(events []custody.Event) []Annotation {
	var out []Annotation
	at := make(map[uuid.UUID]int)
	for _, e := range events {
		switch e.Action {
		case custody.AnnotationAdded:
			a, err := annotationOf(e)
			if _, taken := at[a.ID]; err != nil || taken {
				continue
			}
			at[a.ID] = len(out)
			out = append(out, a)
		case custody.AnnotationWithdrawn:
			id, err := uuid.Parse(e.Details["id"])
			if i, ok := at[id]; err == nil && ok {
				out[i].takeBack(e)
			}
		}
	}
	return out
}

// takeBack enters an event of action annotation.withdrawn, the first of which
// counts.
func (a *Annotation) takeBack(e custody.Event) {
	if a.Withdrawn == nil && a.Capture.String() == e.Subject {
		a.Withdrawn = &Withdrawal{Time: e.Time, Actor: e.Actor, Reason: e.Reason}
	}
}

// annotationOf derives an annotation from its event.
func annotationOf(e custody.Event) (a Annotation, err error) {
	d := e.Details
	a = Annotation{
		Kind: AnnotationKind(d["kind"]), Text: d["text"], Name: d["name"], Was: d["was"],
		Seq: e.Seq, Time: e.Time, Actor: e.Actor,
	}
	if a.ID, err = uuid.Parse(d["id"]); err != nil {
		return a, fmt.Errorf("annotation %q: %w", d["id"], err)
	}
	if a.Capture, err = uuid.Parse(e.Subject); err != nil {
		return a, fmt.Errorf("subject %q: %w", e.Subject, err)
	}
	if a.Kind != Region {
		return a, nil
	}
	var n [4]int
	for i, name := range []string{"x", "y", "width", "height"} {
		if n[i], err = strconv.Atoi(d[name]); err != nil || n[i] < 0 || n[i] > maxPixels {
			return a, fmt.Errorf("region's %s: got %q, want 0 to %d", name, d[name], maxPixels)
		}
	}
	a.Region = image.Rect(n[0], n[1], n[0]+n[2], n[1]+n[3])
	return a, nil
}

// maxPixels bounds the sides of a region: no picture is larger.
const maxPixels = 1 << 24

const annotationColumns = "id, capture, kind, text, name, was, x, y, width, height, added, actor, withdrawn, withdrawn_actor, withdrawn_reason, seq"

func (a Annotation) insert(ctx context.Context, db custody.DB, caseRef string) error {
	const q = "INSERT INTO annotations (id, capture, case_ref, kind, text, name, was, x, y, width, height, added, actor, seq) " +
		"VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
	_, err := db.ExecContext(ctx, q, a.ID.String(), a.Capture.String(), caseRef, string(a.Kind), a.Text, a.Name, a.Was,
		a.Region.Min.X, a.Region.Min.Y, a.Region.Dx(), a.Region.Dy(), a.Time.Format(time.RFC3339Nano), a.Actor, a.Seq)
	return err
}

// withdraw brings the index up to an event of action annotation.withdrawn.
func withdraw(ctx context.Context, db custody.DB, e custody.Event) error {
	const q = "UPDATE annotations SET withdrawn = ?, withdrawn_actor = ?, withdrawn_reason = ? WHERE id = ? AND capture = ? AND withdrawn IS NULL"
	_, err := db.ExecContext(ctx, q, e.Time.Format(time.RFC3339Nano), e.Actor, e.Reason, e.Details["id"], e.Subject)
	return err
}

// listAnnotations reads the index. That of an older program, in a vault that is
// open to read, has no annotations, as the log has none.
func listAnnotations(ctx context.Context, db custody.DB, where string, args ...any) (out []Annotation, err error) {
	var tables int
	const have = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'annotations'"
	if err := db.QueryRowContext(ctx, have).Scan(&tables); err != nil || tables == 0 {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, "SELECT "+annotationColumns+" FROM annotations WHERE "+where+" ORDER BY seq", args...)
	if err != nil {
		return nil, fmt.Errorf("reading annotations: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		a, err := scanAnnotation(rows)
		if err != nil {
			return nil, fmt.Errorf("reading annotations: %w", err)
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

func scanAnnotation(r scanner) (a Annotation, err error) {
	var id, capture, added string
	var x, y, width, height int
	var withdrawn sql.NullString
	var w Withdrawal
	err = r.Scan(&id, &capture, &a.Kind, &a.Text, &a.Name, &a.Was, &x, &y, &width, &height,
		&added, &a.Actor, &withdrawn, &w.Actor, &w.Reason, &a.Seq)
	if err != nil {
		return a, err
	}
	a.Region = image.Rect(x, y, x+width, y+height)
	var errs [4]error
	a.ID, errs[0] = uuid.Parse(id)
	a.Capture, errs[1] = uuid.Parse(capture)
	a.Time, errs[2] = time.Parse(time.RFC3339Nano, added)
	if withdrawn.Valid {
		w.Time, errs[3] = time.Parse(time.RFC3339Nano, withdrawn.String)
		a.Withdrawn = &w
	}
	return a, errors.Join(errs[:]...)
}

// describe writes an annotation so that two of them can be compared.
func (a Annotation) describe() string {
	s := fmt.Sprintf("%s %s of %s %q %q %q %v event %d %s %q",
		a.ID, a.Kind, a.Capture, a.Text, a.Name, a.Was, a.Region, a.Seq, a.Time.Format(time.RFC3339Nano), a.Actor)
	if w := a.Withdrawn; w != nil {
		s += fmt.Sprintf(" withdrawn %s %q %q", w.Time.Format(time.RFC3339Nano), w.Actor, w.Reason)
	}
	return s
}
