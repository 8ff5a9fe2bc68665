package listing

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// layouts are the ways in which machines write a time, and how it is given
// back: an offset makes it a time in UTC.
var layouts = []struct{ read, write string }{
	{time.RFC3339Nano, ""},
	{"2006-01-02T15:04:05Z0700", ""},
	{"2006-01-02T15:04Z07:00", ""},
	{"2006-01-02 15:04:05Z07:00", ""},
	{"2006-01-02 15:04:05 -0700", ""},
	{time.RFC1123Z, ""},
	{time.RFC1123, ""},
	{"2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05"},
	{"2006-01-02 15:04:05", "2006-01-02T15:04:05"},
	{"2006-01-02T15:04", "2006-01-02T15:04"},
	{"2006-01-02 15:04", "2006-01-02T15:04"},
	{"2006-01-02", "2006-01-02"},
	{"2006-01", "2006-01"},
	{"2006", "2006"},
	{"2006/01/02 15:04:05", "2006-01-02T15:04:05"},
	{"2006/01/02 15:04", "2006-01-02T15:04"},
	{"2006/01/02", "2006-01-02"},
	{"2006.01.02", "2006-01-02"},
}

// parseTime returns the normalised form of a time, as the package comment says;
// empty if s isn't one, or one that can be read in two ways.
func parseTime(s string) string {
	s = collapse(narrow(s))
	if len(s) > 80 {
		return ""
	}
	for _, l := range layouts {
		if t, err := time.Parse(l.read, s); err == nil {
			return formatTime(t, l.write)
		}
	}
	return parseWords(strings.ToLower(s))
}

func formatTime(t time.Time, layout string) string {
	if t.Year() < 1970 || t.Year() > 2100 {
		return ""
	}
	if layout == "" {
		return t.UTC().Format(time.RFC3339Nano)
	}
	return t.Format(layout)
}

// parseEpoch reads seconds or milliseconds since 1970, which structured data
// has at times.
func parseEpoch(s string) string {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
	switch {
	case err != nil:
		return ""
	case n > 1e9 && n < 4e9:
		return formatTime(time.Unix(n, 0), "")
	case n > 1e12 && n < 4e12:
		return formatTime(time.UnixMilli(n), "")
	}
	return ""
}

var (
	clock     = `(?:\D{1,6}(\d{1,2})[:h時点时](\d{2}))?`
	asianDate = regexp.MustCompile(`(\d{4}) ?[年년] ?(\d{1,2}) ?[月월](?: ?(\d{1,2}) ?[日일号])?` + clock)
	dayFirst  = regexp.MustCompile(`(?:^|\D)(\d{1,2})(?:st|nd|rd|th|er|\.)? (?:de |of )?(\pL{3,12})\.?,? (?:de )?(\d{4})` + clock)
	nameFirst = regexp.MustCompile(`(?:^|\PL)(\pL{3,12})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})` + clock)
	monthOnly = regexp.MustCompile(`(?:^|\PL)(\pL{3,12})\.?,? (?:de )?(\d{4})(?:\D|$)`)
	dotted    = regexp.MustCompile(`^(\d{1,2})\.(\d{1,2})\.(\d{4})` + clock)
	slashed   = regexp.MustCompile(`^(\d{1,2})[/-](\d{1,2})[/-](\d{4})` + clock)
)

// parseWords reads a date as people write it. Where day and month can't be
// told apart it isn't read.
func parseWords(s string) string {
	if m := asianDate.FindStringSubmatch(s); m != nil {
		return makeDate(m[1], m[2], m[3], m[4], m[5])
	}
	if m := dayFirst.FindStringSubmatch(s); m != nil && month(m[2]) != "" {
		return makeDate(m[3], month(m[2]), m[1], m[4], m[5])
	}
	if m := nameFirst.FindStringSubmatch(s); m != nil && month(m[1]) != "" {
		return makeDate(m[3], month(m[1]), m[2], m[4], m[5])
	}
	if m := monthOnly.FindStringSubmatch(s); m != nil && month(m[1]) != "" {
		return makeDate(m[2], month(m[1]), "", "", "")
	}
	if m := dotted.FindStringSubmatch(s); m != nil {
		return makeDate(m[3], m[2], m[1], m[4], m[5])
	}
	if m := slashed.FindStringSubmatch(s); m != nil {
		return slashedDate(m)
	}
	return ""
}

// slashedDate reads 25/12/2026 and 12/25/2026, but not 11/12/2026.
func slashedDate(m []string) string {
	a, _ := strconv.Atoi(m[1])
	b, _ := strconv.Atoi(m[2])
	switch {
	case a > 12 || a == b:
		return makeDate(m[3], m[2], m[1], m[4], m[5])
	case b > 12:
		return makeDate(m[3], m[1], m[2], m[4], m[5])
	}
	return ""
}

// makeDate returns a date of as many parts as there are, if it exists.
func makeDate(year, month, day, hour, minute string) string {
	pad := func(s string) string {
		if len(s) == 1 {
			return "0" + s
		}
		return s
	}
	s, layout := year+"-"+pad(month), "2006-01"
	if day != "" {
		s, layout = s+"-"+pad(day), "2006-01-02"
	}
	if day != "" && hour != "" {
		s, layout = s+"T"+pad(hour)+":"+minute, "2006-01-02T15:04"
	}
	t, err := time.Parse(layout, s)
	if err != nil {
		return ""
	}
	return formatTime(t, layout)
}

// month returns the number of a month's name, full or short; empty if it is
// none.
func month(name string) string {
	for i, names := range months {
		for n := range strings.FieldsSeq(names) {
			if name == n {
				return strconv.Itoa(i + 1)
			}
		}
	}
	return ""
}

// months are the names in English, German, French, Spanish, Italian,
// Portuguese, Dutch, Russian, Polish and Indonesian, in lowercase.
var months = [12]string{
	"january jan januar janvier janv enero ene gennaio gen janeiro januari января янв stycznia januari",
	"february feb februar février févr febrero febbraio fevereiro fev februari февраля фев lutego",
	"march mar märz mär mars marzo março maart mrt марта мар marca maret",
	"april apr avril avr abril abr aprile апреля апр kwietnia",
	"may mai mayo maggio mag maio mei мая maja",
	"june jun juni juin junio giugno giu junho июня июн czerwca",
	"july jul juli juillet juil julio luglio lug julho июля июл lipca",
	"august aug août agosto ago augustus августа авг sierpnia agustus",
	"september sep sept septembre septiembre settembre set setembro сентября сен września",
	"october oct oktober okt octobre octubre ottobre ott outubro out октября окт października",
	"november nov novembre noviembre novembro ноября ноя",
	"december dec dezember dez décembre déc diciembre dic dicembre dezembro december декабря дек grudnia desember",
}
