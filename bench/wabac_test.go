package bench

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pugmark/capture"
	"pugmark/capture/replay"
	"pugmark/capture/wire"
	"pugmark/evidence"
)

// wabac is the service worker with which ReplayWeb.page answers for an archive. It is
// under the AGPL: scripts/setup-node fetches it for tests, and nothing of it is built
// into the program.
const wabac = "../capture/warc/testdata/node/node_modules/@webrecorder/wabac/dist/sw.js"

// wabacPage hands the archive to the service worker and then goes to the page in it.
//
//go:embed testdata/wabac.html
var wabacPage string

// unframed is what is changed in wabac: a page of its that is not in its frame goes
// there. The frame hides all of the page but what fits in the window, so that no
// picture of the whole page could be taken.
var unframed = strings.NewReplacer(
	"window == window.top && wbinfo.top_url", "false",
	"if (!wombat.$wbwindow.__WB_top_frame) {", "if (!wombat.$wbwindow.__WB_top_frame) { return;",
)

// player serves wabac, one archive, and the page that brings them together.
type player struct {
	*httptest.Server
	failed chan error
}

func newPlayer(b *testing.B, a *replay.Archive, archive string) *player {
	worker := unframedWorker(b)
	p := &player{failed: make(chan error, 1)}
	address := "/w/archive/" + a.Time.UTC().Format("20060102150405") + "mp_/" + a.Address
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, wabacPage, address)
	})
	mux.HandleFunc("GET /sw.js", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		w.Write(worker)
	})
	mux.HandleFunc("GET /archive.wacz", func(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, archive) })
	mux.HandleFunc("POST /failed", func(_ http.ResponseWriter, r *http.Request) {
		why, _ := io.ReadAll(io.LimitReader(r.Body, 1<<10))
		select {
		case p.failed <- errors.New(string(why)):
		default:
		}
	})
	p.Server = httptest.NewServer(mux)
	return p
}

// unframedWorker returns wabac with what is changed in it.
func unframedWorker(b *testing.B) []byte {
	worker, err := os.ReadFile(wabac)
	if err != nil {
		b.Fatalf("the other replay tool is not here; run scripts/setup-node first: %v", err)
	}
	changed := []byte(unframed.Replace(string(worker)))
	if len(changed) == len(worker) || bytes.Contains(changed, []byte("window.top && wbinfo.top_url")) {
		b.Fatal("wabac is another than the one that is known; it would go to its frame")
	}
	return changed
}

// drawWithWabac draws an archived page with wabac as Pugmark draws it, at the pace of
// its capture, and compares the picture with the original.
func drawWithWabac(b *testing.B, browser *capture.Browser, a *replay.Archive, dir string) (*replay.Comparison, error) {
	p := newPlayer(b, a, filepath.Join(dir, "archive.wacz"))
	defer func() { p.CloseClientConnections(); p.Close() }()
	g, err := wire.Open(b.Context(), wire.Options{Policy: wire.PolicyFor("127.0.0.1")})
	if err != nil {
		b.Fatal(err)
	}
	defer g.Close()
	log, err := os.Open(filepath.Join(dir, "capture.log.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	defer log.Close()
	pace, err := capture.ReadPace(log)
	if err != nil {
		b.Fatal(err)
	}
	s := &itemFolder{dir: filepath.Join(dir, "wabac")}
	r := capture.Request{URL: p.URL + "/", Store: s, Scratch: b.TempDir()}
	drawing, err := browser.Draw(b.Context(), r, capture.Replica{Gate: g.Proxy(), Pace: later(pace)})
	if err != nil {
		return nil, err
	}
	select {
	case err := <-p.failed:
		return nil, err
	default:
	}
	return compareWabac(b.Context(), dir, drawing.Problems)
}

// setUp is about how long it takes until wabac is installed and has the archive.
const setUp = 2 * time.Second

// later returns the pace of a page that begins when wabac is set up.
func later(p capture.Pace) capture.Pace {
	out := make(capture.Pace, len(p))
	for sort, times := range p {
		if strings.HasSuffix(strings.ToLower(sort), "navigate") {
			out[sort] = times
			continue
		}
		for _, t := range times {
			out[sort] = append(out[sort], t+setUp)
		}
	}
	return out
}

// compareWabac compares the picture in the folder wabac with the original beside it.
func compareWabac(ctx context.Context, dir string, problems []evidence.Problem) (*replay.Comparison, error) {
	original, err := os.Open(filepath.Join(dir, "page.png"))
	if err != nil {
		return nil, err
	}
	defer original.Close()
	picture, err := os.Open(filepath.Join(dir, "wabac", "page.png"))
	if err != nil {
		return nil, fmt.Errorf("it took no picture: %v", problems)
	}
	defer picture.Close()
	diff, err := os.Create(filepath.Join(dir, "wabac", "difference.png"))
	if err != nil {
		return nil, err
	}
	defer diff.Close()
	c, err := replay.ComparePictures(ctx, original, picture, diff)
	if err != nil {
		return nil, err
	}
	c.Problems = problems
	return c, nil
}
