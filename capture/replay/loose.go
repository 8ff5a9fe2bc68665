package replay

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Parameters that only defeat caches, or follow visitors. Those of the first
// group are left out whatever their value, those of the second where the value is
// a moment or a random fraction, and those of the third where it is a version or a
// digest and the path that of a file that pages are made of. A name that may
// mean something else is in none: a page that the archive lacks must not be
// answered by another.
var (
	idle = regexp.MustCompile(`^(?i:_|__?ts?|cb|cachebuster|cache_?bust|bust|nocache|no_cache|timestamp|rand|random|rnd|` +
		`utm_[a-z_]+|fbclid|gclid|gclsrc|dclid|msclkid|yclid|twclid|igshid|mc_[ce]id|_ga|_gl|spm)$`)
	passing = regexp.MustCompile(`^(?i:t|ts|time|r|nc)$`)
	moment  = regexp.MustCompile(`^(?:1[0-9]{9}(?:[0-9]{3})?|0\.[0-9]{4,})$`)
	edition = regexp.MustCompile(`^(?i:v|ver|version|rev|h|hash)$`)
	number  = regexp.MustCompile(`^(?:[0-9]+(?:\.[0-9]+)*|[0-9a-fA-F]{6,64})$`)
	static  = regexp.MustCompile(`\.(?i:js|mjs|css|woff2?|ttf|otf|eot|svg|png|gif|ico)$`)

	callback  = regexp.MustCompile(`^(?i:callback|jsonp|jsoncallback|jsonpcallback|cb)$`)
	generated = regexp.MustCompile(`^[A-Za-z_$][\w$.]*[0-9]{4,}[\w$.]*$`)
)

// makesNoDifference reports whether a parameter of a path is one of them.
func makesNoDifference(path, name, value string) bool {
	if value == "" && moment.MatchString(name) {
		return true // "?1700000000"
	}
	return idle.MatchString(name) || passing.MatchString(name) && moment.MatchString(value) ||
		static.MatchString(path) && (edition.MatchString(name) && number.MatchString(value) || value == "" && number.MatchString(name))
}

// loose returns the query of a path without the parameters that make no
// difference, the rest in an order of its own, and the name of the function to
// call in it.
func loose(path, query string) (rest, function string) {
	if query == "" {
		return "", ""
	}
	kept := slices.DeleteFunc(strings.Split(query, "&"), func(pair string) bool {
		name, value, _ := strings.Cut(pair, "=")
		if v, err := url.QueryUnescape(value); err == nil && callback.MatchString(name) && generated.MatchString(v) {
			function = v
			return true
		}
		return pair == "" || makesNoDifference(path, name, value)
	})
	slices.Sort(kept)
	return strings.Join(kept, "&"), function
}

// looseAddress returns what is left of an address for the rule "parameters": no
// scheme, and a loose query.
func looseAddress(address string) (rest, function string) {
	_, rest, _ = strings.Cut(address, "://")
	path, query, _ := strings.Cut(rest, "?")
	query, function = loose(path, query)
	return path + "?" + query, function
}

// common returns which share of the parameters of two queries they have in
// common.
func common(a, b string) float64 {
	if a == b {
		return 1
	}
	one, two := strings.Split(a, "&"), strings.Split(b, "&")
	counts := make(map[string]int, len(one))
	for _, p := range one {
		counts[p]++
	}
	same := 0
	for _, p := range two {
		if counts[p] > 0 {
			counts[p]--
			same++
		}
	}
	return float64(same) / float64(max(len(one), len(two)))
}
