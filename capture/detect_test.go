package capture

import (
	"slices"
	"strings"
	"testing"

	"pugmark/evidence"
)

func TestDetect(t *testing.T) {
	long := strings.Repeat("<p>A carved bangle with a long description that goes on and on.</p>", 60)
	for _, test := range []struct{ name, page, want string }{
		{"challenge", `<title>Just a moment...</title><p>Checking your browser before accessing the site.`, ProblemChallenge},
		{"slider", `<title>验证</title><p>请完成验证后继续访问`, ProblemChallenge},
		{"blocked", `<title>Access denied</title><p>You have been blocked.`, ProblemBlocked},
		{"login", `<title>Sign in</title><form><input name=u><input type=password></form>`, ProblemLogin},
		{"login in words", `<title>x</title><p>Please log in to continue`, ProblemLogin},
		{"removed", `<title>Shop</title><h1>This listing has been removed</h1>` + long, ProblemRemoved},
		{"removed zh", `<title>x</title><p>该商品已下架`, ProblemRemoved},
		{"banner", `<title>x</title><div id="cookie-banner" style="position:fixed;bottom:0;left:0;right:0;height:200px">We use cookies</div>` + long, ""},
		{"innocent", `<title>Ivory bangle</title><h1>Bangle</h1><p>I am not a robot, and you must log in to continue to pay.</p>` + long, ""},
	} {
		srv := site(t, map[string]string{"/": "<!doctype html>" + test.page})
		_, a := take(t, Request{URL: srv.URL})
		switch {
		case test.want == "" && a.Verdict != evidence.Complete:
			t.Errorf("%s: got %v, want none", test.name, a.Problems)
		case test.want != "" && (!slices.Contains(codes(a), test.want) || a.Verdict == evidence.Complete):
			t.Errorf("%s: got verdict %q with %v, want %s", test.name, a.Verdict, a.Problems, test.want)
		}
	}
}

func TestDismissConsent(t *testing.T) {
	srv := site(t, map[string]string{"/": `<!doctype html><title>banner</title>
		<div id=onetrust-banner-sdk style="position:fixed;inset:auto 0 0 0;height:300px;background:#f00">We use cookies
		<button id=onetrust-accept-btn-handler>Accept</button>
		<button id=onetrust-reject-all-handler onclick="document.getElementById('onetrust-banner-sdk').remove()">Reject all</button></div>
		<p>bangle`})
	f, a := take(t, Request{URL: srv.URL, DismissConsent: true})
	if a.Verdict != evidence.Complete || a.Interventions.Clicks != 1 {
		t.Errorf("got verdict %q with %v, and %+v", a.Verdict, a.Problems, a.Interventions)
	}
	if got := colourAt(decode(t, f, "viewport.png"), 900, 700); got != "#ff0000" {
		t.Errorf("got %s in the first picture, want the banner", got)
	}
	if got := colourAt(decode(t, f, "page.png"), 900, 700); got == "#ff0000" {
		t.Error("the banner is still in the picture of the page")
	}
	if log := string(f.read(t, "capture.log.jsonl")); !strings.Contains(log, `"kind":"click","what":"#onetrust-reject-all-handler “Reject all”"`) {
		t.Error("the log doesn't tell of the click")
	}
	_, a = take(t, Request{URL: srv.URL})
	if len(a.Notices) != 1 || a.Notices[0].Code != NoticeConsent || a.Interventions.Clicks != 0 {
		t.Errorf("got %v and %+v without being asked, want a notice and no click", a.Notices, a.Interventions)
	}
}
