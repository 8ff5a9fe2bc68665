package compare

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"pugmark/evidence"
)

// Difference is something that two captures have different values of; empty: none.
type Difference struct {
	Field string `json:"field"`
	A     string `json:"a"`
	B     string `json:"b"`
}

// differences collects fields that differ.
type differences []Difference

func (d *differences) add(field, a, b string) {
	if a != b {
		*d = append(*d, Difference{field, a, b})
	}
}

// responses compares what answered.
func responses(a, b *evidence.Manifest) []Difference {
	var d differences
	ta, tb := a.Target, b.Target
	d.add("address", ta.Requested, tb.Requested)
	d.add("final address", ta.Final, tb.Final)
	d.add("canonical address", ta.Canonical, tb.Canonical)
	d.add("redirects", redirectsText(ta.Redirects), redirectsText(tb.Redirects))
	d.add("status", number(ta.Status), number(tb.Status))
	d.add("title", ta.Title, tb.Title)
	d.add("language", ta.Language, tb.Language)
	d.add("media type", ta.MediaType, tb.MediaType)
	d.add("protocol", ta.Protocol, tb.Protocol)
	d.add("served by", ta.Remote, tb.Remote)
	d.add("certificate", certificateText(a.TLS), certificateText(b.TLS))
	d.add("certificate valid", validText(a.TLS), validText(b.TLS))
	d.add("verdict", string(a.Verdict), string(b.Verdict))
	d.add("problems", problemsText(a.Problems), problemsText(b.Problems))
	return d
}

// conditions compares with what the pages were captured.
func conditions(a, b *evidence.Manifest) []Difference {
	var d differences
	ea, eb := a.Environment, b.Environment
	d.add("viewport", sizeText(ea.Viewport), sizeText(eb.Viewport))
	d.add("pixel ratio", ratioText(ea.PixelRatio), ratioText(eb.PixelRatio))
	d.add("mobile", strconv.FormatBool(ea.Mobile), strconv.FormatBool(eb.Mobile))
	d.add("browser", ea.Browser, eb.Browser)
	d.add("user agent", ea.UserAgent, eb.UserAgent)
	d.add("system", ea.OS, eb.OS)
	d.add("locale", ea.Locale, eb.Locale)
	d.add("time zone", ea.Timezone, eb.Timezone)
	d.add("proxy", ea.Proxy, eb.Proxy)
	d.add("tool", ea.Tool, eb.Tool)
	return d
}

func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

func sizeText(s evidence.Size) string {
	if s == (evidence.Size{}) {
		return ""
	}
	return fmt.Sprintf("%d×%d", s.Width, s.Height)
}

func ratioText(r float64) string {
	if r == 0 {
		return ""
	}
	return strconv.FormatFloat(r, 'g', -1, 64)
}

// redirectsText writes a chain of redirects, as in "a → b (302) → c".
func redirectsText(all []evidence.Redirect) string {
	var b strings.Builder
	for i, r := range all {
		if i == 0 {
			b.WriteString(r.From)
		}
		b.WriteString(" → " + r.To)
		if r.Status != 0 {
			fmt.Fprintf(&b, " (%d)", r.Status)
		}
	}
	return b.String()
}

// certificateText tells a certificate from others.
func certificateText(t *evidence.TLS) string {
	if t == nil {
		return ""
	}
	text := fmt.Sprintf("%s, by %s, until %s", t.Subject, t.Issuer, t.NotAfter.UTC().Format("2006-01-02"))
	if len(t.Chain) > 0 {
		text += ", SHA-256 " + t.Chain[0].String()
	}
	return text
}

func validText(t *evidence.TLS) string {
	switch {
	case t == nil:
		return ""
	case t.Valid:
		return "yes"
	}
	return "no: " + t.Error
}

func problemsText(all []evidence.Problem) string {
	var codes []string
	for _, p := range all {
		if !slices.Contains(codes, p.Code) {
			codes = append(codes, p.Code)
		}
	}
	return strings.Join(codes, ", ")
}
