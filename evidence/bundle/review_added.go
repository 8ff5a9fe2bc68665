package bundle

import (
	"fmt"
	"strings"

	"pugmark/evidence"
	"pugmark/evidence/custody"
)

// maxAdded is how much of what people added the page of a capture shows.
const maxAdded = 1_000

// addedView is what a page says of what a person added to a capture. All of it
// follows from the case's events.
type addedView struct {
	What, Time                string
	Name, Text, Was, Who      shownText
	Withdrawn                 string // when; empty: it stands
	WithdrawnBy, WithdrawnFor shownText
}

var addedWords = map[evidence.AnnotationKind]string{
	evidence.Note: "note", evidence.Tag: "tag", evidence.Region: "comment on a part of the picture of the whole page", evidence.Fact: "fact",
	evidence.Assessment: "listing record",
}

// addedViews returns what people added to a capture, by its events.
func addedViews(events []custody.Event) (out []addedView, more int) {
	all, more := head(evidence.AnnotationsOf(events), maxAdded)
	for _, a := range all {
		out = append(out, addedOf(a))
	}
	return out, more
}

func addedOf(a evidence.Annotation) addedView {
	what, ok := addedWords[a.Kind]
	if !ok {
		what = cleanText(shortText, string(a.Kind)).Text
	}
	v := addedView{
		What: what, Text: cleanText(longText, a.Text), Was: cleanText(someText, a.Was),
		Who: cleanText(shortText, a.Actor), Time: whenText(a.Time),
	}
	switch a.Kind {
	case evidence.Region:
		r := a.Region
		v.Name.Text = fmt.Sprintf("%d × %d pixels, from %d to the right and %d down", r.Dx(), r.Dy(), r.Min.X, r.Min.Y)
	case evidence.Fact:
		v.Name = factWords(a.Name)
	case evidence.Assessment:
		v.Name = cleanText(shortText, strings.ReplaceAll(a.Name, "_", " "))
	}
	if w := a.Withdrawn; w != nil {
		v.Withdrawn, v.WithdrawnBy, v.WithdrawnFor = whenText(w.Time), cleanText(shortText, w.Actor), cleanText(someText, w.Reason)
	}
	return v
}

// factWords returns the words of the page for a fact.
func factWords(name string) shownText {
	for _, f := range factNames {
		if f.name == name {
			return shownText{Text: f.words}
		}
	}
	return cleanText(shortText, name)
}
