package ui

import (
	"errors"
	"os"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"pugmark/capture"
	"pugmark/recorder"
)

// desktopDevice stands for no device.
const desktopDevice = "Desktop"

// looks are how pages are looked at, as it was chosen last.
type looks struct {
	device, locale, zone, proxy   string
	persona                       string
	private, consent, certificate bool
}

// request returns a capture's request without its address.
func (l looks) request() capture.Request {
	return capture.Request{
		Locale: l.locale, Timezone: l.zone, Proxy: l.proxy,
		AllowPrivate: l.private, DismissConsent: l.consent, AllowInvalidCertificate: l.certificate,
	}
}

// pages returns what is to be recorded of addresses.
func (l looks) pages(ref, reason string, addresses []string) (out []recorder.Page, err error) {
	p := recorder.Page{Case: ref, Reason: reason, Persona: l.persona, Request: l.request()}
	if l.device != "" && l.device != tr(desktopDevice) {
		d, err := recorder.FindDevice(l.device)
		if err != nil {
			return nil, err
		}
		p.Device = &d
	}
	for _, a := range addresses {
		p.Request.URL = a
		out = append(out, p)
	}
	return out, nil
}

// askCapture captures pages for the case that is chosen.
func (w *Window) askCapture() { w.askCaptureOf("") }

// askCaptureOf is askCapture with a text of addresses.
func (w *Window) askCaptureOf(text string) {
	if w.barred() {
		return
	}
	c, imported, ok := w.chosenCase()
	switch {
	case imported:
	case !ok:
		w.tell("No case is chosen", problem{"A page is captured for a case.", "Open a case first, or choose one."})
	case c.Closed != nil:
		w.tell("The case is closed", problem{trf("Nothing is captured for %s any more.", c.Ref), "Choose or open another case."})
	default:
		w.captureForm(c.Ref, text)
	}
}

// captureForm asks what to capture, and how.
func (w *Window) captureForm(ref, text string) {
	l := &w.looks
	addresses, reason := widget.NewMultiLineEntry(), widget.NewEntry()
	addresses.SetPlaceHolder("https://market.example/item/7\n" + tr("one address a line"))
	addresses.SetMinRowsVisible(5)
	addresses.Wrapping = fyne.TextWrapOff
	addresses.SetText(text)
	reason.SetPlaceHolder(tr("Written into the capture and into the log"))
	device := widget.NewSelect(append([]string{tr(desktopDevice)}, recorder.DeviceNames()...), func(s string) { l.device = s })
	device.SetSelected(tr(desktopDevice))
	if l.device != "" {
		device.SetSelected(l.device)
	}
	persona := remembered(&l.persona, tr("The name under which you look at the page, if it isn't yours"))
	locale := remembered(&l.locale, tr("zh-CN; the browser's own if empty"))
	zone := remembered(&l.zone, tr("Asia/Shanghai; this machine's if empty"))
	proxy := remembered(&l.proxy, tr("socks5://127.0.0.1:9050; none if empty"))
	checks := container.NewVBox(
		ticked(&l.consent, tr("Click a known consent banner away")),
		ticked(&l.private, tr("Allow the page to reach this machine and the network around it")),
		ticked(&l.certificate, tr("Capture also where the certificate is not valid")))
	f := w.newForm(trf("Capture for %s", ref), "Capture",
		formField("Addresses", addresses, ""), formField("Reason", reason, ""),
		formField("Persona", persona, ""), widget.NewFormItem(tr("Seen on"), device), formField("Language", locale, ""),
		formField("Time zone", zone, ""), formField("Proxy", proxy, ""),
		widget.NewFormItem("", checks))
	f.first = addresses
	f.submitting(reason, persona, locale, zone, proxy)
	f.do = func() {
		pages, bad := w.pagesOf(ref, strings.TrimSpace(reason.Text), addresses.Text)
		if bad != nil {
			f.refuse(*bad)
			return
		}
		f.dialog.Hide()
		w.withSession(func(s *session) { w.queue.add(s.recorder, pages) })
	}
	f.show(fyne.NewSize(720, 600))
}

// pagesOf returns what is to be recorded, or what is wrong with what was entered.
func (w *Window) pagesOf(ref, reason, text string) ([]recorder.Page, *problem) {
	addresses, err := recorder.ReadAddresses(strings.NewReader(text))
	var bad *recorder.AddressError
	switch {
	case errors.As(err, &bad):
		return nil, &problem{trf("Line %d is no address of a web page: %s.", bad.Line, bad.Text), "Copy it as a browser shows it."}
	case err == nil && len(addresses) == 0:
		return nil, &problem{"There is no address yet.", "Enter one, such as https://market.example/item/7"}
	}
	if p := w.looks.proxy; p != "" && err == nil && recorder.CheckProxy(p) != nil {
		return nil, &problem{"The proxy is no address of one.", "It is such as socks5://127.0.0.1:9050"}
	}
	var pages []recorder.Page
	if err == nil {
		pages, err = w.looks.pages(ref, reason, addresses)
	}
	if err != nil {
		return nil, new(problemOf(err))
	}
	return pages, nil
}

// remembered is an entry for a text that is kept for the next time.
func remembered(text *string, placeholder string) *widget.Entry {
	e := widget.NewEntry()
	e.SetPlaceHolder(placeholder)
	e.SetText(*text)
	e.OnChanged = func(s string) { *text = strings.TrimSpace(s) }
	return e
}

// ticked is a check box for what is kept for the next time.
func ticked(on *bool, text string) *widget.Check {
	c := widget.NewCheck(text, func(b bool) { *on = b })
	c.SetChecked(*on)
	return c
}

// maxAddressFile bounds what is read of a file of addresses, in bytes.
const maxAddressFile = 1 << 20

// dropAddresses takes the addresses of a text file that was dropped.
func (w *Window) dropAddresses(path string) {
	fi, err := os.Stat(path)
	if err == nil && fi.Size() > maxAddressFile {
		err = errors.New(tr("the file is too large for a list of addresses"))
	}
	var b []byte
	if err == nil {
		b, err = os.ReadFile(path)
	}
	if err != nil {
		w.tell("The file can't be read", problemOf(err))
		return
	}
	w.askCaptureOf(string(b))
}
