package main

import (
	"context"
	"crypto/rand"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"pugmark/assets"
	"pugmark/evidence"
	"pugmark/evidence/bundle"
)

func demoCommand() *command {
	return &command{
		name: "demo", args: "[--dir FOLDER] [--no-sandbox]",
		short: "capture, seal, export and verify a sample listing",
		long: `Shows the whole way on a sample marketplace that the program itself serves, to
this machine only: it makes a vault and a case, captures a listing and a very
tall page, exports them as a bundle, and verifies that with nothing but the
vault's public key. Everything stays in one new folder, for you to look at.

    pug demo
    pug demo --dir ~/pugmark-demo`,
		setup: func(flags *flag.FlagSet) action {
			d := &demo{options: captureOptions{ref: demoCase, reason: "Demonstration", parallel: 1}}
			flags.StringVar(&d.dir, "dir", "", "new or empty `folder` for all of it; else a new one among the temporary files")
			d.options.browserFlags(flags)
			return func(ctx context.Context, a *app, _ []string) (outcome, error) {
				d.app = a
				return d.run(ctx)
			}
		},
	}
}

const demoCase = "DEMO-1"

// demo is a run of "pug demo".
type demo struct {
	*app
	options captureOptions
	dir     string
	doc     demoDoc
	exit    int
}

// demoDoc is the document of "pug demo".
type demoDoc struct {
	Dir            string         `json:"dir"`
	Vault          string         `json:"vault"`
	PassphraseFile string         `json:"passphrase_file"`
	KeyFile        string         `json:"key_file"` // public
	Captures       []captured     `json:"captures"`
	Bundle         *bundle.Result `json:"bundle"`
	Verification   verification   `json:"verification"`
	Milliseconds   int64          `json:"duration_ms"`
}

func (d *demo) run(ctx context.Context) (outcome, error) {
	begun := time.Now()
	err := d.makeDir()
	if err == nil {
		err = d.serve(ctx)
	}
	if err != nil {
		return outcome{}, err
	}
	took := time.Since(begun)
	d.doc.Milliseconds = took.Milliseconds()
	d.say("Done in %.1f s. Everything is in %s", took.Seconds(), d.dir)
	d.sayByHand()
	return outcome{exit: d.exit, doc: d.doc}, nil
}

// say prints a paragraph for people.
func (d *demo) say(format string, args ...any) {
	if !d.json {
		fmt.Fprintf(d, format+"\n", args...)
	}
}

// makeDir makes the folder for all of it.
func (d *demo) makeDir() (err error) {
	if d.dir == "" {
		d.dir, err = os.MkdirTemp("", "pugmark-demo-")
		return err
	}
	if d.dir, err = filepath.Abs(d.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(d.dir, 0o700); err != nil {
		return err
	}
	found, err := os.ReadDir(d.dir)
	if len(found) > 0 {
		return tell("not_empty", fmt.Sprintf("The folder %q is not empty.", d.dir), "Name a new one with --dir.")
	}
	return err
}

// serve does the rest while the sample site is up.
func (d *demo) serve(ctx context.Context) (err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: assets.Sample(), ReadHeaderTimeout: 10 * time.Second}
	stopped := make(chan error, 1)
	go func() { stopped <- server.Serve(listener) }()
	defer func() {
		err = errors.Join(err, server.Close())
		if e := <-stopped; !errors.Is(e, http.ErrServerClosed) {
			err = errors.Join(err, e)
		}
	}()
	site := "http://" + listener.Addr().String()
	d.say("1. A sample marketplace is up at %s, for this machine only.\n", site)
	return d.withNewVault(ctx, func(v *evidence.Vault) error { return d.work(ctx, v, site) })
}

// withNewVault makes the vault and runs f with it.
func (d *demo) withNewVault(ctx context.Context, f func(*evidence.Vault) error) (err error) {
	d.doc.Dir, d.doc.Vault = d.dir, filepath.Join(d.dir, "vault")
	d.doc.PassphraseFile, d.doc.KeyFile = filepath.Join(d.dir, "passphrase.txt"), filepath.Join(d.dir, "public-key.txt")
	passphrase := rand.Text()
	if err := os.WriteFile(d.doc.PassphraseFile, []byte(passphrase+"\n"), 0o600); err != nil {
		return err
	}
	d.step("Making the vault and its signing key")
	v, err := evidence.Create(ctx, d.doc.Vault, evidence.CreateOptions{Name: "Demonstration", Passphrase: passphrase})
	if err != nil {
		return about(d.doc.Vault, err)
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	key := v.Keys()[0].VKey
	if err := os.WriteFile(d.doc.KeyFile, []byte(key+"\n"), 0o600); err != nil {
		return err
	}
	d.say("2. A vault is ready. Its passphrase was made up by this program and is in a file that\n   only you can read; a real one would be in your head.\n"+
		"     vault       %s\n     passphrase  %s\n     public key  %s\n", d.doc.Vault, d.doc.PassphraseFile, key)
	return f(v)
}

// work captures, exports and verifies.
func (d *demo) work(ctx context.Context, v *evidence.Vault, site string) error {
	if err := v.NewCase(ctx, evidence.Case{Ref: demoCase, Title: "Demonstration", Purpose: "Show how Pugmark works"}); err != nil {
		return about(demoCase, err)
	}
	d.say("3. The case %s is open.\n", demoCase)
	if err := d.capture(ctx, v, site); err != nil {
		return err
	}
	path := filepath.Join(d.dir, bundle.DefaultName(demoCase, time.Now()))
	res, err := d.exportBundle(ctx, v, bundle.Options{Case: demoCase, Path: path})
	if err != nil {
		return err
	}
	d.doc.Bundle = res
	d.say("5. The case is exported as a bundle that stands alone:\n     file     %s\n     size     %s\n     SHA-256  %s\n", path, sizeText(res.Bytes), res.SHA256)
	return d.verifyBundle(ctx, path)
}

// capture captures two pages: the listing, by an address that redirects to it,
// and one taller than any screen.
func (d *demo) capture(ctx context.Context, v *evidence.Vault, site string) error {
	d.say("4. Two pages are captured and sealed.\n")
	addresses := []string{site + "/l/" + strings.TrimPrefix(assets.SampleListing, "/listing/"), site + "/tall?px=12000"}
	r := d.newRun(v, &d.options, len(addresses))
	defer r.recorder.Close()
	if err := r.recorder.Start(ctx); err != nil {
		return err
	}
	out := r.all(ctx, addresses)
	doc := out.doc.(capturedDoc)
	d.doc.Captures, d.exit = doc.Captures, out.exit
	for _, c := range doc.Captures {
		if c.Error != nil {
			return &toldError{*c.Error}
		}
	}
	d.say("")
	return nil
}

// verifyBundle verifies the bundle as somebody does who has the public key and
// nothing else.
func (d *demo) verifyBundle(ctx context.Context, path string) error {
	keys, err := readKeys([]string{d.doc.KeyFile})
	if err != nil {
		return err
	}
	report, err := bundle.Verify(ctx, path, bundle.VerifyOptions{Trust: evidence.Trust{Keys: keys}}, d.meter("Verifying"))
	if err != nil {
		return about(path, err)
	}
	d.doc.Verification = verification{What: "bundle", Path: path, Report: report}
	if report.Outcome != evidence.Verified {
		d.exit = max(d.exit, exitFindings)
	}
	d.say("6. The bundle is verified with the public key alone:\n")
	if !d.json {
		d.doc.Verification.print(d)
	}
	d.say("")
	return nil
}

// sayByHand says how to go on.
func (d *demo) sayByHand() {
	name := filepath.Base(d.doc.Bundle.Path)
	d.say("\nLook around:\n"+
		"    pug show %s/1 --vault %s\n"+
		"    pug verify %s --key %s\n"+
		"Check the bundle by hand, without Pugmark:\n"+
		"    cd %s && unzip -q %s && cd %s && sha256sum -c manifest-sha256.txt\n"+
		"    less data/VERIFY.txt    has the commands for the signature and the log",
		demoCase, d.doc.Vault, d.doc.Bundle.Path, d.doc.KeyFile, d.dir, name, strings.TrimSuffix(name, ".zip"))
}
