package evidence

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"
	"time"

	"pugmark/evidence/custody"
	"pugmark/evidence/tsa"
)

// beforePatience is how long a capture waits for its first timestamps.
const beforePatience = 10 * time.Second

// NoticeTimestamp is the code of a notice that an authority gave no response
// when the capture began.
const NoticeTimestamp = "timestamp_failed"

// Timestamp asks the vault's authorities to stamp a fresh nonce, so that the
// capture can be shown not to be older: call it before the page is opened. It
// takes ten seconds at most, and does nothing where there is no authority.
//
// An authority that fails is a notice and an event, not an error, and costs the
// capture nothing of its completeness: what the page showed was recorded all the
// same, and the missing side of the fence is shown wherever the time is.
func (s *Staging) Timestamp(ctx context.Context) error {
	authorities, err := s.v.Authorities(ctx)
	if err != nil || len(authorities) == 0 {
		return err
	}
	n := new(NotBefore)
	rand.Read(n.Nonce[:])
	client := tsa.Client{Authorities: authorities, Timeout: beforePatience / 2, Attempts: 2}
	bounded, cancel := context.WithTimeoutCause(ctx, beforePatience, fmt.Errorf("no answer within %v", beforePatience))
	defer cancel()
	answers := client.Request(bounded, n.StampedDigest())
	for _, a := range answers {
		if a.Err != nil {
			err = errors.Join(err, s.noteFailure(ctx, a))
			continue
		}
		path := beforePrefix + strconv.Itoa(len(n.Responses)+1) + ".tsr"
		if e := s.keepResponse(path, a.Response.DER); e != nil {
			err = errors.Join(err, e)
			continue
		}
		n.Responses = append(n.Responses, stampOf(a, path))
	}
	if err != nil {
		return fmt.Errorf("timestamping the start of capture %s: %w", s.id, err)
	}
	if len(n.Responses) > 0 {
		s.mu.Lock()
		s.before = n
		s.mu.Unlock()
	}
	return nil
}

func (s *Staging) keepResponse(path string, response []byte) error {
	w, err := s.Create(path, KindTimestamp, responseType)
	if err != nil {
		return err
	}
	_, err = w.Write(response)
	return errors.Join(err, w.Close())
}

// noteFailure notes that an authority gave no response, unless the capture itself
// was stopped.
func (s *Staging) noteFailure(ctx context.Context, a tsa.Answer) error {
	if ctx.Err() != nil {
		return nil
	}
	s.mu.Lock()
	s.notices = append(s.notices, Problem{Code: NoticeTimestamp, Detail: detailOf(a.Err)})
	s.mu.Unlock()
	e := custody.Event{Subject: s.id.String(), Case: s.request.Case, Reason: s.request.Reason}
	return s.v.logTimestampFailure(ctx, e, "before", a)
}
