package ui

import (
	"net/url"
	"strconv"
	"strings"
	"time"

	"pugmark/evidence"
)

// grouped returns a number with commas between thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	digits := strings.TrimPrefix(s, "-")
	sign := s[:len(s)-len(digits)]
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// bytesText returns a size for people.
func bytesText(n int64) string {
	if n < 1000 {
		return grouped(n) + " bytes"
	}
	size, unit := float64(n), ""
	for _, unit = range []string{"kB", "MB", "GB", "TB", "PB"} {
		size /= 1000
		if size < 999.95 {
			break
		}
	}
	return strconv.FormatFloat(size, 'f', 1, 64) + " " + unit
}

// localTime returns a time on the reviewer's clock, with its zone.
func localTime(t time.Time) string { return t.Local().Format("2006-01-02 15:04:05 -07:00") }

// localMinute returns a time for where there is no room for all of it.
func localMinute(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

func localDay(t time.Time) string { return t.Local().Format("2006-01-02") }

// bothTimes returns a time on the reviewer's clock and in UTC.
func bothTimes(t time.Time) []string {
	return []string{localTime(t), t.UTC().Format("2006-01-02 15:04:05.000 UTC")}
}

// addressOf returns the address that a capture ended at, or else was asked for.
func addressOf(c evidence.Capture) string {
	if c.Final != "" {
		return c.Final
	}
	return c.Requested
}

// hostOf returns the host of a capture's address, or the whole address when it
// has none.
func hostOf(c evidence.Capture) string {
	if u, err := url.Parse(addressOf(c)); err == nil && u.Host != "" {
		return u.Host
	}
	return addressOf(c)
}

// titleOf returns the page's title, or the address of a page without one.
func titleOf(c evidence.Capture) string {
	if strings.TrimSpace(c.Title) != "" {
		return c.Title
	}
	return addressOf(c)
}
