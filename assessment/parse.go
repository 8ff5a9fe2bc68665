package assessment

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"pugmark/fold"
	"pugmark/taxa"
)

// Parse checks a value as a person gives it, and returns it as it is kept.
func (f Field) Parse(value string) (string, error) {
	value = strings.TrimSpace(value)
	out, err := value, error(nil)
	switch f.Kind {
	case TaxonName:
		out, err = parseTaxon(value)
	case Choice:
		out, err = f.parseChoice(value)
	case Choices:
		out, err = f.parseChoices(value)
	case Code:
		out, err = f.parseCode(value)
	case Decimal:
		err = checkDecimal(value)
	case Weight:
		out, err = parseWeight(value)
	case Dimensions:
		out, err = parseDimensions(value)
	case Country:
		out, err = parseCountry(value)
	case OutcomeKind:
		var o Outcome
		o, err = ParseOutcome(value)
		out = o.String()
	}
	if err == nil && out == "" {
		err = fmt.Errorf("got nothing, want %s", f.Help)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", f.Label, err)
	}
	return out, nil
}

var scientific = regexp.MustCompile(`^[A-Z][a-zë-]+(( [×x])?( [a-zë-]+)){0,3}( spp\.)?$`)

// parseTaxon takes a name that a table has, or one that is written as a scientific name.
// A common name is none: several species may be called so.
func parseTaxon(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if strings.EqualFold(name, Unknown) {
		return Unknown, nil
	}
	if x := taxa.Own().Lookup(name); x != nil {
		if fold.Text(x.Name) == fold.Text(name) {
			return x.Name, nil
		}
		return name, nil // a synonym, as the person has it
	}
	for _, m := range taxa.Own().Find(name) {
		if fold.Text(m.Found) == fold.Text(name) {
			return "", fmt.Errorf("got the common name %q, want a scientific one, such as %q", name, m.Name)
		}
	}
	if !scientific.MatchString(name) {
		return "", fmt.Errorf("got %q, want a scientific name, such as %q, or %q", name, "Loxodonta africana", Unknown)
	}
	return name, nil
}

func (f Field) parseChoice(value string) (string, error) {
	for _, v := range f.Values {
		if strings.EqualFold(v, strings.ReplaceAll(value, "_", " ")) {
			return v, nil
		}
	}
	return "", fmt.Errorf("got %q, want one of %s", value, strings.Join(f.Values, ", "))
}

func (f Field) parseChoices(value string) (string, error) {
	given := make(map[string]bool)
	for v := range strings.SplitSeq(value, ",") {
		choice, err := f.parseChoice(strings.TrimSpace(v))
		if err != nil {
			return "", err
		}
		given[choice] = true
	}
	return strings.Join(slices.DeleteFunc(slices.Clone(f.Values), func(v string) bool { return !given[v] }), ", "), nil
}

// parseCode takes a code, its name, or both as [Field.Show] writes them.
func (f Field) parseCode(value string) (string, error) {
	for _, c := range taxa.Codes(f.Codes) {
		if strings.EqualFold(value, c.Code) || strings.EqualFold(value, c.Name) || value == f.Show(c.Code) {
			return c.Code, nil
		}
	}
	return "", fmt.Errorf("got %q, want a CITES %s code", value, f.Codes)
}

const decimal = `(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,9})?`

var wholeDecimal = regexp.MustCompile(`^` + decimal + `$`)

func checkDecimal(value string) error {
	if !wholeDecimal.MatchString(value) || strings.Trim(value, "0.") == "" {
		return fmt.Errorf("got %q, want a number above 0, with a point and without other signs: 1200, 0.35", value)
	}
	return nil
}

var weight = regexp.MustCompile(`^(` + decimal + `) ?(kg|g|mg|lb|oz)$`)

func parseWeight(value string) (string, error) {
	m := weight.FindStringSubmatch(value)
	if m == nil || checkDecimal(m[1]) != nil {
		return "", fmt.Errorf("got %q, want a number and one of kg, g, mg, lb, oz: 2.4 kg", value)
	}
	return m[1] + " " + m[2], nil
}

var (
	dimensions = regexp.MustCompile(`^(` + decimal + `(?: ?[x×*] ?` + decimal + `){0,2}) ?(m|cm|mm|in)$`)
	times      = regexp.MustCompile(` ?[x×*] ?`)
)

func parseDimensions(value string) (string, error) {
	m := dimensions.FindStringSubmatch(value)
	if m == nil {
		return "", fmt.Errorf("got %q, want one to three numbers and one of m, cm, mm, in: 30 x 4 x 4 cm", value)
	}
	sides := times.Split(m[1], -1)
	for _, s := range sides {
		if err := checkDecimal(s); err != nil {
			return "", err
		}
	}
	return strings.Join(sides, " × ") + " " + m[2], nil
}

func parseCountry(value string) (string, error) {
	r, err := language.ParseRegion(value)
	if r = r.Canonicalize(); err != nil || len(value) != 2 || !r.IsCountry() || len(r.String()) != 2 {
		return "", fmt.Errorf("got %q, want a country's two letters, such as ZA", value)
	}
	return r.String(), nil
}
