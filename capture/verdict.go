package capture

import (
	"fmt"
	"net/http"
	"slices"
	"time"

	"pugmark/evidence"
)

// The codes of problems. Each makes a capture partial at best.
const (
	ProblemStatus      = "http_status"         // the server answered with an error
	ProblemCertificate = "invalid_certificate" // and going on was allowed
	ProblemLoadTimeout = "load_timeout"        // no load event in time
	ProblemStalled     = "page_stalled"        // its scripts were stopped
	ProblemFonts       = "fonts_missing"       // of the page's own
	ProblemGlyphs      = "glyphs_missing"      // no font of this machine has them
	ProblemPictures    = "pictures_not_loaded"
	ProblemHeight      = "page_too_long"  // a bound of scrolling was reached
	ProblemSeam        = "strips_differ"  // the page moved while the picture was taken
	ProblemBody        = "body_missing"   // a response's body is not whole in the archive
	ProblemListing     = "listing_failed" // the listing's facts could not be read
	ProblemStep        = "step_failed"
	ProblemPageLost    = "page_lost" // the renderer or the browser ended
	ProblemNoPicture   = "no_page_picture"
	ProblemNoDocument  = "no_document"
	ProblemChallenge   = "challenge_page"
	ProblemBlocked     = "blocked_page"
	ProblemLogin       = "login_page"
	ProblemRemoved     = "item_removed"
	ProblemLimit       = "limit_reached"
	ProblemMoved       = "page_navigated" // the page went elsewhere by itself
)

// NoticeConsent is the code of a notice.
const NoticeConsent = "consent_banner"

// judge gives the verdict: complete only if every check held.
func (s *session) judge() {
	s.checkStatus()
	s.checkCertificate()
	if _, n := s.recorder.document(); n > 1 {
		s.problem(ProblemMoved, fmt.Sprintf("the page went to another document by itself, %d times", n-1), "")
	}
	if !s.pictured {
		s.problem(ProblemNoPicture, "there is no picture of the full page", "")
	}
	switch {
	case s.has(ProblemNoDocument), s.has(ProblemNoPicture) && s.has(ProblemPageLost):
		s.result.Verdict = evidence.Failed
	case len(s.result.Problems) > 0:
		s.result.Verdict = evidence.Partial
	default:
		s.result.Verdict = evidence.Complete
	}
}

func (s *session) has(code string) bool {
	return slices.ContainsFunc(s.result.Problems, func(p evidence.Problem) bool { return p.Code == code })
}

func (s *session) checkStatus() {
	switch status := s.result.Target.Status; {
	case status == 0:
		s.problem(ProblemNoDocument, "the browser did not tell of the document's response", "")
	case status >= 400:
		s.problem(ProblemStatus, fmt.Sprintf("the server answered %d %s", status, http.StatusText(status)), "")
	}
}

func (s *session) checkCertificate() {
	if t := s.result.TLS; t != nil && !t.Valid {
		s.problem(ProblemCertificate, "the server's certificate is not valid: "+t.Error, "")
	}
}

// describeTarget fills in what answered, from the exchanges of the document.
func (s *session) describeTarget() {
	docs, _ := s.recorder.document()
	t := &s.result.Target
	for i, x := range docs {
		if i+1 < len(docs) {
			step := evidence.Redirect{From: x.Request.URL, To: docs[i+1].Request.URL, Remote: x.remote}
			if x.response != nil && isRedirect(x.response.Status) {
				step.Status = x.response.Status
			}
			t.Redirects = append(t.Redirects, step)
		}
	}
	if len(docs) == 0 {
		return
	}
	last := docs[len(docs)-1]
	if t.Final == "" {
		t.Final = last.Request.URL
	}
	if last.response == nil {
		return
	}
	t.Status, t.MediaType = last.status(), last.response.MimeType
	t.Protocol, t.Remote = last.response.Protocol, last.remote
	t.Headers = last.responseHeader()
	if date, err := http.ParseTime(last.responseHeader().get("Date")); err == nil {
		t.ServerDate = &date
	}
	s.describeTLS(last.response.Security)
	s.page.mu.Lock()
	loaded := s.page.loadTime
	s.page.mu.Unlock()
	if !loaded.IsZero() {
		s.result.Time.Loaded = &loaded
	}
}

// describeTLS notes the connection of the document, and stores the chain of
// certificates as the server sent it.
func (s *session) describeTLS(d *securityDetails) {
	if d == nil {
		return
	}
	t := &evidence.TLS{
		Protocol: d.Protocol, Cipher: d.Cipher, Group: d.KeyExchangeGroup,
		Subject: d.SubjectName, Issuer: d.Issuer, Names: d.SanList,
		NotBefore: d.ValidFrom.time().Truncate(time.Second), NotAfter: d.ValidTo.time().Truncate(time.Second),
		Valid: true,
	}
	s.page.mu.Lock()
	state := s.page.security
	s.page.mu.Unlock()
	if state != nil && state.CertificateSecurityState != nil {
		c := state.CertificateSecurityState
		t.Valid, t.Error = c.CertificateNetworkError == "", c.CertificateNetworkError
		if err := s.storeCertificates(t, c.Certificate); err != nil {
			s.problem(ProblemStep, err.Error(), "")
		}
	}
	s.result.TLS = t
}
