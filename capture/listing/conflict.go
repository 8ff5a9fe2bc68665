package listing

import "strings"

// conflict reports whether the best claim of a source other than the first
// claim's says something else than that.
func conflict(name Name, claims []claim) bool {
	chosen := claims[0]
	seen := map[Source]bool{chosen.Source: true}
	for _, cl := range claims[1:] {
		if seen[cl.Source] || cl.Value == "" || cl.Inferred != "" && !guessesCount[name] {
			continue
		}
		seen[cl.Source] = true
		if !agree(name, chosen, cl) {
			return true
		}
	}
	return false
}

// guessesCount names the facts for which what we infer can contradict what is
// stated: those that a visitor sees first.
var guessesCount = map[Name]bool{Title: true, PriceFact: true, Currency: true, Availability: true}

func agree(name Name, a, b claim) bool {
	switch name {
	case PriceFact:
		return a.Price == nil || b.Price == nil || a.Price.agrees(b.Price)
	case Title:
		return overlapTitles(fold(a.Value), fold(b.Value))
	case Description:
		return overlap(fold(a.Value), fold(b.Value))
	case Location, SellerPlace:
		return overlap(fold(a.Value), fold(b.Value)) || town(a.Value) == town(b.Value)
	case Posted, Updated, Ends, SellerJoined:
		return sameTime(a.Value, b.Value)
	case Language:
		return primary(a.Value) == primary(b.Value)
	case SellerAddress, AdvertID:
		return strings.TrimSuffix(a.Value, "/") == strings.TrimSuffix(b.Value, "/")
	case SellerRating:
		return a.Rating == nil || b.Rating == nil || a.Rating.Value == b.Rating.Value || a.Rating.Best != b.Rating.Best
	}
	return fold(a.Value) == fold(b.Value)
}

// overlap reports whether one text holds the other, be it cut with an
// ellipsis.
func overlap(a, b string) bool {
	a, b = strings.TrimRight(a, ".… "), strings.TrimRight(b, ".… ")
	return strings.Contains(a, b) || strings.Contains(b, a)
}

// overlapTitles compares titles as they are, and without what a page's own
// title goes on with: the site's name.
func overlapTitles(a, b string) bool {
	return overlap(a, b) || overlap(bareTitle(a), b) || overlap(a, bareTitle(b))
}

// bareTitle returns a title up to the first separator.
func bareTitle(s string) string {
	for i := minTitle; i < len(s); i++ {
		for _, mark := range []string{" | ", " - ", " – ", " — ", " · ", " : ", "_"} {
			if strings.HasPrefix(s[i:], mark) {
				return s[:i]
			}
		}
	}
	return s
}

// minTitle is how many bytes of a title can stand for it.
const minTitle = 8

// town returns what a place begins with: what follows is written in too many
// ways.
func town(place string) string {
	first, _, _ := strings.Cut(fold(place), ",")
	return first
}

// sameTime compares as far as both are precise. Times in UTC and days without
// a zone may be a day apart and still be the same, so those are not compared.
func sameTime(a, b string) bool {
	if strings.HasSuffix(a, "Z") != strings.HasSuffix(b, "Z") {
		return true
	}
	return strings.HasPrefix(a, b) || strings.HasPrefix(b, a)
}

func primary(tag string) string {
	sub, _, _ := strings.Cut(tag, "-")
	return strings.ToLower(sub)
}

// agrees reports whether two prices can be the same: one is unknown in what
// the other states, or they are in two currencies.
func (p *Price) agrees(q *Price) bool {
	if p.Currency != "" && q.Currency != "" && p.Currency != q.Currency {
		return true
	}
	if p.Amount == "" || q.Amount == "" {
		return p.Kind == q.Kind
	}
	return plain(p.Amount) == plain(q.Amount) && (p.High == "" || q.High == "" || plain(p.High) == plain(q.High))
}

// plain returns a decimal string without the zeros that end its fraction.
func plain(amount string) string {
	if !strings.Contains(amount, ".") {
		return amount
	}
	return strings.TrimRight(strings.TrimRight(amount, "0"), ".")
}
