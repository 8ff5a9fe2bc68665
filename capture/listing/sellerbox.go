package listing

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

const (
	maxBoxes   = 6
	maxBox     = 4 << 10 // bytes of text that are looked at
	inBox      = "it stands in a part of the page that looks like the seller's"
	likeName   = inBox + ", and looks like a name"
	likeRating = inBox + ", and looks like a rating"
)

// sellers tells what stands in the parts of the page that are the seller's.
func (v *viewer) sellers() {
	for _, s := range v.boxes[:min(len(v.boxes), maxBoxes)] {
		if s.word == "" {
			continue
		}
		how := "named " + s.word
		link := v.profile(s.n, how)
		v.sellerName(s.n, link, how)
		text := textOf(s.n, maxBox)
		v.joined(s.n, text, how)
		v.boxRating(s.n, text, how)
	}
}

// profilePath matches the addresses of people and shops on a marketplace.
var profilePath = regexp.MustCompile(`(?i)(?:/|\b)(?:users?|usr|profiles?|sellers?|shops?|stores?|members?|people|u|vendors?|nutzer|bestandsliste|s-bestandsliste|boutique|perfil|personal)(?:[/=?.]|$)|[?&](?:user_?id|seller_?id|uid|shop_?id)=`)

// profile tells the address of the seller's own page, and returns its link.
func (v *viewer) profile(box *html.Node, how string) *html.Node {
	for n := range elements(box) {
		if n.Data != "a" || isHiddenIn(n) {
			continue
		}
		u := v.resolve(attr(n, "href"))
		if u == nil || !profilePath.MatchString(u.Path+"?"+u.RawQuery) {
			continue
		}
		v.out.add(v.saw(SellerAddress, n, how, attr(n, "href"), u.String(), inBox+", and looks like the address of one"))
		return n
	}
	return nil
}

var nameWords = newWordList("name", "username", "nickname", "nick", "title", "login", "display")

// sellerName tells the likeliest name in a box: what is named so, a heading,
// the link to the profile, or the box if it has nothing else.
func (v *viewer) sellerName(box, link *html.Node, how string) {
	for _, n := range []*html.Node{findNamed(box, nameWords), findHeading(box), link, small(box)} {
		if n == nil {
			continue
		}
		text := textOf(n, 100)
		if _, rest, found := cutLabel(text); found {
			text = rest
		}
		if name := withoutLead(text); name != "" && len(text) < 100 && labels[fold(name)] == "" && !descriptionWords.in(fold(name)) {
			v.out.add(v.saw(SellerName, n, how, textOf(n, 100), name, likeName))
			return
		}
	}
}

// withoutLead takes "sold by" and the like from a name.
func withoutLead(s string) string {
	for _, lead := range labelWords[SellerName] {
		if hasPrefixFold(s, lead+" ") {
			return strings.TrimSpace(s[len(lead):])
		}
	}
	return s
}

// findNamed returns the first element in box that is named so, and that shows
// something.
func findNamed(box *html.Node, words *wordList) *html.Node {
	for n := range elements(box) {
		if n != box && words.in(namesOf(n)) && textOf(n, 100) != "" && !isHiddenIn(n) {
			return n
		}
	}
	return nil
}

// findHeading returns the first heading that isn't a label.
func findHeading(box *html.Node) *html.Node {
	for n := range elements(box) {
		if isHeadingTag(n) && !isHiddenIn(n) && !isSellerLabel(textOf(n, 100)) {
			return n
		}
	}
	return nil
}

// isSellerLabel reports whether a heading is "Seller", "About the seller" or
// so.
func isSellerLabel(s string) bool {
	s = fold(s)
	return s == "" || sellerWords.in(s) && len(s) < 40
}

// small returns a box that has one short line.
func small(box *html.Node) *html.Node {
	if isLeafy(box) && len(textOf(box, 80)) < 60 {
		return box
	}
	return nil
}

// joinedText matches when somebody joined.
var joinedText = regexp.MustCompile(`(?i)(` + strings.Join(joinedLeads(), "|") + `)\s*[:：]?\s*([^·|•;,]{0,8}\pL{0,12}[^·|•;\pL]{0,3}\d{4}[年년]?(?:\s?\d{1,2}[月월](?:\s?\d{1,2}[日일])?|[-/.]\d{1,2}(?:[-/.]\d{1,2})?)?)`)

func joinedLeads() []string {
	var all []string
	for _, w := range labelWords[SellerJoined] {
		all = append(all, regexp.QuoteMeta(w))
	}
	slices.SortFunc(all, func(a, b string) int { return len(b) - len(a) })
	return all
}

func (v *viewer) joined(box *html.Node, text, how string) {
	m := joinedText.FindStringSubmatch(text)
	if m == nil {
		return
	}
	cl := v.saw(SellerJoined, box, how, m[0], parseTime(m[2]), inBox)
	for n := range elements(box) {
		if t := parseTime(attr(n, "datetime")); n.Data == "time" && t != "" && strings.Contains(m[0], textOf(n, 60)) {
			cl.node, cl.Value, cl.Property = n, t, how+", datetime"
			break
		}
	}
	v.out.add(cl)
}

var (
	outOf    = regexp.MustCompile(`(\d(?:[.,]\d{1,2})?)\s*(?:/|of|out of|von|sur|de|su|из|z|van)\s*(5|10)\b`)
	starred  = regexp.MustCompile(`[★⭐☆]+\s*(\d[.,]\d{1,2})\b|\b(\d[.,]\d{1,2})\s*[★⭐]`)
	percent  = regexp.MustCompile(`(\d{1,3}(?:[.,]\d{1,2})?)\s?%\s*(?:\pL+\s)?(?:positive|positiv|positives|positivas|好评|好評|положительн|良い)|(?:好评率|好評率|positive feedback)\s*[:：]?\s*(\d{1,3}(?:[.,]\d{1,2})?)\s?%`)
	howOften = regexp.MustCompile(`(?i)(\d{1,9})\s*(?:ratings?|reviews?|buyers|feedback|bewertung(?:en)?|avis|évaluations?|valoraciones|opiniones|recensioni|avaliações|отзыв|оцен|opinii|评价|評價|件の評価|评|후기)`)
)

// boxRating tells a rating if its scale is clear.
func (v *viewer) boxRating(box *html.Node, text, how string) {
	r := &Rating{}
	raw := ""
	if m := outOf.FindStringSubmatch(text); m != nil {
		raw, r.Value, r.Best = m[0], decimal(m[1]), m[2]
	} else if m := starred.FindStringSubmatch(text); m != nil {
		raw, r.Value = m[0], decimal(m[1]+m[2])
	} else if m := percent.FindStringSubmatch(text); m != nil {
		raw, r.Value, r.Best = m[0], decimal(m[1]+m[2]), "100"
	}
	if r.Value == "" {
		return
	}
	if m := howOften.FindStringSubmatch(text); m != nil {
		r.Count = m[1]
		raw += " … " + m[0]
	}
	cl := v.saw(SellerRating, box, how, raw, r.String(), likeRating)
	cl.Rating = r
	v.out.add(cl)
}
