package report

import (
	"context"
	"fmt"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/review"
)

// verification is what was found of what a report is of, at the time of the report.
type verification struct {
	Scope  string // "captures" of a vault, each by its folder, or "bundle", all of it
	Report *evidence.Report
	fences map[string]*evidence.Fence // by exhibit as in "OP-1/3"
}

// verify verifies what a report is of: of a vault the captures that are in it, and of
// a bundle all of it. A capture that can't be read is a finding.
func verify(ctx context.Context, l *review.Library, c *review.Case, captures []*review.Capture, p func(done, total int64)) (*verification, error) {
	trust, err := l.Trust(ctx)
	if err != nil {
		return nil, err
	}
	v := &verification{Scope: "bundle", fences: make(map[string]*evidence.Fence)}
	options := bundle.VerifyOptions{Trust: trust}
	switch {
	case l.Bundle() != nil:
		v.Report, err = l.Bundle().Verify(ctx, options, p)
	case c.Imported != nil:
		v.Report, err = bundle.Verify(ctx, c.Path, options, p)
	default:
		v.Scope = "captures"
		v.Report, err = verifyCaptures(ctx, captures, trust)
	}
	if err != nil {
		return nil, err
	}
	for i, f := range v.Report.Fences {
		v.fences[f.Capture] = &v.Report.Fences[i]
	}
	return v, nil
}

func verifyCaptures(ctx context.Context, captures []*review.Capture, trust evidence.Trust) (*evidence.Report, error) {
	out := &evidence.Report{Findings: []evidence.Finding{}}
	for _, x := range captures {
		r, err := evidence.VerifyFS(ctx, x.Files, trust, nil)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			r = &evidence.Report{Findings: []evidence.Finding{{Kind: evidence.ManifestMissing, Want: "a capture", Got: err.Error()}}}
		}
		out.Include(r, x.Name())
		if _, _, err := x.Records(); err != nil && len(r.Findings) == 0 {
			out.Findings = append(out.Findings, evidence.Finding{
				Path: x.Name(), Kind: evidence.SealLog, Want: "the manifest " + x.ManifestDigest.String() + " of the log", Got: err.Error(),
			})
		}
	}
	out.Captures = len(captures)
	return out.Conclude(), nil
}

// fence returns what authorities say of the time of a capture.
func (v *verification) fence(x *review.Capture, m *evidence.Manifest) *evidence.Fence {
	if f := v.fences[fmt.Sprintf("%s/%d", m.Identity.Case, x.Exhibit)]; f != nil {
		return f
	}
	return new(evidence.Fence)
}
