package evidence

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"pugmark/evidence/custody"
)

func readIndex(ctx context.Context, db custody.DB) (index, error) {
	x := index{cases: make(map[string]Case), captures: make(map[uuid.UUID]Capture)}
	cases, err := listCases(ctx, db)
	if err != nil {
		return index{}, err
	}
	for _, c := range cases {
		x.cases[c.Ref] = c
	}
	captures, err := listCaptures(ctx, db, "1")
	if err != nil {
		return index{}, err
	}
	for _, c := range captures {
		x.captures[c.ID] = c
	}
	notes, err := listAnnotations(ctx, db, "1")
	x.notes = byID(notes)
	return x, err
}

func byID(all []Annotation) map[uuid.UUID]Annotation {
	out := make(map[uuid.UUID]Annotation, len(all))
	for _, a := range all {
		out[a.ID] = a
	}
	return out
}

// enterAnnotation enters an event that adds or withdraws an annotation.
func (c *vaultCheck) enterAnnotation(e custody.Event) {
	if _, err := annotationOf(e); e.Action == custody.AnnotationAdded && err != nil {
		c.report.add(fmt.Sprintf("events/%d", e.Seq), custody.EventMalformed, "an annotation", err.Error())
		return
	}
	c.notes = append(c.notes, e)
}

// compareIndex reports what the index says otherwise than the log. A capture of
// which the manifest can't be read is passed over: it has findings already.
func (c *vaultCheck) compareIndex() {
	for _, ref := range sortedKeys(c.log.cases, c.index.cases, strings.Compare) {
		c.compareEntry("index/cases/"+ref, describeCase(c.log.cases, ref), describeCase(c.index.cases, ref))
	}
	for id := range c.index.captures {
		if _, ok := c.log.captures[id]; !ok && c.isSealed(id) {
			delete(c.index.captures, id)
		}
	}
	byText := func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) }
	for _, id := range sortedKeys(c.log.captures, c.index.captures, byText) {
		c.compareEntry("index/captures/"+id.String(), describe(c.log.captures, id), describe(c.index.captures, id))
	}
	for _, id := range sortedKeys(c.log.notes, c.index.notes, byText) {
		c.compareEntry("index/annotations/"+id.String(), describeNote(c.log.notes, id), describeNote(c.index.notes, id))
	}
}

func (c *vaultCheck) isSealed(id uuid.UUID) bool {
	return slices.ContainsFunc(c.sealed, func(e custody.Event) bool { return e.Subject == id.String() })
}

func (c *vaultCheck) compareEntry(path, want, got string) {
	if want != got {
		c.report.add(path, IndexDiffers, want, got)
	}
}

func sortedKeys[K comparable, V any](a, b map[K]V, compare func(K, K) int) []K {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return slices.SortedFunc(maps.Keys(all), compare)
}

// describe returns the text of an entry, or "nothing".
func describe[K comparable, V any](m map[K]V, key K) string {
	x, ok := m[key]
	if !ok {
		return "nothing"
	}
	return fmt.Sprintf("%+v", x)
}

func describeNote(m map[uuid.UUID]Annotation, id uuid.UUID) string {
	a, ok := m[id]
	if !ok {
		return "nothing"
	}
	return a.describe()
}

func describeCase(m map[string]Case, ref string) string {
	c, ok := m[ref]
	if !ok {
		return "nothing"
	}
	closed := "open"
	if c.Closed != nil {
		closed = c.Closed.Format(time.RFC3339Nano)
	}
	return fmt.Sprintf("%s %q %q %q %s %s %d", c.Ref, c.Title, c.Authority, c.Purpose, c.Opened.Format(time.RFC3339Nano), closed, c.Captures)
}
