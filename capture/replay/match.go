package replay

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"pugmark/capture/warc"
)

// Rule is how a record was found for a request: see the package's comment.
type Rule string

// The rules.
const (
	Exact      Rule = "exact"
	Scheme     Rule = "scheme"
	Parameters Rule = "parameters"
	JSONP      Rule = "jsonp"
	Body       Rule = "body"
	Head       Rule = "head"
	Preflight  Rule = "preflight"
	Failed     Rule = "failed"
	Absent     Rule = "not-in-archive"
)

// vicinity is how far apart in time responses of one address may be and still
// belong to one visit.
const vicinity = 10 * time.Minute

// leastCommon is which share of its parameters a body must have in common with
// one of the archive.
const leastCommon = 0.5

// wish is what a page asks for.
type wish struct {
	method  string
	address string // as [warc.Address] writes it
	query   string // of the body
	ranged  *warc.Range
}

// match is the record that answers a wish.
type match struct {
	rule   Rule
	record warc.Record
	// from and to are the names of the function to call, in the record and in
	// the wish, if they differ.
	from, to string
}

// matcher finds the records that answer.
type matcher struct {
	records []warc.Record
	time    time.Time
	exact   map[string][]int32 // by method, address and query
	loose   map[string][]int32 // by method and loose address
	sockets map[string][]int32 // by address

	mu    sync.Mutex
	asked map[string]int // guarded by mu: how often, by the records' key
}

// newMatcher makes a matcher for the visit at a time.
func newMatcher(records []warc.Record, t time.Time) *matcher {
	m := &matcher{
		records: records, time: t,
		exact: make(map[string][]int32), loose: make(map[string][]int32), sockets: make(map[string][]int32),
		asked: make(map[string]int),
	}
	for i, r := range records {
		if r.Socket {
			m.sockets[r.URL] = append(m.sockets[r.URL], int32(i))
			continue
		}
		if r.URL == "" || r.Status == http.StatusNotModified || r.Status > 0 && r.Status < 200 {
			continue
		}
		key := exactKey(r.Method, r.URL, r.Query)
		m.exact[key] = append(m.exact[key], int32(i))
		address, _ := looseAddress(r.URL)
		key = r.Method + " " + address
		m.loose[key] = append(m.loose[key], int32(i))
	}
	return m
}

func exactKey(method, address, query string) string { return method + " " + address + "\n" + query }

// find returns the record that answers a wish. Its rule is [Absent] if none
// does.
func (m *matcher) find(w wish) match {
	if found := m.byMethod(w); found.rule != Absent {
		return found
	}
	if w.method == http.MethodHead {
		w.method = http.MethodGet
		if found := m.byMethod(w); found.rule != Absent && found.rule != Failed {
			found.rule = Head
			return found
		}
	}
	return match{rule: Absent}
}

func (m *matcher) byMethod(w wish) match {
	key := exactKey(w.method, w.address, w.query)
	if r, ok := m.next(key, m.exact[key], w); ok {
		return found(Exact, r)
	}
	key = exactKey(w.method, otherScheme(w.address), w.query)
	if r, ok := m.next(key, m.exact[key], w); ok {
		return found(Scheme, r)
	}
	address, function := looseAddress(w.address)
	key = w.method + " " + address
	all := m.loose[key]
	query, _ := loose("", w.query)
	same := slices.DeleteFunc(slices.Clone(all), func(i int32) bool {
		q, _ := loose("", m.records[i].Query)
		return q != query
	})
	if r, ok := m.next("loose "+key+"\n"+query, same, w); ok {
		_, from := looseAddress(r.URL)
		if r.Status != 0 && from != function && from != "" && function != "" {
			return match{JSONP, r, from, function}
		}
		return found(Parameters, r)
	}
	if w.query != "" || w.method != http.MethodGet {
		return m.byBody(w, query, all)
	}
	return match{rule: Absent}
}

// found returns a match by a rule, or by [Failed] if the record has no response.
func found(rule Rule, r warc.Record) match {
	if r.Status == 0 {
		rule = Failed
	}
	return match{rule: rule, record: r}
}

// byBody takes the records whose bodies have most in common with the wish's.
func (m *matcher) byBody(w wish, query string, all []int32) match {
	best := leastCommon
	var like []int32
	for _, i := range all {
		q, _ := loose("", m.records[i].Query)
		switch share := common(q, query); {
		case share > best || share == best && like == nil:
			best, like = share, []int32{i}
		case share == best:
			like = append(like, i)
		}
	}
	if len(like) == 0 {
		return match{rule: Absent}
	}
	if r, ok := m.next("body "+w.method+" "+w.address+"\n"+m.records[like[0]].Query, like, w); ok {
		return found(Body, r)
	}
	return match{rule: Absent}
}

func otherScheme(address string) string {
	if rest, ok := strings.CutPrefix(address, "http://"); ok {
		return "https://" + rest
	}
	return "http://" + strings.TrimPrefix(address, "https://")
}

// next returns the record among those of a key whose turn it is.
func (m *matcher) next(key string, all []int32, w wish) (warc.Record, bool) {
	visit := m.visit(m.fitting(all, w))
	if len(visit) == 0 {
		return warc.Record{}, false
	}
	m.mu.Lock()
	n := m.asked[key]
	m.asked[key]++
	m.mu.Unlock()
	return m.records[visit[min(n, len(visit)-1)]], true
}

// fitting returns the records that can answer a wish for a range or for the
// whole.
func (m *matcher) fitting(all []int32, w wish) []int32 {
	var whole, parts []int32
	for _, i := range all {
		r := m.records[i]
		switch {
		case r.Status != http.StatusPartialContent:
			whole = append(whole, i)
		case w.ranged == nil && r.Range.First == 0 && r.Range.Last+1 == r.Range.Total:
			parts = append(parts, i) // it is the whole
		case w.ranged != nil && r.Range.First == w.ranged.First:
			parts = append([]int32{i}, parts...)
		case w.ranged != nil && r.Range.First < w.ranged.First && r.Range.Last >= w.ranged.First:
			parts = append(parts, i)
		}
	}
	if w.ranged != nil && len(parts) > 0 {
		return parts[:1]
	}
	if len(whole) > 0 {
		return whole
	}
	return parts
}

// visit returns the records that belong to one visit: the one nearest to the
// page's time, and those around it.
func (m *matcher) visit(all []int32) []int32 {
	if len(all) < 2 {
		return all
	}
	nearest := slices.MinFunc(all, func(a, b int32) int {
		return cmp.Compare(m.records[a].Time.Sub(m.time).Abs(), m.records[b].Time.Sub(m.time).Abs())
	})
	around := m.records[nearest].Time
	out := slices.DeleteFunc(slices.Clone(all), func(i int32) bool { return m.records[i].Time.Sub(around).Abs() > vicinity })
	slices.SortStableFunc(out, func(a, b int32) int { return m.records[a].Time.Compare(m.records[b].Time) })
	return out
}

// reopened notes that a document is opened. If it had its last answer already,
// everything begins anew.
func (m *matcher) reopened(address string) {
	key := exactKey(http.MethodGet, address, "")
	visit := m.visit(m.exact[key])
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(visit) > 0 && m.asked[key] >= len(visit) {
		clear(m.asked)
	}
}

// socket returns the record of the frames of a WebSocket.
func (m *matcher) socket(address string) (warc.Record, bool) {
	key := "socket " + address
	return m.next(key, m.sockets[address], wish{})
}
