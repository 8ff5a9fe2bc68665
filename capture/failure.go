package capture

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"syscall"
)

// Failure says why a page could not be captured at all.
type Failure struct {
	Code string // one of the codes below
	Err  error
}

// The codes of failures.
const (
	FailureAddress     = "bad_address"         // not an address of a web page
	FailureRequest     = "bad_request"         // a setting that the browser refuses
	FailureResolve     = "host_not_found"      // the name has no address
	FailureRefused     = "connection_refused"  // nothing listens there
	FailureForbidden   = "address_not_allowed" // of this machine or its network
	FailureUnreachable = "unreachable"         // the connection was not made, or broke
	FailureTimeout     = "timeout"             // no document in time
	FailureCertificate = "invalid_certificate" // and going on was not allowed
	FailureLogin       = "login_required"      // the server asks for a name and a password
	FailureRedirects   = "too_many_redirects"
	FailureDownload    = "not_a_page" // the server sent a file to save
	FailureBrowser     = "browser_lost"
	FailureDiskFull    = "disk_full"
	FailureCancelled   = "cancelled" // by the user
	FailureOther       = "failed"
)

// Error implements [error].
func (f *Failure) Error() string { return f.Err.Error() }

// Unwrap returns the underlying error.
func (f *Failure) Unwrap() error { return f.Err }

func badRequest(what, value string, err error) error {
	return &Failure{Code: FailureRequest, Err: fmt.Errorf("%s %q: %w", what, value, err)}
}

// netFailures maps Chrome's network errors (net/base/net_error_list.h), by the
// beginnings of their names, to codes.
var netFailures = []struct{ prefix, code string }{
	{"net::ERR_NAME_", FailureResolve},
	{"net::ERR_DNS_", FailureResolve},
	{"net::ERR_CONNECTION_REFUSED", FailureRefused},
	{"net::ERR_CONNECTION_TIMED_OUT", FailureTimeout},
	{"net::ERR_TIMED_OUT", FailureTimeout},
	{"net::ERR_CERT_", FailureCertificate},
	{"net::ERR_INVALID_AUTH_CREDENTIALS", FailureLogin},
	{"net::ERR_TOO_MANY_REDIRECTS", FailureRedirects},
	{"net::ERR_INVALID_URL", FailureAddress},
	{"net::ERR_UNSAFE_PORT", FailureAddress},
	{"net::ERR_ABORTED", FailureDownload},
	{"net::ERR_", FailureUnreachable},
}

// netError is a navigation that Chrome gave up.
type netError struct {
	address string
	text    string // "net::ERR_NAME_NOT_RESOLVED"
}

func (e *netError) Error() string { return fmt.Sprintf("opening %q: %s", e.address, e.text) }

func (e *netError) code() string {
	for _, f := range netFailures {
		if strings.HasPrefix(e.text, f.prefix) {
			return f.code
		}
	}
	return FailureOther
}

// diskFull matches Chrome's and the system's words for a full disk, which
// reach us as text where the error passed through another process.
var diskFull = regexp.MustCompile(`(?i)no space left|ERR_FILE_NO_SPACE|disk quota exceeded`)

// classify makes a [*Failure] of any error.
func classify(ctx context.Context, err error) error {
	var failure *Failure
	var network *netError
	code := FailureOther
	switch {
	case errors.As(err, &failure):
		return failure
	case errors.Is(ctx.Err(), context.Canceled):
		code = FailureCancelled
	case errors.Is(err, syscall.ENOSPC) || diskFull.MatchString(err.Error()):
		code = FailureDiskFull
	case errors.As(err, &network):
		code = network.code()
	case errors.Is(err, context.DeadlineExceeded):
		code = FailureTimeout
	case errors.Is(err, errCrashed) || errors.Is(err, context.Canceled):
		code = FailureBrowser
	}
	return &Failure{Code: code, Err: err}
}
