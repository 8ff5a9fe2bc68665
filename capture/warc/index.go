package warc

import (
	"io"
	"slices"
	"strconv"
	"time"
)

// cdx is the JSON of a line of the index. Numbers are strings by custom.
type cdx struct {
	URL      string `json:"url"`
	MIME     string `json:"mime"`
	Status   string `json:"status"`
	Digest   string `json:"digest"` // of the payload
	Length   string `json:"length"` // of the gzip member
	Offset   string `json:"offset"`
	Filename string `json:"filename"`
	Method   string `json:"method,omitempty"` // absent for GET
	Body     string `json:"requestBody,omitempty"`
}

// index notes a record that was written. The lines are kept until Close.
func (a *Archive) index(r *record, mime string, status int, q methodQuery) {
	line := cdx{
		URL: r.uri, MIME: mime, Status: strconv.Itoa(status), Digest: r.bodyDigest.String(),
		Length: strconv.FormatInt(r.length, 10), Offset: strconv.FormatInt(r.offset, 10),
		Filename: dataName, Method: q.method, Body: q.query,
	}
	b, err := encodeJSON(line, "")
	if err != nil {
		panic(err) // strings always encode
	}
	a.lines = append(a.lines, surt(q.address(r.uri))+" "+timestamp(r.date)+" "+string(b))
}

// timestamp writes a time as 17 digits.
func timestamp(t time.Time) string {
	t = t.UTC()
	return t.Format("20060102150405") + t.Format(".000")[1:]
}

// mimeOf returns the media type of a response: what the origin says, else what
// the browser made out.
func mimeOf(r Response) string {
	if t := bareType(fieldValue(get(r.Header, "Content-Type"))); t != "" {
		return t
	}
	if t := bareType(r.MediaType); t != "" {
		return t
	}
	return "unk" // as pywb has it
}

func (a *Archive) writeIndex(w io.Writer) error {
	slices.Sort(a.lines)
	for _, line := range a.lines {
		if _, err := io.WriteString(w, line); err != nil {
			return err
		}
	}
	return nil
}
