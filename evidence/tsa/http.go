package tsa

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
)

// temporaryError is an error after which it is worth to ask again.
type temporaryError struct{ error }

func (e temporaryError) Unwrap() error { return e.error }

// post sends a query and returns the body of the answer.
func post(ctx context.Context, client *http.Client, url string, query []byte) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(query))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/timestamp-query")
	req.Header.Set("Accept", "application/timestamp-reply")
	resp, err := client.Do(req)
	if err != nil {
		return nil, temporaryError{err}
	}
	defer resp.Body.Close()
	if err := checkHeader(resp); err != nil {
		return nil, err
	}
	return readBody(resp.Body)
}

func checkHeader(resp *http.Response) error {
	status := resp.StatusCode
	switch {
	case status >= 500 || status == http.StatusTooManyRequests || status == http.StatusRequestTimeout:
		return temporaryError{fmt.Errorf("got HTTP status %d", status)}
	case status >= 300 && status < 400:
		return fmt.Errorf("got a redirect to %q, which isn't followed", resp.Header.Get("Location"))
	case status != http.StatusOK:
		return fmt.Errorf("got HTTP status %d", status)
	}
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil || kind != "application/timestamp-reply" {
		return fmt.Errorf("got content type %q, want %q", resp.Header.Get("Content-Type"), "application/timestamp-reply")
	}
	return nil
}

func readBody(body io.Reader) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(body, MaxSize+1))
	if err != nil {
		return nil, temporaryError{err}
	}
	if len(b) > MaxSize {
		return nil, fmt.Errorf("got more than %d bytes", MaxSize)
	}
	if len(b) == 0 {
		return nil, temporaryError{errors.New("got an empty answer")}
	}
	return b, nil
}
