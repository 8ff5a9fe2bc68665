package replay

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"pugmark/capture/warc"
)

// display opens a display of its own for windows.
func display(t *testing.T) {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", "1400x1000x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{w}
	if err := x.Start(); err != nil {
		t.Fatalf("this test needs Xvfb (scripts/setup installs it): %v", err)
	}
	w.Close()
	t.Cleanup(func() {
		x.Process.Kill()
		x.Wait()
	})
	number, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
}

// TestWindow opens a page in a window, over TLS and on its own address. The page
// asks, opens a dialog, downloads, and follows a link out of the archive.
func TestWindow(t *testing.T) {
	display(t)
	const page = `<!doctype html><title>Window</title><script>
		alert("stop"); confirm("stop?");
		onbeforeunload = (e) => e.preventDefault();
		fetch("https://page.example/api?width=" + innerWidth + "&secure=" + isSecureContext + "&now=" + Date.now());
		setTimeout(() => { location = "https://elsewhere.example/"; }, 200);
	</script><a download href=/file id=a>file</a><script>document.getElementById("a").click()</script>`
	html := []warc.Field{{Name: "Content-Type", Value: "text/html"}}
	a := archive(t, stored{url: "https://page.example/", status: 200, text: page, answer: html},
		stored{url: "https://page.example/file", status: 200, text: "file", answer: []warc.Field{{Name: "Content-Disposition", Value: "attachment"}}})
	events := make(chan Event, 100)
	s, err := Open(t.Context(), a, Options{Browser: browserOptions(), Events: func(e Event) { events <- e }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	wanted := map[string]Rule{
		"https://page.example/": Exact, "https://page.example/file": Exact,
		"https://page.example/api": Absent, "https://elsewhere.example/": Absent,
	}
	patience := time.After(time.Minute)
	for len(wanted) > 0 {
		select {
		case e := <-events:
			address, query, _ := strings.Cut(e.URL, "?")
			if strings.HasSuffix(address, "/api") && !strings.Contains(query, "width=1280&secure=true&now=1614834") {
				t.Errorf("the page sees %s", query)
			}
			if want, ok := wanted[address]; ok && e.Rule != want {
				t.Errorf("%s was answered by %q, want %q", address, e.Rule, want)
			}
			delete(wanted, address)
		case <-patience:
			t.Fatalf("nothing asked for %v", wanted)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Wait(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
	s.window.Close()
	if err := s.Wait(t.Context()); err != nil {
		t.Errorf("waiting for the window that was closed: %v", err)
	}
	if sum := s.Summary(); sum.Absent < 2 || sum.Exact < 2 {
		t.Errorf("got %+v", sum)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := Draw(t.Context(), archive(t, stored{url: "https://page.example/", status: 200, text: "x"}), Options{Browser: browserOptions()}, io.Discard); err != nil {
		t.Errorf("drawing after a window: %v", err)
	}
}
