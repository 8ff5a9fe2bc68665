package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/google/uuid"

	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/review"
)

func reviewCommand() *command {
	return &command{
		name: "review", args: "FILE [--verify] [COMMAND [ARGUMENT…]]",
		short: "review a bundle where it is, with no vault",
		long: `Reviews a bundle straight from its file: there need be no vault, nothing is unpacked,
and nothing is written, into the bundle or elsewhere, but the file that a command's -o
names. An encrypted bundle is decrypted in memory, as far as it is read.

Alone it shows whose bundle it is and what it holds. Whether that was altered since it
was sealed, it doesn't check: --verify does, which reads all of it.

With a COMMAND that only reads, such as list, show, search, replay, compare, photos find,
handover, log or verify, it does what that command does, on the bundle. A capture is then named by its exhibit number alone.
The flags of pug review stand before COMMAND, those of COMMAND after it.

To keep a bundle with what you reviewed before, take it into a vault: pug import.

    pug review op-2031.pugmark.zip
    pug review op-2031.pugmark.zip list --tag ivory
    pug review op-2031.pugmark.zip show 3
    pug review op-2031.pugmark.zip search 象牙
    pug review op-2031.pugmark.zip replay 3
    pug review op-2031.pugmark.zip verify --key unit.key
    pug review op-2031.pugmark.zip.age --identity ~/.ssh/id_ed25519 show 3`,
		minArgs: 1, maxArgs: -1, usesVault: true, wraps: true,
		setup: func(flags *flag.FlagSet) action {
			var decrypt identityFlags
			decrypt.define(flags)
			all := flags.Bool("verify", false, "also verify the bundle")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				a.bundle = &reviewedBundle{args[0], decrypt}
				switch {
				case len(args) == 1:
					return a.reviewBundle(ctx, *all)
				case *all:
					return outcome{}, tell("usage", "--verify goes with no other command.",
						fmt.Sprintf("For example: pug review %s verify", clean(args[0])))
				}
				return a.reviewWith(ctx, args[1:])
			}
		},
	}
}

// reviewWith runs another command on the bundle.
func (a *app) reviewWith(ctx context.Context, args []string) (outcome, error) {
	cmd, rest, err := findCommand(args)
	if err != nil {
		return outcome{}, err
	}
	if !cmd.reviews {
		var able []string
		for _, c := range commands() {
			if c.reviews {
				able = append(able, c.name)
			}
		}
		return outcome{}, tell("usage", fmt.Sprintf("A bundle's file is only read: there is no %q for it.", "pug "+cmd.name),
			"What there is: "+strings.Join(able, ", ")+`. To work with a bundle in a vault, "pug import" takes it in.`)
	}
	return a.runCommand(ctx, cmd, rest)
}

// reviewDoc is the document of "pug review".
type reviewDoc struct {
	Path      string             `json:"path"`
	Encrypted bool               `json:"encrypted,omitzero"`
	Case      evidence.Case      `json:"case"`
	Omitted   int                `json:"omitted,omitzero"` // captures of the case that it leaves out
	Sealed    *sealedBy          `json:"sealed,omitempty"`
	Captures  []evidence.Capture `json:"captures"`
	Entries   int                `json:"log_entries"`
	Added     int                `json:"annotations"` // that stand
	// Verification is what --verify came to.
	Verification *evidence.Report `json:"verification,omitempty"`
	damaged      error            // why nothing is known of who sealed it
}

// sealedBy says who sealed a bundle's first capture, by its own word.
type sealedBy struct {
	Vault        uuid.UUID `json:"vault"`
	Key          string    `json:"key"`
	Operator     string    `json:"operator,omitempty"`
	Organisation string    `json:"organisation,omitempty"`
}

// reviewBundle shows what a bundle's file holds.
func (a *app) reviewBundle(ctx context.Context, verify bool) (out outcome, err error) {
	err = a.withLibrary(ctx, func(l *review.Library) error {
		c, err := readCase(ctx, l, "")
		if err != nil {
			return about(a.bundle.path, err)
		}
		doc := reviewDocOf(c)
		if how, err := bundle.EncryptionOf(a.bundle.path); err != nil || how != bundle.Plain {
			doc.Encrypted = true
		}
		if verify {
			if doc.Verification, err = a.verifyOpened(ctx, l); err != nil {
				return err
			}
			if doc.Verification.Outcome != evidence.Verified {
				out.exit = exitFindings
			}
		}
		out.doc, out.text = doc, doc.print
		return nil
	})
	return out, err
}

// verifyOpened verifies a bundle that is open, by what the own vault trusts, if there
// is one.
func (a *app) verifyOpened(ctx context.Context, l *review.Library) (*evidence.Report, error) {
	own, err := a.ownTrust(ctx)
	if err != nil {
		return nil, err
	}
	r, err := l.Bundle().Verify(ctx, bundle.VerifyOptions{Trust: own}, a.meter("Verifying"))
	return r, about(a.bundle.path, err)
}

func reviewDocOf(c *review.Case) reviewDoc {
	d := reviewDoc{Path: c.Path, Case: c.Case, Omitted: c.Omitted, Captures: recordsOf(c), Entries: len(c.Events)}
	for _, x := range c.Captures {
		for _, added := range x.Annotations {
			if added.Withdrawn == nil {
				d.Added++
			}
		}
	}
	if len(c.Captures) > 0 {
		d.Sealed, d.damaged = sealerOf(c.Captures[0])
	}
	return d
}

func sealerOf(x *review.Capture) (*sealedBy, error) {
	m, s, err := x.Records()
	if err != nil {
		return nil, err
	}
	return &sealedBy{m.Identity.VaultID, s.Key, m.Authority.Operator, m.Authority.Organisation}, nil
}

func (d reviewDoc) print(w io.Writer) {
	fmt.Fprintf(w, "Bundle of case %s: %s\n", d.Case.Ref, clean(d.Case.Title))
	printFields(w, d.fields())
	if r := d.Verification; r != nil {
		fmt.Fprintln(w)
		verification{What: "bundle", Path: d.Path, Report: r}.print(w)
	}
	if len(d.Captures) > 0 {
		fmt.Fprintln(w)
		printCaptures(w, d.Captures, nil)
	}
	d.printNext(w)
}

func (d reviewDoc) fields() []field {
	fields := []field{{"file", clean(d.Path)}}
	if d.Encrypted {
		fields[0].value += ", which is encrypted"
	}
	switch by := d.Sealed; {
	case by != nil:
		fields = append(fields,
			field{"sealed by", "vault " + by.Vault.String() + suffix(authorityText(evidence.Authority{Operator: by.Operator, Organisation: by.Organisation}))},
			field{"with key", clean(by.Key)})
	case d.damaged != nil:
		fields = append(fields, field{"sealed by", "it can't be told: " + clean(d.damaged.Error())})
	}
	closed, left := "", ""
	if d.Case.Closed != nil {
		closed = bothTimes(*d.Case.Closed)
	}
	if d.Omitted > 0 {
		left = count(d.Omitted, "capture") + " of the case"
	}
	fields = append(fields,
		field{"legal basis", clean(d.Case.Authority)}, field{"purpose", clean(d.Case.Purpose)},
		field{"opened", bothTimes(d.Case.Opened)}, field{"closed", closed},
		field{"holds", d.holds()}, field{"leaves out", left},
		field{"log", fmt.Sprintf("%d entries of the case", d.Entries)})
	if d.Verification == nil {
		fields = append(fields, field{"verified", "NO: what is shown is what the file says"})
	}
	return fields
}

// suffix puts a comma before a text, if there is one.
func suffix(s string) string {
	if s == "" {
		return ""
	}
	return ", " + s
}

// holds says what the bundle holds.
func (d reviewDoc) holds() string {
	var bytes int64
	verdicts := make(map[evidence.Verdict]int)
	for _, c := range d.Captures {
		bytes += c.Bytes
		verdicts[c.Verdict]++
	}
	var parts []string
	for _, v := range []evidence.Verdict{evidence.Complete, evidence.Partial, evidence.Failed} {
		if verdicts[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", verdicts[v], v))
		}
	}
	text := fmt.Sprintf("%s, %s of items", count(len(d.Captures), "capture"), sizeText(bytes))
	if len(parts) > 0 {
		text = strings.Replace(text, ",", " ("+strings.Join(parts, ", ")+"),", 1)
	}
	if d.Added > 0 {
		text += fmt.Sprintf("; people added %s", count(d.Added, "annotation"))
	}
	return text
}

func (d reviewDoc) printNext(w io.Writer) {
	next := []string{"verify"}
	if len(d.Captures) > 0 {
		next = append(next, fmt.Sprintf("show %d", d.Captures[0].Exhibit), "search WORDS")
	}
	if d.Verification != nil {
		next = slices.Delete(next, 0, 1)
	}
	fmt.Fprintln(w, "\nNext:")
	for _, n := range append(next, "log") {
		fmt.Fprintf(w, "    pug review %s %s\n", shellQuote(clean(d.Path)), n)
	}
}
