package photographs

import (
	"cmp"
	"slices"

	"github.com/google/uuid"
)

// GroupThreshold is how many bits of the hashes of near photographs differ at most, for
// groups. It is fewer than [Threshold], since each is compared with each: a pair that is
// near by chance would tie two groups together.
const GroupThreshold = 6

// Beyond so many, a group is common.
const (
	CommonSites   = 5
	CommonSellers = 20
)

// Group is photographs that are exact or near to each other, or linked by others that
// are.
type Group struct {
	Members  []*Photograph // by capture, as they were sealed, and number
	Captures int
	Cases    int
	// Addresses, Sites and Sellers are how many are known. A seller is one of a site.
	Addresses, Sites, Sellers int
	Files                     int  // that differ by their digest
	Widest                    int  // bits between the hashes of the furthest two; see [MaxCompared]
	Common                    bool // more than [CommonSites] sites, or [CommonSellers] sellers
}

// Groups returns the groups within a number of bits: those of the most sellers first,
// then of the most sites, addresses, captures.
func (x *Index) Groups(within int) []Group {
	keys := newSets(len(x.All))
	x.joinExact(keys)
	x.joinNear(keys, within)
	members := make(map[int][]*Photograph)
	for i := range x.All {
		k := keys.of(i)
		members[k] = append(members[k], &x.All[i])
	}
	var out []Group
	for _, m := range members {
		if m[0].Capture.ID != m[len(m)-1].Capture.ID {
			out = append(out, newGroup(m))
		}
	}
	slices.SortFunc(out, compareGroups)
	return out
}

// joinExact joins the same files.
func (x *Index) joinExact(keys sets) {
	first := make(map[[32]byte]int)
	for i := range x.All {
		if k, ok := first[x.All[i].SHA256]; ok {
			keys.join(k, i)
		} else {
			first[x.All[i].SHA256] = i
		}
	}
}

// joinNear joins near photographs.
func (x *Index) joinNear(keys sets, within int) {
	first := make(map[uint64]int)
	var hashes []uint64
	for i := range x.All {
		p := &x.All[i]
		if !p.Comparable() {
			continue
		}
		if k, ok := first[p.Hash]; ok {
			keys.join(k, i)
			continue
		}
		first[p.Hash] = i
		hashes = append(hashes, p.Hash)
	}
	newNearIndex(hashes, within).pairs(func(i, j int) { keys.join(first[hashes[i]], first[hashes[j]]) })
}

func newGroup(members []*Photograph) Group {
	captures, cases := make(map[uuid.UUID]bool), make(map[string]bool)
	addresses, sites := make(map[string]bool), make(map[string]bool)
	sellers, files := make(map[[2]string]bool), make(map[[32]byte]bool)
	for _, p := range members {
		captures[p.Capture.ID] = true
		cases[p.Capture.Case] = true
		addresses[p.Capture.Requested] = true
		files[p.SHA256] = true
		if p.Site != "" {
			sites[p.Site] = true
		}
		if p.Seller != "" {
			sellers[[2]string{p.Site, p.Seller}] = true
		}
	}
	g := Group{
		Members: members, Captures: len(captures), Cases: len(cases), Addresses: len(addresses),
		Sites: len(sites), Sellers: len(sellers), Files: len(files), Widest: widest(members),
	}
	g.Common = g.Sites > CommonSites || g.Sellers > CommonSellers
	return g
}

// MaxCompared is how many different hashes of a group are compared with all others to
// find the furthest two. In a larger group there may be two that are further apart.
const MaxCompared = 1000

// widest returns the distance of the furthest two.
func widest(members []*Photograph) (most int) {
	var hashes []uint64
	for _, p := range members {
		if p.Comparable() {
			hashes = append(hashes, p.Hash)
		}
	}
	slices.Sort(hashes)
	hashes = slices.Compact(hashes)
	for _, a := range hashes[:min(len(hashes), MaxCompared)] {
		for _, b := range hashes {
			most = max(most, Distance(a, b))
		}
	}
	return most
}

func compareGroups(a, b Group) int {
	return cmp.Or(
		order(a.Common, b.Common), cmp.Compare(b.Sellers, a.Sellers), cmp.Compare(b.Sites, a.Sites), cmp.Compare(b.Addresses, a.Addresses),
		cmp.Compare(b.Captures, a.Captures), cmp.Compare(len(b.Members), len(a.Members)),
		cmp.Compare(a.Members[0].Capture.ID.String(), b.Members[0].Capture.ID.String()),
		cmp.Compare(a.Members[0].Number, b.Members[0].Number))
}

// In reports whether a case has one of the photographs.
func (g *Group) In(name string) bool {
	return slices.ContainsFunc(g.Members, func(p *Photograph) bool { return p.Capture.Case == name })
}

// Flat reports whether the photographs are grouped only as the same file, since their
// hash says nothing.
func (g *Group) Flat() bool {
	return !slices.ContainsFunc(g.Members, func(p *Photograph) bool { return p.Comparable() })
}
