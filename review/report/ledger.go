package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"slices"

	"pugmark/evidence"
	"pugmark/review"
)

// What is read of the log of a capture.
const (
	maxLedger = 64 << 20 // bytes
	maxNames  = 40       // of one kind
)

// entry is a line of a capture's log: see package capture, which writes it.
type entry struct {
	Kind   string          `json:"kind"`
	Name   string          `json:"name"`
	SHA256 evidence.Digest `json:"sha256"`
	What   string          `json:"what"`
	Type   string          `json:"type"`
}

// done is one sort of what was done to a page: how often, and by which script.
type done struct {
	Kind, Name string
	SHA256     string // of a script
	Times      int
}

// key tells sorts apart.
func (e entry) key() done {
	d := done{Kind: e.Kind, Name: cmp.Or(e.Name, e.What, e.Type)}
	if !e.SHA256.IsZero() {
		d.SHA256 = e.SHA256.String()
	}
	return d
}

// ledger sums a capture's log up. The error says why it can't be.
func ledger(x *review.Capture, m *evidence.Manifest) ([]done, error) {
	it, ok := m.Find(evidence.KindLog)
	if !ok {
		return nil, errors.New("there is none")
	}
	b, err := x.Read(it, maxLedger)
	if err != nil {
		return nil, err
	}
	return sumLedger(b)
}

func sumLedger(b []byte) ([]done, error) {
	counts := make(map[done]int)
	for line := range bytes.Lines(b) {
		var e entry
		if err := json.Unmarshal(line, &e); err != nil {
			return nil, err
		}
		switch e.Kind {
		case "command", "script", "scroll", "click", "dialog", "blocked":
			counts[e.key()]++
		}
	}
	var out []done
	for d, n := range counts {
		d.Times = n
		out = append(out, d)
	}
	slices.SortFunc(out, func(a, b done) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name), cmp.Compare(a.SHA256, b.SHA256))
	})
	return out, nil
}
