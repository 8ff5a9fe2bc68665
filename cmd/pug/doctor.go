package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"pugmark/capture"
	"pugmark/evidence"
	"pugmark/recorder"
)

func doctorCommand() *command {
	return &command{
		name: "doctor", args: "[--no-sandbox] [--chrome PROGRAM]",
		short: "check that this machine has what is needed",
		long: `Checks what Pugmark needs on this machine, and says what to do where something
is missing. It starts the browser once, and changes nothing.

The exit code is 1 if something is missing that is needed.`,
		usesVault: true,
		setup: func(flags *flag.FlagSet) action {
			o := new(captureOptions)
			o.browserFlags(flags)
			return func(ctx context.Context, a *app, _ []string) (outcome, error) { return a.examine(ctx, o.browser) }
		},
	}
}

// state is what a check comes to.
type state string

const (
	good    state = "ok"
	wanting state = "warn" // works, but not everything
	bad     state = "fail"
)

// check is something that was looked at.
type check struct {
	Name   string `json:"name"`
	State  state  `json:"state"`
	Detail string `json:"detail"`
	Hint   string `json:"hint,omitempty"`
}

// checksDoc is the document of "pug doctor".
type checksDoc struct {
	Checks []check `json:"checks"`
}

func (a *app) examine(ctx context.Context, o capture.Options) (outcome, error) {
	var d checksDoc
	d.Checks = append(d.Checks, check{"program", good, thisVersion().String(), ""})
	dir, named, err := a.vaultDir()
	if err != nil {
		return outcome{}, err
	}
	d.Checks = append(d.Checks, a.checkVault(ctx, dir, named), checkDisk(dir))
	a.step("Starting the browser")
	d.Checks = append(d.Checks, checkBrowser(ctx, o))
	if runtime.GOOS == "linux" {
		d.Checks = append(d.Checks, checkFonts(ctx))
	}
	d.Checks = append(d.Checks, checkOpenSSL(ctx))
	if err := ctx.Err(); err != nil {
		return outcome{}, err
	}
	out := outcome{doc: d, text: d.print}
	for _, c := range d.Checks {
		if c.State == bad {
			out.exit = exitFindings
		}
	}
	return out, nil
}

func (a *app) checkVault(ctx context.Context, dir string, named bool) check {
	v, err := evidence.OpenReadOnly(ctx, dir)
	if errors.Is(err, evidence.ErrNotVault) && !named {
		return check{"vault", wanting, "none yet; its place would be " + dir, `"pug init" makes one.`}
	}
	if err != nil {
		adv := advise(about(dir, err))
		return check{"vault", bad, adv.Message, adv.Hint}
	}
	defer v.Close()
	text := fmt.Sprintf("%q in %s", v.Info().Name, v.Dir())
	for _, k := range v.Keys() {
		text += "\npublic key " + k.VKey
	}
	if found, err := v.Exposures(); err == nil && len(found) > 0 {
		adv, how, _ := strings.Cut(exposedText(v, found), "; make it yours alone: ")
		return check{"vault", wanting, text + "\n" + adv, "Make it yours alone: " + how}
	}
	return check{"vault", good, text, ""}
}

// comfortableSpace is what should be free, in bytes.
const comfortableSpace = 2_000_000_000

// checkDisk looks at the free space where the vault is or would be.
func checkDisk(dir string) check {
	free, err := recorder.FreeSpace(existing(dir))
	text := sizeText(free) + " free for the vault"
	const hint = "Make room; a capture of a page with many pictures can take 100 MB."
	switch {
	case err != nil:
		return check{"disk", wanting, "the free space can't be told: " + err.Error(), ""}
	case free < recorder.MinSpace:
		return check{"disk", bad, text, hint}
	case free < comfortableSpace:
		return check{"disk", wanting, text, hint}
	}
	return check{"disk", good, text, ""}
}

// existing returns the nearest folder above a path that is there.
func existing(path string) string {
	path, err := filepath.Abs(path)
	for err == nil && path != filepath.Dir(path) {
		if _, statErr := os.Stat(path); statErr == nil {
			break
		}
		path = filepath.Dir(path)
	}
	return path
}

func checkBrowser(ctx context.Context, o capture.Options) check {
	b, err := capture.Start(ctx, o)
	if err != nil {
		adv := adviseBrowser(&recorder.BrowserError{Options: o, Err: err})
		return check{"browser", bad, adv.Message, adv.Hint}
	}
	defer b.Close()
	text := fmt.Sprintf("%s in %s starts", b.Version(), b.Path())
	if o.NoSandbox {
		return check{"browser", wanting, text + ", without its sandbox", "Where you can, run pug as an ordinary user, without --no-sandbox."}
	}
	return check{"browser", good, text + ", in its sandbox", ""}
}

// checkFonts looks for fonts with Chinese characters, without which a page in
// Chinese is captured as empty boxes.
func checkFonts(ctx context.Context) check {
	out, err := exec.CommandContext(ctx, "fc-list", ":lang=zh", "family").Output()
	switch {
	case err != nil:
		return check{"fonts", wanting, "whether there are fonts with Chinese characters can't be told: fc-list is not there", "On Debian and Ubuntu: sudo apt install fontconfig"}
	case len(strings.TrimSpace(string(out))) == 0:
		return check{"fonts", bad, "there is no font with Chinese characters: pages in Chinese would be captured as empty boxes",
			"On Debian and Ubuntu: sudo apt install fonts-noto-cjk"}
	}
	first, _, _ := strings.Cut(string(out), "\n")
	family, _, _ := strings.Cut(first, ",")
	return check{"fonts", good, "Chinese characters: " + strings.TrimSpace(family), ""}
}

// checkOpenSSL looks for the program with which a bundle is verified by hand.
func checkOpenSSL(ctx context.Context) check {
	out, err := exec.CommandContext(ctx, "openssl", "version").Output()
	if err != nil {
		return check{"openssl", wanting, "not there", "It is needed only to verify a bundle by hand, without Pugmark."}
	}
	return check{"openssl", good, strings.TrimSpace(string(out)), ""}
}

func (d checksDoc) print(w io.Writer) {
	for _, c := range d.Checks {
		const indent = "\n               "
		fmt.Fprintf(w, "%-4s  %-7s  %s\n", c.State, c.Name, strings.ReplaceAll(c.Detail, "\n", indent))
		if c.Hint != "" {
			fmt.Fprintf(w, "%s-> %s\n", indent[1:], strings.ReplaceAll(c.Hint, "\n", indent+"   "))
		}
	}
}
