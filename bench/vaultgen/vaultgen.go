// Package vaultgen fills a vault with captures that no browser made: small, but
// staged, sealed and logged as any other, of invented listings on invented
// marketplaces. What it makes depends on the options alone, but for the times of
// the log, ids and keys.
package vaultgen

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"pugmark/evidence"
)

// Options say what a vault is filled with.
type Options struct {
	Captures int
	Cases    int // of which the first gets half of the captures
	Workers  int // how many captures are under way at once
	// Progress is told how many are sealed, from several goroutines.
	Progress func(sealed int)
}

// Ref is the reference of a case, from 0.
func Ref(i int) string { return fmt.Sprintf("OP-2026-%03d", i+1) }

// Fill opens the cases and seals the captures. The vault must be unlocked.
func Fill(ctx context.Context, v *evidence.Vault, o Options) error {
	for i := range o.Cases {
		c := operations[i%len(operations)]
		c.Ref = Ref(i)
		if err := v.NewCase(ctx, c); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next, sealed atomic.Int64
	var wg sync.WaitGroup
	for range o.Workers {
		wg.Go(func() {
			for i := next.Add(1) - 1; i < int64(o.Captures) && ctx.Err() == nil; i = next.Add(1) - 1 {
				if err := seal(ctx, v, Ref(caseOf(int(i), o.Cases)), int(i)); err != nil {
					cancel(fmt.Errorf("capture %d: %w", i, err))
					return
				}
				if n := sealed.Add(1); o.Progress != nil {
					o.Progress(int(n))
				}
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}

// caseOf says to which case a capture belongs: every other one to the first.
func caseOf(i, cases int) int {
	if i%2 == 0 || cases == 1 {
		return 0
	}
	return 1 + i/2%(cases-1)
}

// seal makes one capture.
func seal(ctx context.Context, v *evidence.Vault, ref string, i int) (err error) {
	r := rand.New(rand.NewPCG(uint64(i), 7))
	p := newPage(r, i)
	s, err := v.Stage(ctx, evidence.StageRequest{Case: ref, Reason: "Daily check", Requested: p.address})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	shot, err := p.write(ctx, s, r)
	if err != nil {
		return err
	}
	_, err = s.Seal(ctx, p.acquisition(shot))
	return err
}

// acquisition says what the capture found.
func (p *page) acquisition(full evidence.Size) *evidence.Acquisition {
	took := 4 * time.Second
	a := &evidence.Acquisition{
		Target: evidence.Target{
			Requested: p.address, Final: p.address, Title: p.title, Language: p.lang, Status: 200,
			MediaType: "text/html", Protocol: "h2", Remote: "192.0.2.7:443",
		},
		Time: evidence.Time{Started: p.when, Finished: p.when.Add(took), Duration: took.Milliseconds(), Zone: "+00:00"},
		Environment: evidence.Environment{
			Tool: evidence.Tool, OS: "linux/amd64", Browser: "none: generated", Flags: []string{},
			Viewport: evidence.Size{Width: viewWidth, Height: viewHeight}, PixelRatio: 1, Locale: p.lang,
		},
		Picture: &evidence.Picture{Size: full, Strips: 1},
		Verdict: evidence.Complete,
	}
	if p.problem != nil {
		a.Verdict, a.Problems = evidence.Partial, []evidence.Problem{*p.problem}
	}
	return a
}
