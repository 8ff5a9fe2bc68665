package replay

import (
	"sync"
	"time"
)

// Event is one request of a replayed page and how it was answered. Its JSON is a
// line of the log of "pug replay".
type Event struct {
	Time        time.Time `json:"time"` // of the request, by this machine's clock
	Method      string    `json:"method"`
	URL         string    `json:"url"`
	Destination string    `json:"destination,omitempty"` // as Chrome says: "document", "image", …
	Rule        Rule      `json:"answered"`
	Status      int       `json:"status,omitempty"` // of the answer
	Bytes       int64     `json:"bytes"`            // of its body
	// The record that answered.
	Record     string    `json:"record,omitempty"` // its address
	RecordTime time.Time `json:"record_time,omitzero"`
	Problem    string    `json:"problem,omitempty"` // why the record could not be sent whole
}

// Summary counts the requests of a session.
type Summary struct {
	Requests int `json:"requests"`
	Exact    int `json:"exact"`
	Fuzzy    int `json:"fuzzy"` // by another rule
	Failed   int `json:"failed"`
	Absent   int `json:"not_in_archive"`
	// Missing is the addresses that the archive lacks, the first of them.
	Missing []string `json:"missing,omitempty"`
}

// maxMissing is how many addresses a summary names.
const maxMissing = 100

// tally counts events and hands them on.
type tally struct {
	tell func(Event) // may be nil

	mu  sync.Mutex // guards what follows, and the telling
	sum Summary
}

func (t *tally) add(e Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sum.Requests++
	switch e.Rule {
	case Exact:
		t.sum.Exact++
	case Failed:
		t.sum.Failed++
	case Absent:
		t.sum.Absent++
		if len(t.sum.Missing) < maxMissing {
			t.sum.Missing = append(t.sum.Missing, e.URL)
		}
	default:
		t.sum.Fuzzy++
	}
	if t.tell != nil {
		t.tell(e)
	}
}

func (t *tally) summary() Summary {
	t.mu.Lock()
	defer t.mu.Unlock()
	sum := t.sum
	sum.Missing = append([]string(nil), sum.Missing...)
	return sum
}
