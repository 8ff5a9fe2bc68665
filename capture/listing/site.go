package listing

import (
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/idna"
)

// site is what a page's address alone tells.
type site struct {
	host     string // lowercase, Unicode
	platform string // empty if the host isn't one that we know
	advert   string // the advert's id, if the address has the platform's form of one
	rule     string // the pattern that found it
	country  string // ISO 3166, of the platform or of the host's last label
	why      string // how the country is known
}

// platform is a marketplace, or a network on which things are sold.
type platform struct {
	name    string
	hosts   string // that belong to it, with all below them
	country string // ISO 3166, where nearly all its sellers are
	// adverts are patterns of an address without its scheme, whose first
	// group is the advert's id.
	adverts []string
}

// advertRule is a compiled pattern.
type advertRule struct {
	text string
	re   *regexp.Regexp
}

// known is the table of platforms by host.
var known = sync.OnceValue(func() map[string]*knownPlatform {
	byHost := map[string]*knownPlatform{}
	for _, p := range platformTable {
		k := &knownPlatform{platform: p}
		for _, text := range p.adverts {
			k.rules = append(k.rules, advertRule{text, regexp.MustCompile(text)})
		}
		for h := range strings.FieldsSeq(p.hosts) {
			byHost[h] = k
		}
	}
	return byHost
})

type knownPlatform struct {
	platform
	rules []advertRule
}

// readSite reads an address.
func readSite(u *url.URL) site {
	if u == nil {
		return site{}
	}
	s := site{host: unicodeHost(u.Hostname())}
	if net.ParseIP(s.host) != nil {
		return s
	}
	if tld := s.host[strings.LastIndexByte(s.host, '.')+1:]; len(tld) == 2 && !genericTLD[tld] {
		s.country, s.why = strings.ToUpper(tld), "host under ."+tld
		if tld == "uk" {
			s.country = "GB"
		}
	}
	p := findPlatform(s.host)
	if p == nil {
		return s
	}
	if p.country != "" {
		s.country, s.why = p.country, "platform "+p.name
	}
	s.platform = p.name
	s.advert, s.rule = p.advert(s.host, u)
	return s
}

// maxAddress is the longest address, in bytes, that is looked into.
const maxAddress = 8 << 10

// genericTLD are country domains that say nothing of a country.
var genericTLD = set("ai app cc co fm gg io me sh st tv vc ws to ly gl eu")

func unicodeHost(host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if u, err := idna.ToUnicode(host); err == nil {
		return u
	}
	return host
}

// findPlatform looks the host up, and the hosts above it.
func findPlatform(host string) *knownPlatform {
	for host != "" {
		if p := known()[host]; p != nil {
			return p
		}
		_, host, _ = strings.Cut(host, ".")
	}
	return nil
}

// advert returns the id of the advert whose address u is, and the pattern that
// found it.
func (p *knownPlatform) advert(host string, u *url.URL) (id, rule string) {
	text := host + u.EscapedPath()
	if u.RawQuery != "" {
		text += "?" + u.RawQuery
	}
	if strings.HasPrefix(u.Fragment, "!") || strings.HasPrefix(u.Fragment, "/") {
		text += "#" + u.Fragment
	}
	if len(text) > maxAddress {
		return "", ""
	}
	for _, r := range p.rules {
		if m := r.re.FindStringSubmatch(text); m != nil {
			return m[1], r.text
		}
	}
	return "", ""
}

// readAddress takes what the page's address tells.
func (x *extraction) readAddress() {
	x.site = readSite(x.page)
	if x.site.platform == "" {
		return
	}
	say := func(name Name, value, raw, property string) {
		x.out.add(claim{name: name, Candidate: Candidate{
			Provenance: Provenance{Source: FromAddress, Property: property}, Value: value, Raw: raw,
		}})
	}
	say(Platform, x.site.platform, x.site.host, "host")
	say(AdvertID, x.site.advert, x.site.advert, "pattern "+x.site.rule)
}

// pageKey returns what two addresses of one page have in common: not the
// scheme, the fragment, a leading www or m, nor a query but for ids.
func pageKey(u *url.URL) string {
	if u == nil || u.Host == "" {
		return ""
	}
	host := strings.ToLower(u.Host)
	for _, lead := range []string{"www.", "m.", "mobile."} {
		host = strings.TrimPrefix(host, lead)
	}
	key := host + strings.TrimRight(u.Path, "/")
	q := u.Query()
	for _, k := range idKeys {
		if v := q.Get(k); v != "" {
			key += "?" + k + "=" + v
		}
	}
	return key
}

var idKeys = []string{"id", "itemid", "itemId", "item_id", "item", "goods_id", "goodsId", "listing", "listing_id", "productId", "product_id", "pid", "p"}

// isPage reports whether an address is the page's own, and why we think so.
func (x *extraction) isPage(raw string) (why string, ok bool) {
	u := x.resolve(raw)
	key := pageKey(u)
	if key == "" {
		return "", false
	}
	if key == pageKey(x.page) {
		return "its address is the page's", true
	}
	if s := readSite(u); s.advert != "" && s.platform == x.site.platform && s.advert == x.site.advert {
		return "its address has the page's advert id", true
	}
	if slices.ContainsFunc(x.others, func(o *url.URL) bool { return pageKey(o) == key }) {
		return "its address is one that the page calls its own", true
	}
	return "", false
}

// resolve returns the address that raw means on the page; nil if it is none.
func (x *extraction) resolve(raw string) *url.URL {
	raw = strings.TrimSpace(raw)
	if raw == "" || len(raw) > maxAddress {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil {
		return nil
	}
	if x.base != nil {
		u = x.base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil
	}
	return u
}
