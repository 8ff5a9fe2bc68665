package recorder

import (
	"strings"
	"testing"

	"pugmark/capture"
)

func TestDevices(t *testing.T) {
	for name, want := range map[string]string{
		"iPhone": "Version/26.5 Mobile", "Galaxy Tab": "Chrome/156.0.0.0 Safari", "pixel": "Chrome/156.0.0.0 Mobile", "ipad_pro": "iPad",
	} {
		d, err := FindDevice(name)
		if err != nil {
			t.Error(err)
			continue
		}
		var r capture.Request
		d.apply(&r, "Chromium 156.0.8078.73")
		if !r.Mobile || !strings.Contains(r.UserAgent, want) || r.Viewport != d.view || r.PixelRatio < 2 {
			t.Errorf("%q: got %+v, want a user agent with %q", name, r, want)
		}
	}
	if _, err := FindDevice("nokia"); err == nil {
		t.Error("got no error for an unknown device")
	}
}
