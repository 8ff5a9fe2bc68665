package ui

import (
	"strings"

	"pugmark/assessment"
)

// fieldLabel returns what a field of the listing record is called.
func fieldLabel(f assessment.Field) string {
	switch f.Name {
	case "taxon":
		return tr("Taxon")
	case "common_name":
		return tr("Common name")
	case "basis":
		return tr("Told by")
	case "confidence":
		return tr("Confidence")
	case "specimen":
		return tr("Specimen")
	case "treatment":
		return tr("Raw or worked")
	case "form":
		return tr("Live, part or derivative")
	case "quantity":
		return tr("Quantity")
	case "unit":
		return tr("Unit")
	case "weight":
		return tr("Weight")
	case "dimensions":
		return tr("Dimensions")
	case "claimed_material":
		return tr("Claimed material")
	case "claimed_age":
		return tr("Claimed age")
	case "claimed_origin":
		return tr("Claimed origin")
	case "claimed_source":
		return tr("Claimed source")
	case "claimed_permit":
		return tr("Claimed permit")
	case "visibility":
		return tr("Overt or covert")
	case "code_words":
		return tr("Code words")
	case "diagnostics":
		return tr("Diagnostics")
	case "outcome":
		return tr("Became of it")
	}
	return f.Label
}

// fieldHint says what a field takes, where that isn't plain.
func fieldHint(f assessment.Field) string {
	switch f.Name {
	case "taxon":
		return tr("Scientific name, or “unknown”")
	case "specimen":
		return tr("CITES term, such as TUS")
	case "quantity":
		return tr("A number, such as 2 or 0.35")
	case "unit":
		return tr("CITES unit: no is the number of specimens")
	case "weight":
		return tr("Such as 2.4 kg")
	case "dimensions":
		return tr("Such as 30 x 4 x 4 cm")
	case "claimed_origin":
		return tr("A country’s two letters, such as ZA")
	case "claimed_source":
		return tr("CITES source, such as W")
	case "diagnostics":
		return tr("Such as Schreger lines")
	case "basis":
		return tr("One or several, with commas between")
	}
	return ""
}

// choiceText returns what a choice is called.
func choiceText(value string) string {
	switch value {
	case "photograph":
		return tr("photograph")
	case "text":
		return tr("text")
	case "code word":
		return tr("code word")
	case "expert":
		return tr("expert")
	case "laboratory":
		return tr("laboratory")
	case "other":
		return tr("something else")
	case "certain":
		return tr("certain")
	case "probable":
		return tr("probable")
	case "possible":
		return tr("possible")
	case "unknown":
		return tr("unknown")
	case "raw":
		return tr("raw")
	case "worked":
		return tr("worked")
	case "live":
		return tr("live")
	case "part":
		return tr("part")
	case "derivative":
		return tr("derivative")
	case "overt":
		return tr("overt")
	case "covert":
		return tr("covert")
	case "reported":
		return tr("reported")
	case "removed":
		return tr("removed")
	case "seized":
		return tr("seized")
	case "no action":
		return tr("no action")
	}
	return value
}

func isChoice(f assessment.Field) bool {
	return f.Kind == assessment.Choice || f.Kind == assessment.Choices || f.Kind == assessment.OutcomeKind
}

// fieldText returns a value as people read it, in their language.
func fieldText(f assessment.Field, value string) string {
	if !isChoice(f) {
		return f.Show(value)
	}
	parts := strings.Split(value, ", ")
	for i, v := range parts {
		parts[i] = choiceText(v)
	}
	return strings.Join(parts, ", ")
}

// fieldOptions returns the values that a field offers, in the user's language.
func fieldOptions(f assessment.Field) (out []string) {
	for _, o := range f.Options() {
		out = append(out, fieldText(f, o))
	}
	return out
}

// enteredValue returns what a person entered into a field in the program's words.
func enteredValue(f assessment.Field, text string) string {
	text = strings.TrimSpace(text)
	if !isChoice(f) {
		return text
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，、", r) })
	for i, p := range parts {
		parts[i] = strings.TrimSpace(p)
		for _, v := range f.Values {
			if strings.EqualFold(parts[i], choiceText(v)) {
				parts[i] = v
			}
		}
	}
	return strings.Join(parts, ", ")
}
