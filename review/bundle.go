package review

import (
	"pugmark/evidence"
	"pugmark/evidence/bundle"
)

// readBundle reads the case of a bundle. What it says of a capture comes from its
// case.json, but for the final address and the number of problems, which only the
// manifest has.
func readBundle(r *bundle.Reader, name, path string) (*Case, error) {
	x, err := r.Custody()
	if err != nil {
		return nil, err
	}
	in := r.Contents()
	c := &Case{Name: name, Path: path, Omitted: len(in.Omitted), Case: evidence.Case{
		Ref: in.Ref, Title: in.Title, Authority: in.Authority, Purpose: in.Purpose,
		Opened: in.Opened, Closed: in.Closed, Captures: len(in.Captures),
	}}
	for _, p := range x.Events {
		c.Events = append(c.Events, p.Event)
	}
	for _, e := range in.Captures {
		files, err := r.Folder(e)
		if err != nil {
			return nil, err
		}
		c.Captures = append(c.Captures, &Capture{Capture: recordOf(e, name), Files: files, Folder: e.Folder})
	}
	c.annotate()
	return c, nil
}

func recordOf(x bundle.Exhibit, name string) evidence.Capture {
	return evidence.Capture{
		Case: name, Exhibit: x.Exhibit, ID: x.ID, Requested: x.Requested, Title: x.Title,
		Started: x.Started, Sealed: x.Sealed, Verdict: x.Verdict, Items: x.Items, Bytes: x.Bytes,
		ManifestDigest: x.ManifestDigest, Seq: x.Seq,
	}
}
