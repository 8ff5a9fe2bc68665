package capture

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"pugmark/capture/wire"
	"pugmark/evidence"
	"pugmark/evidence/canon"
)

// ErrNoBrowser reports that no Chrome or Chromium was found.
var ErrNoBrowser = errors.New("no Chrome or Chromium found")

// noBypass makes Chrome use the proxy for loopback addresses, too.
const noBypass = "<-loopback>"

// startTimeout bounds how long Chrome may take to answer its first command.
const startTimeout = 60 * time.Second

// Options say which browser to start and how.
type Options struct {
	Path      string // of the executable; empty: search for one
	NoSandbox bool   // run without Chrome's sandbox, as root in a container must

	// Visible shows the browser's windows, for a person to look at.
	Visible bool
	// Pin is the SHA-256 digest of the public key (SubjectPublicKeyInfo) of a
	// certificate authority that this browser, and it alone, takes for valid
	// whatever it says; zero: none.
	Pin evidence.Digest
}

// Browser is a running Chrome that serves captures. Each capture has a browser
// context of its own, so that none sees another's cookies or cache.
type Browser struct {
	path    string
	sandbox bool
	flags   []string
	version cdpbrowser.GetVersionResult
	hash    func() (evidence.Digest, error) // of the executable, computed once
	hints   func() (emulation.UserAgentMetadata, error)

	closed    *wire.Gate // for what no page asked for
	proc      *process
	transport *transport
	ctx       context.Context // chromedp's, of the whole browser
	cancel    context.CancelFunc
}

// Start starts a browser. It runs until [Browser.Close] or until ctx ends.
func Start(ctx context.Context, o Options) (*Browser, error) {
	path, err := FindBrowser(o.Path)
	if err != nil {
		return nil, err
	}
	closed, err := wire.Open(ctx, wire.Options{Closed: true})
	if err != nil {
		return nil, err
	}
	b := &Browser{path: path, sandbox: !o.NoSandbox, closed: closed, flags: browserFlags(closed.Proxy(), o)}
	b.hash = sync.OnceValues(func() (evidence.Digest, error) { return hashFile(realExecutable(path)) })
	b.hints = sync.OnceValues(b.askHints)
	if b.proc, err = startProcess(ctx, path, b.flags); err != nil {
		closed.Close()
		return nil, err
	}
	b.transport = newTransport(b.proc.pipe)
	if err := b.connect(ctx); err != nil {
		b.Close()
		return nil, fmt.Errorf("starting %q: %w\n%s", path, err, b.proc.output.String())
	}
	go b.hash()
	go b.hints()
	return b, nil
}

// connect makes chromedp speak through the transport, and waits for the first
// answer.
func (b *Browser) connect(ctx context.Context) error {
	alloc, cancelAlloc := chromedp.NewAllocatorContext(ctx, allocator{b.transport})
	root, cancelRoot := chromedp.NewContext(alloc, chromedp.WithErrorf(func(string, ...any) {}))
	b.ctx = root
	b.cancel = func() { cancelRoot(); cancelAlloc() }

	type answer struct {
		version cdpbrowser.GetVersionResult
		err     error
	}
	first := make(chan answer, 1)
	go func() {
		v, err := chromedp.CallBrowser(root, cdpbrowser.GetVersion, cdp.Empty{})
		first <- answer{v, err}
	}()
	select {
	case a := <-first:
		b.version = a.version
		if a.err != nil {
			return a.err
		}
		return b.transport.watchSharedWorkers()
	case <-b.proc.exited:
		return fmt.Errorf("it ended at once: %v", b.proc.waitErr)
	case <-time.After(startTimeout):
		return fmt.Errorf("no answer within %v", startTimeout)
	}
}

// Close ends the browser and removes its profile.
func (b *Browser) Close() error {
	if b.cancel != nil {
		defer b.cancel()
	}
	b.proc.stop()
	return b.closed.Close()
}

// Version returns the browser's name and version: "Chromium 156.0.8078.73".
func (b *Browser) Version() string {
	name := "Chrome"
	if strings.Contains(b.path, "chromium") {
		name = "Chromium"
	}
	_, number, _ := strings.Cut(b.version.Product, "/")
	return name + " " + number
}

// Path returns the executable's path.
func (b *Browser) Path() string { return b.path }

// allocator hands chromedp the browser that we started ourselves.
type allocator struct{ transport *transport }

// Allocate implements [chromedp.Allocator].
func (a allocator) Allocate(ctx context.Context, opts ...chromedp.BrowserOption) (*chromedp.Browser, error) {
	return chromedp.NewBrowserTransport(ctx, a.transport, opts...)
}

// Wait implements [chromedp.Allocator].
func (allocator) Wait() {}

// Attaches implements [chromedp.Attacher].
func (allocator) Attaches() bool { return true }

// browserFlags returns Chrome's command line. What a visitor's browser would
// not do is done for one of three reasons: to keep it from talking to its
// maker, so that only the page's own traffic is recorded; to make pictures
// comparable; or to keep pages from being slowed down, by Chrome's care for
// windows that nobody looks at or by processes for what a window has beside the
// page: a start page, the address bar's suggestions, a renderer in reserve.
//
// Every page's traffic goes through its capture's own gate. proxy is a gate
// that is closed: it takes what Chrome wants on its own account. Chrome
// resolves no names itself, so that none leaks past the gates.
func browserFlags(proxy string, o Options) []string {
	flags := []string{
		"--no-startup-window",
		"--proxy-server=" + proxy, "--proxy-bypass-list=" + noBypass,
		"--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
		"--webrtc-ip-handling-policy=disable_non_proxied_udp",
		"--no-first-run", "--no-default-browser-check",

		"--disable-background-networking", "--disable-component-update",
		"--disable-client-side-phishing-detection", "--disable-default-apps",
		"--disable-domain-reliability", "--disable-extensions", "--disable-sync",
		"--disable-breakpad", "--disable-crash-reporter", "--metrics-recording-only",
		"--no-pings", "--no-service-autorun", "--disable-quic",
		"--password-store=basic", "--use-mock-keychain",
		"--disable-features=AutofillServerCommunication,CertificateTransparencyComponentUpdater," +
			"DialMediaRouteProvider,InterestFeedContentSuggestions,MediaRouter,OptimizationHints," +
			"PaintHolding,SpareRendererForSitePerProcess,Translate,WebUIOmniboxAimPopup,WebUIOmniboxPopup",

		"--force-color-profile=srgb",
		// A page that prints itself is refused at once. Its preview would stay open,
		// seen by nobody, and the page could then not be printed as PDF.
		"--disable-print-preview",

		"--disable-background-timer-throttling", "--disable-backgrounding-occluded-windows",
		"--disable-renderer-backgrounding", "--disable-ipc-flooding-protection",
		"--disable-hang-monitor", "--disable-prompt-on-repost",
		"--disable-dev-shm-usage", // a container's /dev/shm is small, and Chrome crashes when it is full
	}
	if o.Visible {
		// Scroll bars that take no room from the page.
		flags = append(flags, "--enable-features=OverlayScrollbar")
	} else {
		flags = append(flags, "--headless", "--hide-scrollbars", "--mute-audio")
	}
	if !o.Pin.IsZero() {
		flags = append(flags, "--ignore-certificate-errors-spki-list="+base64.StdEncoding.EncodeToString(o.Pin[:]))
	}
	if o.NoSandbox {
		flags = append(flags, "--no-sandbox")
	}
	return flags
}

// FindBrowser returns the path of the browser's executable: path itself when
// given, else the first that the system has.
func FindBrowser(path string) (string, error) {
	if path != "" {
		found, err := exec.LookPath(path)
		if err != nil {
			return "", fmt.Errorf("%w: %w", ErrNoBrowser, err)
		}
		return found, nil
	}
	for _, name := range browserNames() {
		if found, err := exec.LookPath(name); err == nil {
			return found, nil
		}
	}
	return "", ErrNoBrowser
}

// browserNames lists where browsers are found, the likeliest first.
func browserNames() []string {
	switch runtime.GOOS {
	case "darwin":
		return []string{
			"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
			"/Applications/Chromium.app/Contents/MacOS/Chromium",
		}
	case "windows":
		const chrome, edge = `Google\Chrome\Application\chrome.exe`, `Microsoft\Edge\Application\msedge.exe`
		return []string{
			filepath.Join(os.Getenv("ProgramFiles"), chrome),
			filepath.Join(os.Getenv("ProgramFiles(x86)"), chrome),
			filepath.Join(os.Getenv("LocalAppData"), chrome),
			filepath.Join(os.Getenv("ProgramFiles(x86)"), edge),
		}
	}
	return []string{"chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "/snap/bin/chromium"}
}

// realExecutable returns the program behind a launcher script, as Debian's
// /usr/bin/chromium is one, so that the digest is of the browser itself.
func realExecutable(path string) string {
	if resolved, err := filepath.EvalSymlinks(path); err == nil {
		path = resolved
	}
	for _, dir := range []string{"/usr/lib/chromium", "/usr/lib64/chromium-browser"} {
		inner := filepath.Join(dir, filepath.Base(path))
		if info, err := os.Stat(inner); err == nil && info.Mode().IsRegular() {
			return inner
		}
	}
	return path
}

func hashFile(path string) (evidence.Digest, error) {
	f, err := os.Open(path)
	if err != nil {
		return evidence.Digest{}, err
	}
	defer f.Close()
	d, _, err := canon.SumReader(f)
	return d, err
}
