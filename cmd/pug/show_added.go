package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"pugmark/evidence"
)

// readAdded reads what people added to the capture, and what was made from it.
func (d *showDoc) readAdded(ctx context.Context, v *evidence.Vault) error {
	all, err := v.Annotations(ctx, d.Capture)
	d.Annotations = annotationDocs(all)
	record, errRecord := readRecord(ctx, v, d.Capture, all)
	d.Record = record
	made, errMade := v.Derivations(ctx, d.Capture)
	d.Derivations = made
	return errors.Join(err, errRecord, errMade)
}

// printAdded shows what people added to the capture, apart from what the page said,
// and first the listing record.
func (d showDoc) printAdded(w io.Writer) {
	d.Record.print(w)
	others := slices.DeleteFunc(slices.Clone(d.Annotations), func(a annotationDoc) bool { return d.Record.of.Holds(a.ID) })
	if len(others) > 0 {
		fmt.Fprintln(w, "\nAdded by people after the capture")
	}
	for _, a := range others {
		fmt.Fprintf(w, "  %s\n      by %s on %s\n", a.summary(), clean(a.Actor), localTime(a.Time))
		if x := a.Withdrawn; x != nil {
			fmt.Fprintf(w, "      WITHDRAWN by %s on %s%s\n", clean(x.Actor), localTime(x.Time), reasonSuffix(x.Reason))
		}
	}
	if len(d.Derivations) > 0 {
		fmt.Fprintln(w, "\nMade from the capture")
	}
	for _, x := range d.Derivations {
		fmt.Fprintf(w, "  %s by %s on %s%s\n      %s\n", x.Kind, clean(x.Actor), localTime(x.Sealed), reasonSuffix(x.Reason), x.Dir)
	}
}

func reasonSuffix(reason string) string {
	if reason == "" {
		return ""
	}
	return ": " + clean(reason)
}
