package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"pugmark/capture/listing"
	"pugmark/evidence"
	"pugmark/evidence/custody"
	"pugmark/review"
)

func showCommand() *command {
	return &command{
		name: "show", args: "CAPTURE [--wire-with-secrets -o FILE]",
		short: "show a capture",
		long: `Shows one capture: what was captured and when, the verdict and its problems,
redirects, what the page says of what it offers and in which of its parts, what
people added to that since, the certificate, every item with its digest, and the seal.

A capture is named by its case and exhibit, or by the beginning of its id. One of an
imported bundle is named by the bundle and the exhibit; it says whose seal it is.

With --wire-with-secrets it writes, instead, the capture's wire record together
with the secrets of its TLS connections, so that Wireshark and tshark show in clear
what the servers sent. That needs the passphrase, and is written to the custody log.
The file reveals the cookies of the session: keep it to yourself.

    pug show OP-2031/1
    pug show OP-2031/1 --json     the manifest and the seal as they were written
    pug show OP-2031/1 --wire-with-secrets -o clear.pcapng`,
		minArgs: 1, maxArgs: 1, usesVault: true, usesSecret: true, reviews: true,
		setup: func(flags *flag.FlagSet) action {
			wire := flags.Bool("wire-with-secrets", false, "write the wire record with its TLS secrets to the file of -o; logged")
			path := flags.String("o", "", "the `file` to write the wire record to; there must be none")
			return func(ctx context.Context, a *app, args []string) (outcome, error) {
				switch {
				case *wire && a.bundle != nil:
					return outcome{}, tell("usage", "A bundle has no TLS secrets that could be decrypted here.",
						"If it was exported with them, they lie in it in clear, in data/tls-secrets.")
				case *wire && *path == "":
					return outcome{}, tell("usage", "Say which file to write the wire record to.",
						fmt.Sprintf("For example: pug show %s --wire-with-secrets -o clear.pcapng", clean(args[0])))
				case *wire && isImportName(args[0]):
					return outcome{}, tell("usage", "An imported capture has no TLS secrets that this vault could decrypt.",
						"If the bundle was exported with them, they lie in it in clear, in data/tls-secrets.")
				case *wire:
					return a.exportWire(ctx, args[0], *path)
				case *path != "":
					return outcome{}, tell("usage", "-o goes with --wire-with-secrets only.", `"pug help show" shows how it is used.`)
				}
				return a.showCapture(ctx, args[0])
			}
		},
	}
}

// showDoc is the document of "pug show".
type showDoc struct {
	Capture  evidence.Capture   `json:"capture"`
	Manifest *evidence.Manifest `json:"manifest"`
	Seal     *evidence.Seal     `json:"seal"`
	// Time is what authorities say of it, and TimeFindings what is wrong with
	// what they say.
	Time         *evidence.Fence    `json:"time"`
	TimeFindings []evidence.Finding `json:"time_findings,omitempty"`
	asked        bool               // the vault has an authority
	// Imported is the bundle of another vault that the capture is in. Its case
	// is the bundle's name then, and its folder the bundle.
	Imported *evidence.Import `json:"imported,omitempty"`
	folder   string           // in the bundle; empty in a vault
	own      bool             // the vault sealed the bundle itself

	// Record is what people conclude of the listing, as it stands.
	Record recordDoc `json:"record"`

	// Annotations are what people added to it, and Derivations what was made
	// from it.
	Annotations []annotationDoc       `json:"annotations,omitempty"`
	Derivations []evidence.Derivation `json:"derivations,omitempty"`

	listing    *listing.Listing // what the page says of itself; nil: nothing
	listingErr error            // why that can't be shown
}

// readTime reads what authorities say of the capture's time.
func (d *showDoc) readTime(ctx context.Context, v *evidence.Vault) error {
	trust, err := v.Trust(ctx)
	if err != nil {
		return err
	}
	authorities, err := v.Authorities(ctx)
	if err != nil {
		return err
	}
	d.asked = len(authorities) > 0
	d.Time, d.TimeFindings, err = d.Capture.ReadFence(trust)
	if err != nil {
		return damaged(d.Capture, err)
	}
	return nil
}

func (a *app) showCapture(ctx context.Context, name string) (out outcome, err error) {
	err = a.withLibrary(ctx, func(l *review.Library) error {
		d, err := showDoc{}, error(evidence.ErrNoCapture)
		if l.Vault() != nil {
			d, err = showOwn(ctx, l.Vault(), name)
		}
		if errors.Is(err, evidence.ErrNoCapture) && (l.Vault() == nil || isImportName(name) || !strings.Contains(name, "/")) {
			d, err = showBundled(ctx, l, name)
		}
		out = outcome{doc: d, text: d.print}
		return err
	})
	return out, err
}

// showBundled shows a capture of a bundle: of one that was imported, or of the file.
func showBundled(ctx context.Context, l *review.Library, name string) (d showDoc, err error) {
	if isImportName(name) && !strings.Contains(name, "/") {
		return d, namesBundle(ctx, l, name)
	}
	c, x, err := findReviewed(ctx, l, name)
	if err != nil {
		return d, err
	}
	trust, err := l.Trust(ctx)
	if err != nil {
		return d, err
	}
	d.Imported, d.folder = c.Imported, x.Folder
	d.own = c.Imported != nil && c.Imported.Vault == l.Vault().Info().ID
	err = d.readBundled(c, x, trust)
	if err == nil {
		d.Record, err = readRecord(ctx, l.Vault(), x.Capture, x.Annotations)
	}
	if err != nil && c.Imported != nil {
		return d, damagedImport(*c.Imported, err)
	}
	if err != nil {
		return d, damagedFile(l, x, err)
	}
	return d, nil
}

// namesBundle says that a name is that of a bundle and not of a capture.
func namesBundle(ctx context.Context, l *review.Library, name string) error {
	c, err := readCase(ctx, l, name)
	if err != nil {
		return err
	}
	return tell("usage", fmt.Sprintf("%s is a bundle with %s.", c.Name, count(len(c.Captures), "capture")),
		fmt.Sprintf("Name one of them; \"pug list --case %s\" lists them.", c.Name))
}

// damagedFile says that a capture's records in a bundle's file aren't as they were
// sealed.
func damagedFile(l *review.Library, x *review.Capture, err error) error {
	return tell("damaged", fmt.Sprintf("The records of %s are not as they were sealed: %s.", x.Name(), clean(bare(err).Error())),
		fmt.Sprintf(`"pug verify %s" says what is wrong.`, clean(l.FileName())))
}

// readBundled reads the records of a capture in a bundle.
func (d *showDoc) readBundled(c *review.Case, x *review.Capture, trust evidence.Trust) (err error) {
	if d.Manifest, d.Seal, err = x.Records(); err != nil {
		return err
	}
	m := d.Manifest
	d.listing, d.listingErr = x.Listing(m)
	d.Annotations = annotationDocs(x.Annotations)
	d.Time, d.TimeFindings, err = evidence.ReadFenceFS(x.Files, m, d.Seal, trust)
	d.Capture = x.Capture
	d.Capture.Final, d.Capture.Problems, d.Capture.Dir = m.Target.Final, len(m.Problems), c.Path
	return err
}

// showOwn shows a capture that the vault sealed itself.
func showOwn(ctx context.Context, v *evidence.Vault, name string) (d showDoc, err error) {
	c, err := v.Capture(ctx, name)
	if err != nil {
		return d, about(name, err)
	}
	d.Capture = c
	if d.Manifest, err = c.Manifest(); err == nil {
		d.Seal, err = c.Seal()
	}
	if err != nil {
		return d, damaged(c, err)
	}
	d.readListing(os.DirFS(c.Dir))
	return d, errors.Join(d.readTime(ctx, v), d.readAdded(ctx, v))
}

// damaged says that a capture's records can't be read as they were sealed.
func damaged(c evidence.Capture, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return tell("damaged", fmt.Sprintf("The records of %s are not as they were sealed: %s.", c.Name(), clean(err.Error())),
		fmt.Sprintf(`"pug verify %s" says what is wrong.`, c.Name()))
}

// field is a line of a summary. One without a value isn't shown.
type field struct{ name, value string }

func printFields(w io.Writer, fields []field) {
	widest := 0
	for _, f := range fields {
		if f.value != "" {
			widest = max(widest, len(f.name))
		}
	}
	for _, f := range fields {
		if f.value != "" {
			fmt.Fprintf(w, "  %-*s  %s\n", widest, f.name, f.value)
		}
	}
}

func (d showDoc) print(w io.Writer) {
	m := d.Manifest
	fmt.Fprintf(w, "Capture %s: %s\n", d.Capture.Name(), m.Verdict)
	if d.Imported != nil {
		fmt.Fprintln(w, d.whoseSeal())
		printFields(w, importFields(*d.Imported))
		fmt.Fprintln(w)
	} else if d.folder != "" {
		fmt.Fprintf(w, "In a bundle that is not verified here: \"pug verify\" does that\n\n")
	}
	printProblems(w, "!", m.Problems)
	printProblems(w, "-", m.Notices)
	printFields(w, targetFields(m))
	printRedirects(w, m.Target.Redirects)
	printListing(w, d)
	d.printAdded(w)
	printSection(w, "Time, by this machine's clock", timeFields(m))
	printSection(w, "Time, by authorities", fenceFields(d.Time, d.asked))
	printFindings(w, d.TimeFindings)
	printSection(w, "Captured with", environmentFields(m))
	printSection(w, "Done to the page", interventionFields(m.Interventions))
	printSection(w, "Certificate of the server", tlsFields(m.TLS))
	printItems(w, m.Items)
	printSection(w, "Seal", sealFields(d))
}

// whoseSeal says of an imported capture that it isn't what it may be taken for.
func (d showDoc) whoseSeal() string {
	if d.own {
		return "IMPORTED for review: this vault sealed it itself, and it is in a bundle that was imported again"
	}
	return "IMPORTED for review: this is the seal of another vault, not of this one"
}

func printSection(w io.Writer, head string, fields []field) {
	if len(fields) > 0 {
		fmt.Fprintf(w, "\n%s\n", head)
		printFields(w, fields)
	}
}

// printProblems lists problems or notices, each after a mark.
func printProblems(w io.Writer, mark string, problems []evidence.Problem) {
	for _, p := range problems {
		fmt.Fprintf(w, "  %s %s: %s\n", mark, p.Code, strings.TrimSpace(clean(p.Detail)+" "+clean(p.URL)))
	}
}

func targetFields(m *evidence.Manifest) []field {
	t, final := m.Target, ""
	if t.Final != t.Requested {
		final = clean(t.Final)
	}
	status := strings.TrimSpace(fmt.Sprintf("%d %s %s", t.Status, clean(t.MediaType), clean(t.Protocol)))
	return []field{
		{"title", clean(t.Title)},
		{"address", clean(t.Requested)},
		{"ended at", final},
		{"answer", status},
		{"served by", clean(t.Remote)},
		{"case", m.Identity.Case},
		{"reason", clean(m.Authority.Reason)},
		{"legal basis", clean(m.Authority.Basis)},
		{"purpose", clean(m.Authority.Purpose)},
		{"operator", authorityText(m.Authority)},
		{"persona", clean(m.Authority.Persona)},
	}
}

func authorityText(a evidence.Authority) string {
	return operatorText(evidence.Info{Operator: clean(a.Operator), Role: clean(a.Role), Organisation: clean(a.Organisation)})
}

func printRedirects(w io.Writer, redirects []evidence.Redirect) {
	if len(redirects) == 0 {
		return
	}
	fmt.Fprintln(w, "\nRedirects")
	for _, r := range redirects {
		how := "by the page"
		if r.Status != 0 {
			how = strconv.Itoa(r.Status)
		}
		fmt.Fprintf(w, "  %s -> %s (%s)\n", clean(r.From), clean(r.To), how)
	}
}

func timeFields(m *evidence.Manifest) []field {
	server := ""
	if m.Target.ServerDate != nil {
		server = bothTimes(*m.Target.ServerDate)
	}
	return []field{
		{"started", bothTimes(m.Time.Started)},
		{"finished", bothTimes(m.Time.Finished)},
		{"took", fmt.Sprintf("%.1f s", float64(m.Time.Duration)/1000)},
		{"server's date", server},
	}
}

func environmentFields(m *evidence.Manifest) []field {
	e, sandbox, private := m.Environment, "", ""
	if !e.Sandbox {
		sandbox = "off"
	}
	if e.PrivateAllowed {
		private = "open to the page"
	}
	view := fmt.Sprintf("%d×%d at pixel ratio %g", e.Viewport.Width, e.Viewport.Height, e.PixelRatio)
	if e.Mobile {
		view += ", as a mobile device"
	}
	return []field{
		{"program", e.Tool + " on " + e.OS},
		{"browser", e.Browser},
		{"sandbox", sandbox},
		{"viewport", view},
		{"locale", e.Locale},
		{"time zone", e.Timezone},
		{"proxy", e.Proxy},
		{"own network", private},
		{"user agent", clean(e.UserAgent)},
	}
}

func interventionFields(i evidence.Interventions) []field {
	return []field{
		{"scripts", strconv.Itoa(i.Scripts)},
		{"scrolls", strconv.Itoa(i.Scrolls)},
		{"clicks", strconv.Itoa(i.Clicks)},
		{"dialogs", strconv.Itoa(i.Dialogs)},
		{"blocked", strconv.Itoa(i.Blocked)},
	}
}

func tlsFields(t *evidence.TLS) []field {
	if t == nil {
		return nil
	}
	valid := "yes"
	if !t.Valid {
		valid = "NO: " + clean(t.Error)
	}
	return []field{
		{"valid", valid},
		{"subject", clean(t.Subject)},
		{"issuer", clean(t.Issuer)},
		{"names", clean(strings.Join(t.Names, ", "))},
		{"from", bothTimes(t.NotBefore)},
		{"until", bothTimes(t.NotAfter)},
		{"connection", clean(t.Protocol + " " + t.Cipher)},
	}
}

func printItems(w io.Writer, items []evidence.Item) {
	rows := [][]string{{"  ITEM", "SIZE", "SHA-256"}}
	for _, it := range items {
		rows = append(rows, []string{"  " + it.Path, sizeText(it.Bytes), it.SHA256.String()})
	}
	fmt.Fprintf(w, "\n%s", table(rows))
}

func sealFields(d showDoc) []field {
	fields := []field{
		{"sealed", bothTimes(d.Seal.Event.Time)},
		{"manifest", d.Capture.ManifestDigest.String()},
		{"log entry", strconv.FormatInt(d.Seal.Event.Seq, 10)},
	}
	if c, err := custody.ParseCheckpoint(d.Seal.Checkpoint); err == nil {
		fields = append(fields, field{"log size", strconv.FormatInt(c.Size, 10)}, field{"log root", c.Root.String()})
	}
	fields = append(fields, field{"public key", d.Seal.Key}, field{"capture id", d.Capture.ID.String()})
	if d.folder != "" {
		return append(fields, field{"bundle", d.Capture.Dir}, field{"folder in it", d.folder})
	}
	return append(fields, field{"folder", d.Capture.Dir})
}
