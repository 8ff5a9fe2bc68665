package capture

import (
	"slices"
	"testing"
	"time"

	"pugmark/evidence"
)

// TestOutOfMemory opens a page whose scripts take memory until the renderer has
// none left. It ends as soon as that is so, and says that the page was lost.
func TestOutOfMemory(t *testing.T) {
	srv := site(t, map[string]string{"/": `<!doctype html><title>hungry</title><p>before<script>
		onload = () => setTimeout(() => { const all = []; for (;;) all.push(new Array(1 << 24).fill(1.5)) }, 200)</script>`})
	limits := short
	limits.Stall = time.Minute
	_, a := take(t, Request{URL: srv.URL, Limits: limits})
	if a.Verdict == evidence.Complete || !slices.Contains(codes(a), ProblemPageLost) {
		t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
	}
	if a.Target.Status != 200 || a.Archive.Responses == 0 {
		t.Errorf("what had been obtained is gone: %+v", a.Archive)
	}
	t.Log(a.Verdict, a.Problems)
}

// TestGigabyteDOM opens a page whose document grows to a gigabyte.
func TestGigabyteDOM(t *testing.T) {
	srv := site(t, map[string]string{"/": `<!doctype html><title>huge</title><p>before<script>
		const mega = ("x".repeat(99) + "\n").repeat(10486);
		for (let i = 0; i < 1000; i++) document.body.appendChild(document.createElement("pre")).textContent = mega</script>`})
	_, a := take(t, Request{URL: srv.URL, Limits: short})
	if a.Verdict == evidence.Complete {
		t.Errorf("got verdict %q with %v", a.Verdict, a.Problems)
	}
	if a.Target.Status != 200 || a.Archive.Responses == 0 {
		t.Errorf("what had been obtained is gone: %+v", a.Archive)
	}
	t.Log(a.Verdict, a.Problems)
}
