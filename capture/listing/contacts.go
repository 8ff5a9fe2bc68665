package listing

import (
	"net/url"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// maxProse is how many bytes of visible text are searched for contacts.
const maxProse = 512 << 10

// prose is the visible text, a line for each block, with where it stands.
type prose struct {
	strings.Builder
	runs []run
}

// run is where the text of a node begins.
type run struct {
	start int
	node  *html.Node // the element that the text stands in
}

// at returns the element that the byte stands in.
func (p *prose) at(offset int) *html.Node {
	i := sort.Search(len(p.runs), func(i int) bool { return p.runs[i].start > offset })
	if i == 0 {
		return nil
	}
	return p.runs[i-1].node
}

// readProse gathers the visible text of the page's own content.
func (x *extraction) readProse() *prose {
	p := &prose{}
	for n := x.doc.root; n != nil && p.Len() < maxProse; {
		skip := false
		switch n.Type {
		case html.ElementNode:
			skip = x.doc.zone(n)&(hiddenZone|furnitureZone|relatedZone) != 0
			if !inline[n.Data] {
				p.WriteByte('\n')
			}
		case html.TextNode:
			p.runs = append(p.runs, run{p.Len(), n.Parent})
			p.WriteString(strings.ReplaceAll(n.Data, "\n", " "))
		}
		n = following(n, x.doc.root, skip)
	}
	return p
}

// handle finds one kind of contact in text.
type handle struct {
	name   Name
	keys   string         // one of which the text has, in lowercase ASCII
	re     *regexp.Regexp // whose group is the handle
	normal func(string) string
	doubt  string
}

const (
	digits = `(\+?\(?\d[\d ().-]{5,18}\d)`
	weixin = `([A-Za-z][A-Za-z0-9_-]{5,19}|1[3-9]\d{9})\b`
	start  = `(?i)(?:^|[^\pL])`
	asking = `(?: (?:me|us|at|on|no\.?|number|nr\.?))*[ :.]*`
	sign   = `(?:号码?|號碼?|番号)?[ :.]*`
)

var emailAddress = regexp.MustCompile(`([A-Za-z0-9][A-Za-z0-9._%+-]{0,63}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24})`)

// handles are what texts give plainly: the service's name, and then the
// handle.
var handles = []handle{
	{Email, "@", emailAddress, email, ""},
	{WhatsApp, "what wa", regexp.MustCompile(start + `(?:whats ?app|wa ?:)` + asking + digits), phone, ""},
	{
		Phone, "phone tel téléphone mob cell handy call text hp тел Тел ТЕЛ sđt SĐT thoại Thoại 전화 연락처",
		regexp.MustCompile(start + `(?:phone|tel|telephone|telefon|telefono|teléfono|telefone|téléphone|mobile|mob|cell|handy|call|text|hp|тел|телефон|sđt|điện thoại|전화|연락처)` + asking + digits), phone, "",
	},
	{Phone, "โทร 携帯 手机 手機 电话 電話 tel", regexp.MustCompile(`(?:โทร|携帯|手机|手機|电话|電話|TEL)` + sign + digits), phone, ""},
	{Phone, "+", regexp.MustCompile(`(?:^|[^\d+])(\+[1-9]\d{0,2}[ (.-]?\d[\d ().-]{5,14}\d)`), phone, "it has the form of an international number"},
	{WeChat, "chat weixin vx wx", regexp.MustCompile(start + `(?:wechat|weixin|we chat|vx|wx)(?: ?(?:id|no\.?|number))?(?: ?: ?| id )@?` + weixin), clean, ""},
	{WeChat, "微信 薇信 威信 v信 加v 加微", regexp.MustCompile(`(?i)(?:微信|薇信|威信|v信|加v|加微)(?:号|號|id)?[ :是]{0,3}` + weixin), clean, ""},
	{Telegram, "telegram телеграм Телеграм tg", regexp.MustCompile(start + `(?:telegram|телеграм|tg)(?: ?(?:id|channel))? ?(?::|@) ?@?([A-Za-z]\w{4,31})\b`), clean, ""},
	{Line, "line", regexp.MustCompile(start + `line ?id ?:? ?(@?[a-z0-9][a-z0-9._-]{2,19})`), clean, ""},
	{Line, "line ไลน์", regexp.MustCompile(`(?:^|[^\pL])(?:LINE|Line|ไลน์) ?: ?(@?[A-Za-z0-9][A-Za-z0-9._-]{2,19})`), clean, ""},
	{QQ, "qq", regexp.MustCompile(start + `qq(?: ?号|號)?[ :]{0,2}([1-9]\d{4,10})\b`), clean, ""},
}

// readContacts tells the contacts that the content gives, in text or by links;
// and of the visible text those that the document doesn't show.
func (x *extraction) readContacts(text string) {
	x.linkedContacts()
	p := x.readProse()
	x.search(p.String(), func(m match) (Provenance, *html.Node) {
		return Provenance{Source: FromDOM, Property: "text"}, p.at(m.bytes)
	})
	x.search(text[:min(len(text), maxProse)], func(m match) (Provenance, *html.Node) {
		return Provenance{Source: FromText, Where: strconv.Itoa(m.runes)}, nil
	})
}

// match is where in a text something was found.
type match struct {
	bytes, runes int // before it
	raw          string
}

// original returns what in text stands where narrowed[from:to] does: narrow
// replaces characters one by one.
func original(text, narrowed string, from, to int) match {
	m := match{runes: utf8.RuneCountInString(narrowed[:from])}
	m.bytes = runeOffset(text, m.runes)
	length := runeOffset(text[m.bytes:], utf8.RuneCountInString(narrowed[from:to]))
	m.raw = text[m.bytes : m.bytes+length]
	return m
}

// runeOffset returns how many bytes the first n characters take.
func runeOffset(s string, n int) int {
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}

// search tells the handles in a text.
func (x *extraction) search(text string, place func(match) (Provenance, *html.Node)) {
	narrowed := narrow(text)
	lower := lowerASCII(narrowed)
	for _, h := range handles {
		for _, m := range h.find(narrowed, lower) {
			value := h.normal(narrowed[m[2]:m[3]])
			if value == "" || h.doubt != "" && x.hasValue(h.name, value) || h.name == Phone && x.hasValue(WhatsApp, value) {
				continue
			}
			found := original(text, narrowed, m[0], m[1])
			at, node := place(found)
			if at.Source == FromText && x.hasValue(h.name, value) {
				continue
			}
			x.out.add(claim{name: h.name, node: node, Candidate: Candidate{
				Provenance: at, Raw: strings.TrimLeftFunc(found.raw, notContact), Value: value, Inferred: h.doubt,
			}})
		}
	}
}

// maxKeys is how many places of one key are looked at.
const maxKeys = 100

// find returns where handles stand, in the form of a regular expression's
// matches. The expressions are slow, so that only the places about a key are
// looked at.
func (h handle) find(text, lower string) [][]int {
	var all [][]int
	for key := range strings.FieldsSeq(h.keys) {
		end := 0
		for range maxKeys {
			i := strings.Index(lower[end:], key)
			if i < 0 {
				break
			}
			end += i + len(key)
			if m := h.about(text, end-len(key), end); m != nil {
				all = append(all, m)
			}
		}
	}
	slices.SortFunc(all, func(a, b []int) int { return a[2] - b[2] })
	return slices.CompactFunc(all, func(a, b []int) bool { return a[2] == b[2] })
}

// about looks for a handle about the key at text[i:end].
func (h handle) about(text string, i, end int) []int {
	before, behind := 8, 100
	if h.name == Email {
		before, behind = 64, 255 // RFC 5321, section 4.5.3.1
	}
	from, to := max(0, i-before), min(len(text), end+behind)
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to--
	}
	m := h.re.FindStringSubmatchIndex(text[from:to])
	for k := range m {
		m[k] += from
	}
	return m
}

// lowerASCII changes no other letters: their length could change.
func lowerASCII(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// notContact reports whether r is only what stands before a contact.
func notContact(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '+' && r != '@'
}

// hasValue reports whether a claim says the same.
func (x *extraction) hasValue(name Name, value string) bool {
	for _, cl := range x.out.claims[name] {
		if cl.Value == value {
			return true
		}
	}
	return false
}

// linkedContacts tells the contacts that the content's links lead to.
func (x *extraction) linkedContacts() {
	for n := range elements(x.doc.root) {
		href := attr(n, "href")
		if n.Data != "a" || len(href) > 1000 || x.doc.zone(n)&(hiddenZone|furnitureZone|relatedZone) != 0 {
			continue
		}
		u, err := url.Parse(strings.TrimSpace(href))
		if err != nil {
			continue
		}
		name, value := linkedContact(u)
		if value != "" {
			x.out.add(claim{name: name, node: n, Candidate: Candidate{
				Provenance: Provenance{Source: FromDOM, Property: "link"}, Raw: href, Value: value,
			}})
		}
	}
}

// linkedContact returns the contact that an address is made for.
func linkedContact(u *url.URL) (Name, string) {
	path := strings.Trim(u.Path, "/")
	host := strings.TrimPrefix(strings.ToLower(u.Host), "www.")
	switch {
	case u.Scheme == "tel":
		return Phone, phone(u.Opaque)
	case u.Scheme == "mailto":
		return Email, email(u.Opaque)
	case host == "wa.me":
		return WhatsApp, phone(path)
	case host == "api.whatsapp.com" || u.Scheme == "whatsapp":
		return WhatsApp, phone(u.Query().Get("phone"))
	case (host == "t.me" || host == "telegram.me") && telegramName.MatchString(path) && path != "share":
		return Telegram, path
	case u.Scheme == "tg":
		return Telegram, u.Query().Get("domain")
	case host == "line.me" && lineName.MatchString(path):
		return Line, strings.TrimPrefix(lineName.FindStringSubmatch(path)[1], "~")
	}
	return "", ""
}

var (
	telegramName = regexp.MustCompile(`^[A-Za-z]\w{4,31}$`)
	lineName     = regexp.MustCompile(`^(?:R/)?ti/p/([~@][\w.-]{2,30})$`)
)
