package ui

import (
	"context"
	"errors"
	"io/fs"
	"strings"

	"pugmark/capture"
	"pugmark/capture/replay"
	"pugmark/capture/warc"
	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/evidence/custody"
	"pugmark/recorder"
	"pugmark/review/handover"
)

// problem says what could not be done, and what to do next.
type problem struct{ what, next string }

func (p problem) text() string {
	if p.next == "" {
		return tr(p.what)
	}
	return tr(p.what) + " " + tr(p.next)
}

// problems are tried in this order.
var problems = []struct {
	err error
	problem
}{
	{context.Canceled, problem{"Stopped.", ""}},
	{evidence.ErrWrongPassphrase, problem{"This is not the passphrase of the vault.", "Try again; capital letters and spaces count."}},
	{custody.ErrKeyRetired, problem{"Another program has given the vault a new key.", "Lock the vault and unlock it again."}},
	{evidence.ErrBusy, problem{"A capture is under way in this vault.", "Wait until it ends, or stop it; then try again."}},
	{evidence.ErrCaseExists, problem{"There is already a case of this reference.", "Choose another one."}},
	{evidence.ErrNoCase, problem{"There is no such case in this vault.", "Refresh the window."}},
	{evidence.ErrCaseClosed, problem{"The case is closed: nothing is captured for it any more.", "Open another case."}},
	{evidence.ErrNoCapture, problem{"The case has no captures yet.", "Capture a page first."}},
	{replay.ErrNoArchive, problem{"The capture has no page archive, so the page can't be opened again.", "Its problems say why."}},
	{replay.ErrWithheld, problem{"The bundle withholds the page archive.", "Who exported it has it."}},
	{warc.ErrNotArchive, problem{"The page archive can't be read.", "Verify the capture: that says whether it was altered."}},
	{replay.ErrNoPage, problem{"The page archive has no page that could be opened.", ""}},
	{replay.ErrNoPicture, problem{"The capture has no picture of the whole page to compare with.", "Its archived page can be opened all the same."}},
	{handover.ErrNoArchive, problem{"The capture has no page archive, so its requests are not known.", "Its problems say why."}},
	{evidence.ErrNotEmpty, problem{"The folder is not empty, so no vault is made in it.", "Name a new or an empty folder."}},
	{evidence.ErrAuthorityExists, problem{"There is already an authority of this name.", "Choose another name, or remove that one first."}},
	{evidence.ErrRootExists, problem{"This root is trusted already.", ""}},
	{evidence.ErrTagged, problem{"The capture has this tag already.", ""}},
	{evidence.ErrWithdrawn, problem{"This was withdrawn already.", "Refresh the window."}},
	{evidence.ErrNoPicture, problem{"The capture has no picture of the whole page.", "Choose another capture."}},
	{errNotRoot, problem{"This file holds no root certificate that can be used.", "It is a text file with BEGIN CERTIFICATE in it, as authorities publish for their root."}},
	{bundle.ErrEncrypted, problem{"The bundle is encrypted.", "Give the file with your private key, or the passphrase."}},
	{bundle.ErrWrongIdentity, problem{"This key or passphrase doesn't decrypt the bundle.", "Check which key you gave to who exported it."}},
	{bundle.ErrNotBundle, problem{"This file is not a bundle.", "A bundle is what an export writes; its name ends with .pugmark.zip."}},
	{evidence.ErrImported, problem{"The vault has this bundle already.", "It is kept once."}},
	{bundle.ErrAltered, problem{"A capture of the case is not as it was sealed, so it is not exported.", "Verify the vault: that says what was altered."}},
	{fs.ErrExist, problem{"There is already a file of this name, and nothing is overwritten.", "Choose another name."}},
	{fs.ErrNotExist, problem{"There is no such file or folder.", "Check the name."}},
	{fs.ErrPermission, problem{"The system does not permit this.", "Check whose file or folder it is, and whether you may write there."}},
	{capture.ErrNoBrowser, problem{"No Chrome or Chromium was found on this machine.", "Install Chromium, and try again."}},
}

// failures are those of a page that could not be captured.
var failures = map[string]problem{
	capture.FailureAddress:     {"This is no address of a web page.", "Copy it as a browser shows it."},
	capture.FailureRequest:     {"The browser refuses a setting.", "Check language and time zone."},
	capture.FailureResolve:     {"The host was not found.", "Check the address, and that this machine is online."},
	capture.FailureRefused:     {"The site refuses the connection.", "Check the address; the site may also be down."},
	capture.FailureForbidden:   {"The site is on this machine or on the network around it.", "If you mean to capture that, allow private addresses."},
	capture.FailureLogin:       {"The site asks for a name and a password.", "Pages that need a login of this kind can't be captured."},
	capture.FailureUnreachable: {"The connection could not be made, or broke.", "Check that this machine is online, and the proxy; then try again."},
	capture.FailureTimeout:     {"The site did not answer in time.", "Try again later."},
	capture.FailureCertificate: {"The site's certificate is not valid: somebody may stand between.", "To capture it all the same, allow invalid certificates; the capture then says so."},
	capture.FailureRedirects:   {"The site redirects without end.", "Capture the address that a browser shows in the end."},
	capture.FailureDownload:    {"The address gives a file to save instead of a page.", "Capture the page that links to it."},
	capture.FailureBrowser:     {"The browser ended while the page was being captured.", "Try again."},
	capture.FailureDiskFull:    diskFull,
	capture.FailureCancelled:   {"Stopped.", ""},
}

var diskFull = problem{"The disk is full.", "Make room on it; then try again. Nothing that was sealed is lost."}

// problemOf puts an error into words for people.
func problemOf(err error) problem {
	var failure *capture.Failure
	var space *recorder.SpaceError
	var browser *recorder.BrowserError
	var replayed *replay.BrowserError
	var newer *evidence.VersionError
	switch {
	case evidence.IsDiskFull(err):
		return diskFull
	case errors.As(err, &space):
		return problem{trf("The disk is nearly full: %s are free, and a capture needs %s.", bytesText(space.Free), bytesText(space.Need)), "Make room on it."}
	case errors.As(err, &replayed):
		return problemOf(&recorder.BrowserError{Options: replayed.Options, Err: replayed.Err})
	case errors.As(err, &browser) && !errors.Is(err, capture.ErrNoBrowser):
		first, _, _ := strings.Cut(browser.Err.Error(), "\n")
		return problem{trf("The browser could not be started: %s.", first), "Check that Chromium runs, not as root, and try again."}
	case errors.As(err, &newer):
		return problem{"A newer Pugmark wrote this.", "Install the newest Pugmark, and use that."}
	case errors.As(err, &failure):
		if p, ok := failures[failure.Code]; ok {
			return p
		}
	}
	for _, p := range problems {
		if errors.Is(err, p.err) {
			return p.problem
		}
	}
	return problem{err.Error(), ""}
}
