package capture

import (
	"errors"
	"fmt"

	"pugmark/evidence"
)

// sign is one thing that detect.js found.
type sign struct {
	Code string `json:"code"`
	Why  string `json:"why"`
}

// signs says in words what the codes of detect.js mean. All are problems but
// the banner: it covers a part of the picture, and all else is whole.
var signs = map[string]string{
	ProblemChallenge: "the page asks whether the visitor is a person",
	ProblemBlocked:   "the site refuses this visitor",
	ProblemLogin:     "the page asks to log in",
	ProblemRemoved:   "the page says that the listing is gone",
	NoticeConsent:    "a consent banner covers a part of the page",
}

// detect notes why the page may not be the one that was wanted.
func (s *session) detect() error {
	found, err := run[[]sign](s.page, stepTimeout, "detect.js")
	if err != nil {
		return err
	}
	for _, f := range found {
		meaning, ok := signs[f.Code]
		if !ok {
			return fmt.Errorf("detect.js found %q", f.Code)
		}
		detail := fmt.Sprintf("%s: %q", meaning, f.Why)
		if f.Code == NoticeConsent {
			s.result.Notices = append(s.result.Notices, evidence.Problem{Code: f.Code, Detail: detail})
			continue
		}
		s.problem(f.Code, detail, "")
	}
	return nil
}

// dismissConsent clicks away a known consent banner. The page with its banner
// is kept as a picture of its own: the viewport's.
func (s *session) dismissConsent() error {
	clicked, err := run[string](s.page, stepTimeout, "consent.js")
	if err != nil {
		return err
	}
	if clicked == "" {
		s.ledger.note("no known consent banner was found")
		return nil
	}
	s.ledger.click(clicked)
	ctx, cancel := s.page.bounded(endPatience)
	defer cancel()
	s.recorder.quiet(ctx, quietTime)
	data, err := s.viewportPicture()
	return errors.Join(err, s.store("viewport-dismissed.png", evidence.KindDismissed, "image/png", data))
}
