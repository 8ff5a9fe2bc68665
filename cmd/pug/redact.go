package main

import (
	"context"
	"flag"
	"fmt"
	"image"
	"io"

	"pugmark/evidence"
	"pugmark/recorder"
)

func redactCommand() *command {
	return &command{
		name: "redact", args: "CAPTURE --region X,Y,WIDTH,HEIGHT… [--reason R] [-o FOLDER]",
		short: "make a redacted copy of a capture's picture",
		long: `Makes a copy of the picture of the whole page in which rectangles are black, to be
disclosed. Of what lay below them nothing is in the copy: its pixels are written anew,
and it has no text, metadata or other file of the capture. The original stays as it is.

The copy is sealed in a folder of its own, which stands alone: its manifest names the
original by digest, and the rectangles, and "pug verify FOLDER" verifies it. With -o
that folder is also copied to a new one, to be handed over; the log says so.

Its manifest has the digest of the original picture. Who knows all of a picture but a
few characters could try these out against it: blacken more than those.

    pug redact OP-2031/1 --region 120,840,300,40 --reason "Witness" -o disclosure`,
		minArgs: 1, maxArgs: 1, usesVault: true, usesSecret: true,
		setup: func(flags *flag.FlagSet) action {
			var regions []image.Rectangle
			flags.Func("region", "a rectangle to blacken, `X,Y,WIDTH,HEIGHT` in pixels of the picture; may be repeated", func(s string) error {
				r, err := parseRegion(s)
				regions = append(regions, r)
				return err
			})
			reason := flags.String("reason", "", "`why` it is redacted, for the log and the copy's manifest")
			to := flags.String("o", "", "copy the sealed copy to a new `folder`")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				if len(regions) == 0 {
					return outcome{}, tell("usage", "Say what to blacken.", fmt.Sprintf("For example: pug redact %s --region 120,840,300,40", clean(args[0])))
				}
				return a.redact(ctx, args[0], regions, *reason, *to)
			}
		},
	}
}

// redactedDoc is the document of "pug redact".
type redactedDoc struct {
	Derivation evidence.Derivation `json:"derivation"`
	Picture    string              `json:"picture"` // its path
	SHA256     evidence.Digest     `json:"sha256"`  // of the picture
	Copy       string              `json:"copy,omitempty"`
	capture    string
}

func (a *app) redact(ctx context.Context, name string, regions []image.Rectangle, reason, to string) (out outcome, err error) {
	if to != "" {
		if err := checkTarget(to); err != nil {
			return out, err
		}
	}
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		c, err := v.Capture(ctx, name)
		if err != nil {
			return about(name, err)
		}
		if err := a.unlock(ctx, v); err != nil {
			return err
		}
		a.step("Redacting the picture of %s", c.Name())
		d, err := recorder.Redact(ctx, v, c, regions, reason, a.meter("Redacting"))
		if err != nil {
			return about(c.Name(), err)
		}
		doc := redactedDoc{Derivation: d, Copy: to, capture: c.Name()}
		m, err := d.Manifest()
		if err != nil {
			return err
		}
		doc.Picture, doc.SHA256 = d.Path(m.Items[0]), m.Items[0].SHA256
		if to != "" {
			err = about(to, v.ExportDerivation(ctx, d, to))
		}
		out = outcome{doc: doc, text: doc.print}
		return err
	})
	return out, err
}

func (d redactedDoc) print(w io.Writer) {
	fmt.Fprintf(w, "Made and sealed a redacted copy of %s\n", d.capture)
	printFields(w, []field{
		{"picture", d.Picture},
		{"SHA-256", d.SHA256.String()},
		{"manifest", d.Derivation.ManifestDigest.String()},
		{"copied to", d.Copy},
	})
	verify := d.Derivation.Dir
	if d.Copy != "" {
		verify = d.Copy
	}
	fmt.Fprintf(w, "Look at the picture before it is handed over. To verify it: pug verify %s\n", shellQuote(verify))
}
