package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"pugmark/capture"
	"pugmark/capture/replay"
	"pugmark/capture/warc"
	"pugmark/evidence"
	"pugmark/evidence/bundle"
	"pugmark/evidence/custody"
	"pugmark/recorder"
)

// advice is what a person is told when something could not be done.
type advice struct {
	Code    string `json:"code"`           // for programs
	Message string `json:"message"`        // one sentence: what is wrong
	Hint    string `json:"hint,omitempty"` // what to do next
}

// toldError is an error that is in words for people already.
type toldError struct{ advice }

func (e *toldError) Error() string { return e.Message }

func tell(code, message, hint string) error { return &toldError{advice{code, message, hint}} }

// subjectError says what an error is about: a vault's folder, the reference of
// a case, the name of a capture, an address or a file.
type subjectError struct {
	subject string
	err     error
}

func (e *subjectError) Error() string { return e.err.Error() }
func (e *subjectError) Unwrap() error { return e.err }

// about names the subject of an error, if there is one.
func about(subject string, err error) error {
	if err == nil {
		return nil
	}
	return &subjectError{subject, err}
}

// hints say what is told of an error, and are tried in this order. SUBJECT is
// what the error is about.
var hints = []struct {
	err error
	advice
}{
	{context.Canceled, advice{"stopped", "Stopped.", ""}},
	{evidence.ErrNotVault, advice{"not_a_vault", "There is no vault in SUBJECT.",
		`"pug init" makes one; --vault or ` + evidence.VaultEnv + ` names another folder.`}},
	{evidence.ErrWrongPassphrase, advice{"wrong_passphrase", "This is not the passphrase of the vault in SUBJECT.",
		"Try again; capital letters and spaces count. The vault can be read and verified without it."}},
	{evidence.ErrBusy, advice{"busy", "A capture is under way in the vault in SUBJECT, and the new key could not seal it.",
		"Wait until it ends, or stop it; then try again."}},
	{custody.ErrKeyRetired, advice{"key_retired", "Another program has given the vault a new key meanwhile.",
		"Try again: the vault must be unlocked anew."}},
	{evidence.ErrNotEmpty, advice{"not_empty", "The folder SUBJECT is not empty, so no vault is made in it.",
		"Name a new or an empty folder with --vault."}},
	{evidence.ErrCaseExists, advice{"case_exists", "There is already a case SUBJECT.",
		`Choose another reference, or look at that case with "pug case show".`}},
	{evidence.ErrNoCase, advice{"no_case", "There is no case SUBJECT in this vault.",
		`"pug case list" shows the cases; "pug case new" opens one.`}},
	{evidence.ErrCaseClosed, advice{"case_closed", "The case SUBJECT is closed.",
		`Nothing is captured for a closed case. "pug case new" opens another one.`}},
	{evidence.ErrNoCapture, advice{"no_capture", "There is no capture SUBJECT in this vault.",
		`"pug list" shows the captures. One is named by case and exhibit, as in OP-1/3, or by the beginning of its id.`}},
	{evidence.ErrTagged, advice{"tagged", "SUBJECT has this tag already.", `"pug show" shows the tags; capitals make no difference.`}},
	{evidence.ErrNoAnnotation, advice{"no_annotation", "SUBJECT has no annotation of this id.",
		`"pug show" shows the notes, tags, regions and facts with their ids.`}},
	{evidence.ErrWithdrawn, advice{"withdrawn", "This annotation of SUBJECT was withdrawn already.", `"pug show" says when, and by whom.`}},
	{evidence.ErrNoPicture, advice{"no_picture", "The capture SUBJECT has no picture of the whole page.", `"pug show" says why, among its problems.`}},
	{evidence.ErrAmbiguous, advice{"ambiguous", "Several captures have an id that begins with SUBJECT.", "Give more of the id."}},
	{evidence.ErrNotCapture, advice{"not_evidence", "The folder SUBJECT is neither a capture nor a vault.",
		"A capture's folder holds manifest.json and seal.json; a vault's holds vault.json."}},
	{evidence.ErrNoImport, advice{"no_import", "There is no imported bundle SUBJECT in this vault.",
		`"pug case list" shows those that there are.`}},
	{bundle.ErrNotBundle, advice{"not_a_bundle", "The file SUBJECT is not a bundle.",
		`A bundle is what "pug export" writes; its name ends with .pugmark.zip.`}},
	{bundle.ErrEncrypted, advice{"encrypted", "The bundle SUBJECT is encrypted.",
		"Name the file with your private key with --identity: the one whose public key you gave to who exported it."}},
	{bundle.ErrWrongIdentity, advice{"wrong_identity", "The bundle SUBJECT can't be decrypted with this key or passphrase.",
		"Check which key you gave to who exported it, or ask for the passphrase again; capital letters and spaces count."}},
	{bundle.ErrUnproven, advice{"unproven", "The bundle SUBJECT can't show whether its log agrees with a checkpoint given with --against.",
		"It holds the log's hashes only at its own checkpoint and right after each entry of its case.\n" +
			"Ask the vault's owner to run there: pug verify --all --against FILE"}},
	{bundle.ErrAltered, advice{"altered", "The case SUBJECT holds a capture that is not as it was sealed, so it is not exported.",
		`"pug verify --all" says what was altered.`}},
	{evidence.ErrNoAuthorities, advice{"no_authority", "The vault has no time-stamp authority to ask.",
		`"pug authority add" adds one.`}},
	{evidence.ErrAuthorityExists, advice{"authority_exists", "There is already an authority SUBJECT.",
		`"pug authority list" shows it; "pug authority remove" removes it.`}},
	{evidence.ErrNoAuthority, advice{"no_such_authority", "There is no authority SUBJECT.", `"pug authority list" shows those that there are.`}},
	{evidence.ErrRootExists, advice{"root_exists", "All certificates in SUBJECT are trusted already.", `"pug trust list" shows them.`}},
	{evidence.ErrNoRoot, advice{"no_such_root", "No trusted root has a fingerprint that begins with SUBJECT.",
		`"pug trust list" shows them. Give eight digits at least.`}},
	{replay.ErrNoArchive, advice{"no_archive", "The capture SUBJECT has no page archive, so it can't be replayed.",
		`"pug show" shows what it has; its pictures can be looked at.`}},
	{replay.ErrWithheld, advice{"withheld", "The page archive of SUBJECT is not there: the bundle was made without it, or it was removed.",
		"Ask who exported the bundle for one with the page archive."}},
	{replay.ErrNoPicture, advice{"no_picture", "There is no original picture of SUBJECT to compare with.",
		"Only captures of Pugmark have one. --headless -o FILE.png draws the page all the same."}},
	{replay.ErrNoPage, advice{"no_page", "The archive SUBJECT has no page that could be opened.",
		"It may hold other things, such as pictures alone. --page opens an address in it."}},
	{warc.ErrNotArchive, advice{"not_an_archive", "SUBJECT is not a page archive: neither WACZ nor WARC.",
		"Check the file; a page archive that breaks off in its first record is refused, too."}},
	{capture.ErrNoBrowser, advice{"no_browser", "No Chrome or Chromium was found on this machine.",
		"Install Chromium (on Debian and Ubuntu: sudo apt install chromium), or name the program with --chrome."}},
	{fs.ErrExist, advice{"exists", "There is already a file SUBJECT, and nothing is overwritten.", "Choose another name."}},
	{fs.ErrNotExist, advice{"not_found", "There is no file or folder SUBJECT.", "Check the name."}},
	{fs.ErrPermission, advice{"no_permission", "The system does not permit this on SUBJECT.",
		"Check whose it is, and whether you may read or write it."}},
}

var diskFull = advice{"disk_full", "The disk is full.",
	"Make room on it, or use a larger one; then try again."}

var readOnly = advice{"read_only", "The vault can't be written: it lies on a medium or in a folder that is read-only.",
	"It can be listed, shown and verified there. To change it, copy it to where you may write."}

// adviseAltered tells why a bundle is refused.
func adviseAltered(e *bundle.FailedError, subject string) advice {
	message := fmt.Sprintf("The bundle %q is not as it was sealed, so it is not imported: %s below.", subject, count(len(e.Report.Findings), "finding"))
	return advice{"altered_bundle", message, "Nothing was changed. Ask who sent it to send it again, and keep this file: it may be evidence itself."}
}

func adviseImported(i evidence.Import, subject string) advice {
	message := fmt.Sprintf("The bundle %q was imported already, as %s, on %s.", subject, i.Name, localTime(i.Imported))
	return advice{"imported", message, fmt.Sprintf("Look at it: pug list --case %s", i.Name)}
}

// failures say what is told of a page that could not be captured. HOST and
// ADDRESS are the page's, REASON is the error.
var failures = map[string]advice{
	capture.FailureAddress: {"", "The page could not be captured: REASON.",
		"Copy the address as a browser shows it."},
	capture.FailureRequest: {"", "The browser refuses a setting: REASON.",
		`"pug help capture" shows what each setting takes.`},
	capture.FailureResolve: {"", "The host HOST was not found.",
		"Check the address, and that this machine is online."},
	capture.FailureRefused: {"", "HOST refuses the connection.",
		"Check the address and its port; the site may also be down."},
	capture.FailureForbidden: {"", "The host HOST is on this machine or on the network around it (REASON).",
		"If that is what you mean to capture, add --allow-private."},
	capture.FailureLogin: {"", "HOST asks for a name and a password.",
		"Pages that need a login of this kind can't be captured."},
	capture.FailureUnreachable: {"", "The connection to HOST could not be made, or broke (REASON).",
		"Check that this machine is online, and the proxy if you use one; then try again."},
	capture.FailureTimeout: {"", "HOST did not answer in time.",
		"Try again, or wait longer, as with --timeout 3m."},
	capture.FailureCertificate: {"", "The certificate of HOST is not valid (REASON).",
		"Somebody may stand between you and the site. To capture the page all the same, add\n" +
			"--allow-invalid-certificate: the capture then says so, and is partial at best."},
	capture.FailureRedirects: {"", "HOST redirects without end.",
		"Open the page in a browser, and capture the address that it shows in the end."},
	capture.FailureDownload: {"", "ADDRESS gives a file to save, or nothing, instead of a page.",
		"Capture the page that links to it."},
	capture.FailureBrowser: {"", "The browser ended while the page was being captured.",
		`Try again. If that does not help, "pug doctor" checks the browser.`},
	capture.FailureDiskFull:  diskFull,
	capture.FailureCancelled: {"", "Stopped.", ""},
	capture.FailureOther:     {"", "The page could not be captured: REASON.", "Try again."},
}

// advise puts an error into words for people.
func advise(err error) advice {
	var told *toldError
	var newer *evidence.VersionError
	var failure *capture.Failure
	var browser *recorder.BrowserError
	var space *recorder.SpaceError
	var altered *bundle.FailedError
	var imported *evidence.ImportedError
	switch {
	case errors.As(err, &told):
		return told.advice
	case errors.As(err, &newer):
		return adviseVersion(newer, subject(err))
	case errors.As(err, &altered):
		return adviseAltered(altered, subject(err))
	case errors.As(err, &imported):
		return adviseImported(imported.Import, subject(err))
	case evidence.IsReadOnly(err):
		return readOnly
	case evidence.IsDiskFull(err):
		return diskFull
	case errors.As(err, &failure):
		return adviseFailure(failure, subject(err))
	case errors.As(err, &browser):
		return adviseBrowser(browser)
	case errors.As(err, &space):
		return adviseSpace(space)
	}
	return adviseKnown(err)
}

func adviseSpace(e *recorder.SpaceError) advice {
	return advice{"disk_full",
		fmt.Sprintf("The disk of the vault is nearly full: %s are free, and a capture needs %s.", sizeText(e.Free), sizeText(e.Need)),
		"Make room on that disk, or move the vault to a larger one."}
}

// adviseKnown says what the hints have for an error, or the error itself.
func adviseKnown(err error) advice {
	for _, h := range hints {
		if errors.Is(err, h.err) {
			adv := h.advice
			adv.Message = strings.ReplaceAll(adv.Message, "SUBJECT", strconv.Quote(subject(err)))
			return adv
		}
	}
	return advice{"failed", sentence(clean(err.Error())) + ".", ""}
}

func adviseVersion(e *evidence.VersionError, subject string) advice {
	message := fmt.Sprintf("A newer Pugmark wrote %q: it has version %d of the format %q, and this program knows versions up to %d.",
		subject, e.Got, e.Format, e.Want)
	return advice{"newer_version", message, "Install the newest Pugmark, and use that."}
}

func adviseFailure(f *capture.Failure, address string) advice {
	adv, ok := failures[f.Code]
	if !ok {
		adv = failures[capture.FailureOther]
	}
	adv.Code = f.Code
	host := "the site"
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		host = u.Host
	}
	fill := strings.NewReplacer("HOST", host, "ADDRESS", clean(address), "REASON", reasonText(f))
	adv.Message = sentence(fill.Replace(adv.Message))
	return adv
}

var netErrorWord = regexp.MustCompile(`net::ERR_[A-Z0-9_]+`)

// reasonText returns Chrome's word for an error of the network, or the error.
func reasonText(err error) string {
	text := clean(err.Error())
	if word := netErrorWord.FindString(text); word != "" {
		return word
	}
	return text
}

// subject returns what an error is about.
func subject(err error) string {
	var s *subjectError
	if errors.As(err, &s) {
		return s.subject
	}
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Path
	}
	return ""
}

// bare returns an error without the operation and the path that package os puts
// ahead of it.
func bare(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
