package warc

import (
	"fmt"
	"io"
	"mime"
	"net/netip"
	"strings"
	"time"
)

// exchange returns the records of an exchange: the request, the response and,
// if there is any, the metadata.
func (a *Archive) exchange(q Request, r Response, metadata any) ([]*record, error) {
	request, err := a.request(q)
	if err != nil {
		return nil, err
	}
	response, err := a.response(q, r, request)
	if err != nil {
		return nil, err
	}
	// cdxj-indexer pairs the two by the second one's first WARC-Concurrent-To.
	request.concurrentTo(response)
	response.concurrentTo(request)
	recs := []*record{request, response}
	if metadata != nil {
		m, err := a.metadata(response, metadata)
		if err != nil {
			return nil, err
		}
		recs = append(recs, m)
	}
	return recs, nil
}

// failure returns the records of a request that got no response.
func (a *Archive) failure(q Request, f Failure) ([]*record, error) {
	request, err := a.request(q)
	if err != nil {
		return nil, err
	}
	m, err := a.metadata(request, f)
	if err != nil {
		return nil, err
	}
	return []*record{request, m}, nil
}

func (a *Archive) request(q Request) (*record, error) {
	uri, err := httpURI(q.URL)
	if err != nil {
		return nil, err
	}
	if !isToken(q.Method) {
		return nil, fmt.Errorf("method %q is not a token", shorten(q.Method))
	}
	rec, err := a.newRecord("request", uri, q)
	if err != nil {
		return nil, err
	}
	if err := rec.setBody(q.Body); err != nil {
		return nil, err
	}
	rec.contentType = "application/http;msgtype=request"
	rec.head = requestHead(q, uri, rec.bodySize)
	rec.payload = q.Body != nil
	return rec, nil
}

func (a *Archive) response(q Request, r Response, request *record) (*record, error) {
	if r.Status < 100 || r.Status > 999 {
		return nil, fmt.Errorf("got status %d, want one of three digits", r.Status)
	}
	if t := string(r.Truncated); t != "" && !isToken(t) {
		return nil, fmt.Errorf("reason %q for truncation is not a token", t)
	}
	rec, err := a.newRecord("response", request.uri, q)
	if err != nil {
		return nil, err
	}
	if err := rec.setBody(r.Body); err != nil {
		return nil, err
	}
	rec.contentType = "application/http;msgtype=response"
	rec.head = responseHead(q, r, rec.bodySize)
	rec.payload = true
	if r.Truncated != "" {
		rec.fields = append(rec.fields, Field{"WARC-Truncated", string(r.Truncated)})
	}
	if identifies(r) {
		rec.fields = append(rec.fields, Field{"WARC-Identified-Payload-Type", r.MediaType})
	}
	return rec, nil
}

// newRecord begins the record of a request or its response.
func (a *Archive) newRecord(kind, uri string, q Request) (*record, error) {
	rec := &record{
		kind: kind, id: newID(), date: q.Started, uri: uri,
		fields: []Field{{"WARC-Warcinfo-ID", "<" + a.info + ">"}},
	}
	ip, err := address(q.Conn.Remote)
	if err != nil {
		return nil, err
	}
	for _, f := range []Field{
		{"WARC-IP-Address", ip},
		{"WARC-Protocol", protocolID(q.Conn.Protocol)},
		{"WARC-Protocol", protocolID(q.Conn.TLS)},
		{"WARC-Cipher-Suite", q.Conn.Cipher},
		{"WARC-Page-ID", q.PageID},
		{"WARC-Resource-Type", strings.ToLower(q.Resource)},
	} {
		if f.Value != "" {
			rec.fields = append(rec.fields, f)
		}
	}
	return rec, nil
}

// metadata returns a record about another one.
func (a *Archive) metadata(about *record, v any) (*record, error) {
	b, err := encodeJSON(v, "")
	if err != nil {
		return nil, fmt.Errorf("encoding metadata: %w", err)
	}
	rec := &record{
		kind: "metadata", id: newID(), date: about.date, uri: about.uri,
		fields:      []Field{{"WARC-Warcinfo-ID", "<" + a.info + ">"}},
		contentType: "application/json", head: b,
	}
	rec.concurrentTo(about)
	return rec, nil
}

func (a *Archive) resource(uri, mediaType string, t time.Time, body io.ReadSeeker) (*record, error) {
	uri, err := anyURI(uri)
	if err != nil {
		return nil, err
	}
	if _, _, err := mime.ParseMediaType(mediaType); err != nil {
		return nil, fmt.Errorf("media type %q: %w", shorten(mediaType), err)
	}
	rec := &record{
		kind: "resource", id: newID(), date: t, uri: uri,
		fields:      []Field{{"WARC-Warcinfo-ID", "<" + a.info + ">"}},
		contentType: mediaType, payload: true,
	}
	return rec, rec.setBody(body)
}

func (r *record) concurrentTo(o *record) {
	r.fields = append(r.fields, Field{"WARC-Concurrent-To", "<" + o.id + ">"})
}

// setBody gives the record a body, which may be nil.
func (r *record) setBody(body io.ReadSeeker) error {
	if body == nil {
		return nil
	}
	n, err := body.Seek(0, io.SeekEnd)
	if err != nil {
		return fmt.Errorf("reading body: %w", err)
	}
	r.body, r.bodySize = body, n
	return nil
}

// address returns the IP address of an address with or without a port, as
// Chrome writes it: IPv6 in brackets.
func address(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().WithZone("").String(), nil
	}
	ip, err := netip.ParseAddr(strings.Trim(s, "[]"))
	if err != nil {
		return "", fmt.Errorf("remote address %q is not an IP address", shorten(s))
	}
	return ip.WithZone("").String(), nil
}

// protocolID returns a protocol in the form of WARC-Protocol, "name/version":
// Chrome writes "TLS 1.3".
func protocolID(s string) string {
	return strings.ToLower(strings.ReplaceAll(s, " ", "/"))
}

// identifies reports whether the type that the browser made out says something
// that Content-Type doesn't.
func identifies(r Response) bool {
	if r.MediaType == "" {
		return false
	}
	_, params, _ := strings.Cut(r.MediaType, ";")
	return strings.TrimSpace(params) != "" || !strings.EqualFold(bareType(r.MediaType), bareType(get(r.Header, "Content-Type")))
}

// bareType returns a media type without its parameters.
func bareType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	return strings.TrimSpace(s)
}
