package warc

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"
)

// Entry is a response of an archive, as its index has it.
type Entry struct {
	URL    string
	Time   time.Time // zero if the index says none
	Method string
	Status int // 0 if unknown
	MIME   string
	Digest string // of the body: "sha256:…"
	Length int64  // in the archive, compressed
}

// ReadEntries reads the index of an archive of a size: what the page asked for, in
// the index's order. Lines that aren't understood are passed over and counted.
func ReadEntries(r io.ReaderAt, size int64) (all []Entry, skipped int, err error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, 0, fmt.Errorf("opening archive: %w", err)
	}
	for _, f := range z.File {
		if f.Name != indexPath {
			continue
		}
		err := scanIndex(f, func(line []byte) {
			if e, ok := parseEntry(line); ok {
				all = append(all, e)
			} else {
				skipped++
			}
		})
		if err != nil {
			return nil, 0, fmt.Errorf("reading index of archive: %w", err)
		}
		return all, skipped, nil
	}
	return nil, 0, fmt.Errorf("opening archive: no %q", indexPath)
}

func parseEntry(line []byte) (e Entry, ok bool) {
	parts := bytes.SplitN(line, []byte(" "), 3) // key, timestamp, JSON
	var c cdx
	if len(parts) < 3 || json.Unmarshal(parts[2], &c) != nil || c.URL == "" {
		return e, false
	}
	e = Entry{URL: c.URL, Method: c.Method, MIME: c.MIME, Digest: c.Digest}
	if e.Method == "" {
		e.Method = "GET"
	}
	// What isn't a number stays unknown.
	e.Status, _ = strconv.Atoi(c.Status)
	e.Length, _ = strconv.ParseInt(c.Length, 10, 64)
	if at := string(parts[1]); len(at) == 17 {
		e.Time, _ = time.Parse("20060102150405.000", at[:14]+"."+at[14:])
	}
	return e, true
}
