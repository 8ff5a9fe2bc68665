package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"pugmark/evidence"
)

// print says what a verification came to, in the words that a court needs.
func (v verification) print(w io.Writer) {
	r := v.Report
	fmt.Fprintf(w, "%s\n%s\n", strings.ToUpper(string(r.Outcome)), v.sentence())
	printFields(w, v.fields())
	if len(r.Fences) > 0 {
		printFences(w, r.Fences)
	}
	printFindings(w, r.Findings)
}

// sentence says what the outcome means.
func (v verification) sentence() string {
	switch r := v.Report; {
	case r.Outcome == evidence.FailedVerification:
		return fmt.Sprintf("This %s is not as it was sealed: %s below.", v.What, count(len(r.Findings), "finding"))
	case r.Outcome == evidence.IntegrityOnly && r.Sealed():
		return fmt.Sprintf("Nothing in this %s was altered since it was sealed, and a key that you trust sealed it.\n"+
			"But the time below that an authority gave is under none of the roots that you trust. Get the\n"+
			"authority's root certificate over a way that you trust, and give that with --root.", v.What)
	case r.Outcome == evidence.IntegrityOnly:
		return fmt.Sprintf("Nothing in this %s was altered since it was sealed. But who sealed it is not known:\n"+
			"the key below is none of those that you trust. Ask the unit that made it for its key,\n"+
			"over a way that you trust, and give that with --key.", v.What)
	case v.What == "vault":
		return "Nothing in this vault was altered since it was sealed: the log is whole, and it and\n" +
			"every capture agree. The keys are those that the vault itself names."
	}
	return fmt.Sprintf("Nothing in this %s was altered since it was sealed, and a key that you trust sealed it.", v.What)
}

func (v verification) fields() []field {
	r := v.Report
	fields := []field{{v.What, v.Path}}
	if v.What == "vault" || v.What == "bundle" {
		fields = append(fields, field{"captures", strconv.Itoa(r.Captures)})
	}
	if v.What == "vault" && r.Derivations > 0 {
		fields = append(fields, field{"derivations", strconv.Itoa(r.Derivations) + ", made from captures"})
	}
	fields = append(fields, field{"items", fmt.Sprintf("%d, %s hashed", r.Items, sizeText(r.Bytes))})
	if r.Withheld > 0 {
		fields = append(fields, field{"withheld", count(r.Withheld, "item") + " of TLS secrets, as the bundle itself says"})
	}
	if v.What == "vault" {
		fields = append(fields, field{"log entries", strconv.FormatInt(r.Events, 10)}, field{"not signed", unsignedText(r)}, field{"not sealed", stagedText(r)}, field{"imported", importsText(r)})
	}
	if v.Pinned > 0 && r.Outcome != evidence.FailedVerification {
		fields = append(fields, field{"pinned", fmt.Sprintf("the log only grew since %s kept elsewhere", count(v.Pinned, "checkpoint"))})
	}
	return append(fields, signerFields(r.Signers)...)
}

// signerFields say who sealed.
func signerFields(signers []evidence.Signer) (fields []field) {
	for _, s := range signers {
		trusted := "which is NOT one that you trust"
		if s.Trusted {
			trusted = "which you trust"
		}
		fields = append(fields, field{"sealed with", clean(s.VKey)}, field{" ", trusted})
	}
	return fields
}

// unsignedText tells of log entries that no checkpoint covers yet: a command
// that needs no passphrase can't sign.
func unsignedText(r *evidence.Report) string {
	if r.Unsigned == 0 {
		return ""
	}
	return fmt.Sprintf("the newest %d log entries; the next capture or export signs them", r.Unsigned)
}

// stagedText tells of captures that came to no end.
func stagedText(r *evidence.Report) string {
	if r.Staged == 0 {
		return ""
	}
	return count(r.Staged, "capture") + " under way or interrupted, in the folder staging"
}

// importsText tells of the imported bundles.
func importsText(r *evidence.Report) string {
	if r.Imports == 0 {
		return ""
	}
	return count(r.Imports, "bundle") + " for review, as when imported"
}

// printFindings lists what verification found.
func printFindings(w io.Writer, findings []evidence.Finding) {
	for i, f := range findings {
		fmt.Fprintf(w, "\n%d. %s: %s\n", i+1, clean(f.Path), f.Kind)
		printFields(w, []field{{"want", clean(f.Want)}, {"got", clean(f.Got)}})
	}
}
