package ui

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"pugmark/evidence"
)

// order is what captures are sorted by.
type order string

// The orders. The empty one is by exhibit number.
const (
	byExhibit order = ""
	byTime    order = "time"
	byTitle   order = "title"
	bySite    order = "site"
	byVerdict order = "verdict"
)

// arrangement is how captures are filtered, sorted and shown. An empty member
// filters nothing.
type arrangement struct {
	Verdict evidence.Verdict `json:"verdict,omitempty"`
	Site    string           `json:"site,omitempty"`
	Stands  standing         `json:"stands,omitempty"`
	By      order            `json:"by,omitempty"`
	Down    bool             `json:"down,omitempty"` // the last one first
	Grid    bool             `json:"grid,omitempty"` // thumbnails instead of a list
}

// filters reports whether some captures may be left out.
func (a arrangement) filters() bool { return a.Verdict != "" || a.Site != "" || a.Stands != "" }

// query selects captures and sorts them.
type query struct {
	arrangement
	words []string // of which each must be somewhere in the capture's texts
}

// stride is how many captures are looked at before a query looks whether it is
// still wanted.
const stride = 4096

// run returns the captures that fit. It doesn't change all.
func (q query) run(ctx context.Context, all []*captureEntry) ([]*captureEntry, error) {
	out := make([]*captureEntry, 0, len(all))
	for i, e := range all {
		if i%stride == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if q.fits(e) {
			out = append(out, e)
		}
	}
	slices.SortStableFunc(out, q.compare)
	return out, ctx.Err()
}

func (q query) fits(e *captureEntry) bool {
	return (q.Verdict == "" || e.Verdict == q.Verdict) &&
		(q.Site == "" || e.host == q.Site) &&
		e.integrity.stands(q.Stands) &&
		hasWords(e.folded, q.words)
}

func (q query) compare(a, b *captureEntry) int {
	n := 0
	switch q.By {
	case byTime:
		n = a.Started.Compare(b.Started)
	case byTitle:
		n = strings.Compare(a.title, b.title)
	case bySite:
		n = strings.Compare(a.host, b.host)
	case byVerdict:
		n = cmp.Compare(verdictRank(a.Verdict), verdictRank(b.Verdict))
	}
	n = cmp.Or(n, cmp.Compare(a.Exhibit, b.Exhibit))
	if q.Down {
		return -n
	}
	return n
}

// verdictRank sorts verdicts, the worst last.
func verdictRank(v evidence.Verdict) int {
	return slices.Index([]evidence.Verdict{evidence.Complete, evidence.Partial, evidence.Failed}, v)
}

// maxSites is how many sites are offered to filter by.
const maxSites = 100

// site is a host with the number of its captures.
type site struct {
	host string
	n    int
}

// sitesOf returns the sites that most captures are of, by name.
func sitesOf(all []*captureEntry) []site {
	counts := make(map[string]int)
	for _, e := range all {
		counts[e.host]++
	}
	out := make([]site, 0, len(counts))
	for host, n := range counts {
		out = append(out, site{host, n})
	}
	byName := func(a, b site) int { return strings.Compare(a.host, b.host) }
	slices.SortFunc(out, func(a, b site) int { return cmp.Or(cmp.Compare(b.n, a.n), byName(a, b)) })
	out = out[:min(len(out), maxSites)]
	slices.SortFunc(out, byName)
	return out
}
