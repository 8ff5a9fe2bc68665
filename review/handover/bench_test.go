package handover

import (
	"context"
	"io"
	"testing"

	"pugmark/review"
)

// BenchmarkWrite writes a case of a thousand captures.
func BenchmarkWrite(b *testing.B) {
	c := sampleCase(b)
	listed := c.Captures[0]
	c.Captures = nil
	for i := range 1000 {
		x := *listed
		x.Exhibit = i + 1
		c.Captures = append(c.Captures, &x)
	}
	for _, f := range []Format{CSV, Lines, CaseUCO} {
		b.Run(string(f), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := Write(context.Background(), io.Discard, Request{Format: f, Case: c}, nil)
				check(b, err)
			}
		})
	}
	b.Run(string(HAR), func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			_, err := Write(context.Background(), io.Discard, Request{Format: HAR, Case: c, Captures: []*review.Capture{listed}}, nil)
			check(b, err)
		}
	})
}
