package recorder

import (
	"fmt"
	"slices"
	"strings"

	"pugmark/capture"
	"pugmark/evidence"
)

// Device is what a page sees of a mobile device: its screen and the name of its
// browser.
type Device struct {
	Name      string
	view      evidence.Size // CSS pixels, without the browser's own bars
	ratio     float64
	userAgent string // VERSION stands for Chrome's major version
}

// What Chrome on Android calls itself. It tells neither the system's version
// nor the model (chromium.org, "User-Agent Reduction").
const (
	androidPhone  = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/VERSION.0.0.0 Mobile Safari/537.36"
	androidTablet = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/VERSION.0.0.0 Safari/537.36"
)

// What Safari calls itself.
const (
	safariPhone  = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.5 Mobile/15E148 Safari/604.1"
	safariTablet = "Mozilla/5.0 (iPad; CPU OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.5 Mobile/15E148 Safari/604.1"
)

// MobileDevice is the device of who names none: its browser is the one that
// captures.
const MobileDevice = "pixel"

// devices has the sizes of DevTools' and Playwright's lists of devices.
var devices = []Device{
	{"pixel", evidence.Size{Width: 412, Height: 839}, 2.625, androidPhone},
	{"galaxy", evidence.Size{Width: 360, Height: 780}, 3, androidPhone},
	{"galaxy-tab", evidence.Size{Width: 712, Height: 1138}, 2.25, androidTablet},
	{"iphone", evidence.Size{Width: 393, Height: 659}, 3, safariPhone},
	{"iphone-max", evidence.Size{Width: 440, Height: 763}, 3, safariPhone},
	{"ipad", evidence.Size{Width: 810, Height: 1080}, 2, safariTablet},
	{"ipad-pro", evidence.Size{Width: 1024, Height: 1366}, 2, safariTablet},
}

// DeviceNames lists the devices.
func DeviceNames() (names []string) {
	for _, d := range devices {
		names = append(names, d.Name)
	}
	return names
}

// FindDevice returns the device of a name, however somebody writes that.
func FindDevice(name string) (Device, error) {
	plain := strings.NewReplacer(" ", "-", "_", "-").Replace(strings.ToLower(name))
	i := slices.IndexFunc(devices, func(d Device) bool { return d.Name == plain })
	if i < 0 {
		return Device{}, fmt.Errorf("want one of %s", strings.Join(DeviceNames(), ", "))
	}
	return devices[i], nil
}

// apply makes a request pretend to be the device, but for a viewport that it has
// already. The version is that of the browser which captures, such as "Chromium
// 156.0.8078.73".
func (d Device) apply(r *capture.Request, version string) {
	_, number, _ := strings.Cut(version, " ")
	major, _, _ := strings.Cut(number, ".")
	if r.Viewport == (evidence.Size{}) {
		r.Viewport = d.view
	}
	r.PixelRatio, r.Mobile = d.ratio, true
	r.UserAgent = strings.ReplaceAll(d.userAgent, "VERSION", major)
}
