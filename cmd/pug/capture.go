package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"strconv"
	"strings"

	"pugmark/capture"
	"pugmark/evidence"
	"pugmark/recorder"
)

func captureCommand() *command {
	return &command{
		name: "capture", args: "ADDRESS… --case REF",
		short: "capture pages and seal them",
		long: `Opens each page in a fresh Chromium, with no cookies and no history, and records
it: the first view, a picture of the full page, the document as the server sent
it and as the browser shows it, its text, a PDF, and an archive of all that the
servers sent. All of it is sealed as an exhibit of the case. The secrets of its TLS
connections are kept too, encrypted to the vault: see "pug help show".

The verdict says how whole the capture is. A partial capture is sealed too, with
its problems, and the exit code is then 1. A page that can't be had at all is
not sealed; the log says why.

    pug capture https://example.com/item/7 --case OP-2031
    pug capture https://example.com/item/7 --case OP-2031 --mobile --locale zh-CN
    pug capture --from addresses.txt --case OP-2031 -j 2 --reason "Daily check"

Devices: ` + strings.Join(recorder.DeviceNames(), ", ") + ".",
		maxArgs: -1, usesVault: true, usesSecret: true,
		setup: func(flags *flag.FlagSet) action {
			o := &captureOptions{parallel: 1}
			o.flags(flags)
			return func(ctx context.Context, a *app, args []string) (outcome, error) { return a.capture(ctx, o, args) }
		},
	}
}

// captureOptions are the flags of "pug capture".
type captureOptions struct {
	ref, reason string
	persona     string
	mobile      bool
	device      *recorder.Device // nil: a desktop
	request     capture.Request  // what is the same for all addresses
	browser     capture.Options
	parallel    int
	from        string
}

func (o *captureOptions) flags(flags *flag.FlagSet) {
	flags.StringVar(&o.ref, "case", "", "the case `REF`")
	flags.StringVar(&o.reason, "reason", "", "`why` the capture is made; written into it and into the log")
	flags.StringVar(&o.persona, "persona", "", "the `name` under which you look at the page, if it isn't yours; written into the capture")
	flags.StringVar(&o.from, "from", "", "read addresses from a `file`, or from standard input with -; one a line, # begins a comment")
	flags.Func("j", "capture `N` pages at once, 1 to 16", o.setParallel)
	flags.BoolVar(&o.mobile, "mobile", false, "see the page as a phone does (the device "+recorder.MobileDevice+")")
	flags.Func("device", "see the page as the device `NAME` does", o.setDevice)
	flags.Func("viewport", "`WxH` of the window in CSS pixels; else 1280x800, or that of the device", o.setViewport)
	flags.StringVar(&o.request.Locale, "locale", "", "`language` that the page is asked for, such as zh-CN")
	flags.StringVar(&o.request.Timezone, "timezone", "", "time `zone` that the page sees, such as Asia/Shanghai")
	flags.Func("proxy", "go through a proxy: `URL` with http or socks5, such as socks5://127.0.0.1:9050", o.setProxy)
	flags.Func("timeout", "`time` that a page may take to load, such as 90s; else 60s", func(s string) (err error) {
		o.request.Limits.Load, err = parseDuration(s)
		return err
	})
	flags.BoolVar(&o.request.AllowInvalidCertificate, "allow-invalid-certificate", false, "capture also where the certificate is not valid; recorded as a problem")
	flags.BoolVar(&o.request.AllowPrivate, "allow-private", false, "let the page reach this machine and the network around it; recorded")
	flags.BoolVar(&o.request.DismissConsent, "dismiss-consent", false, "click a known consent banner away, after a picture of the page with it; recorded")
	o.browserFlags(flags)
}

func (o *captureOptions) browserFlags(flags *flag.FlagSet) {
	flags.StringVar(&o.browser.Path, "chrome", "", "the `program` Chromium or Chrome; else it is searched for")
	flags.BoolVar(&o.browser.NoSandbox, "no-sandbox", false, "run Chromium without its sandbox, as root in a container must; recorded")
}

func (o *captureOptions) setParallel(s string) (err error) {
	if o.parallel, err = strconv.Atoi(s); err != nil || o.parallel < 1 || o.parallel > 16 {
		return errors.New("want a number from 1 to 16")
	}
	return nil
}

func (o *captureOptions) setDevice(name string) error {
	d, err := recorder.FindDevice(name)
	o.device = &d
	return err
}

func (o *captureOptions) setViewport(s string) (err error) {
	o.request.Viewport.Width, o.request.Viewport.Height, err = parseSize(s)
	return err
}

func (o *captureOptions) setProxy(s string) error {
	o.request.Proxy = s
	return recorder.CheckProxy(s)
}

// check completes the options, and says what is wrong with them.
func (o *captureOptions) check() error {
	if o.ref == "" {
		return tell("usage", "Say for which case to capture.", "For example: pug capture https://example.com/item/7 --case OP-1")
	}
	if o.mobile && o.device != nil {
		return tell("usage", "Give either --mobile or --device.", "--mobile is the same as --device "+recorder.MobileDevice+".")
	}
	if o.mobile {
		return o.setDevice(recorder.MobileDevice)
	}
	return nil
}

// checkAddress says what is wrong with an address, before anything is done for
// it.
func checkAddress(address string) error {
	_, err := capture.CheckAddress(address)
	if err == nil {
		return nil
	}
	hint := "Copy the address as a browser shows it."
	if !strings.Contains(address, "//") {
		hint = fmt.Sprintf("Did you mean %q?", "https://"+clean(address))
	}
	return tell(capture.FailureAddress, sentence(clean(err.Error()))+".", hint)
}

func (a *app) capture(ctx context.Context, o *captureOptions, args []string) (out outcome, err error) {
	if err := o.check(); err != nil {
		return out, err
	}
	addresses, err := a.addresses(args, o.from)
	if err != nil {
		return out, err
	}
	err = a.withWritableVault(ctx, func(v *evidence.Vault) error {
		if err := checkOpen(ctx, v, o.ref); err != nil {
			return err
		}
		if err := recorder.CheckSpace(v.Dir()); err != nil {
			return err
		}
		if err := a.unlock(ctx, v); err != nil {
			return err
		}
		r := a.newRun(v, o, len(addresses))
		defer r.recorder.Close()
		a.step("Starting the browser")
		if err := r.recorder.Start(ctx); err != nil {
			return err
		}
		out = r.all(ctx, addresses)
		return nil
	})
	return out, err
}

// checkOpen refuses a case that can't be captured for, before a browser is
// started for it.
func checkOpen(ctx context.Context, v *evidence.Vault, ref string) error {
	c, err := v.Case(ctx, ref)
	if err == nil && c.Closed != nil {
		err = evidence.ErrCaseClosed
	}
	return about(ref, err)
}
