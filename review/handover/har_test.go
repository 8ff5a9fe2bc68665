package handover

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"pugmark/evidence/canon"
)

func harOf(t *testing.T, q Request) (string, *Result) {
	t.Helper()
	q.Format, q.Case = HAR, sampleCase(t)
	q.Captures = q.Case.Captures[:1]
	return written(t, q)
}

// TestHAR reads what is written with the format's own names.
func TestHAR(t *testing.T) {
	text, r := harOf(t, Request{})
	var h struct {
		Log struct {
			Entries []struct {
				Time    float64
				Request struct {
					Method, URL, HTTPVersion string
					PostData                 *struct{ Text string }
				}
				Response struct {
					Status      int
					RedirectURL string
					Headers     []struct{ Name, Value string }
					Content     struct {
						Size           int
						Text, Encoding string
						SHA256         string `json:"_sha256"`
					}
				}
				Server string `json:"serverIPAddress"`
				Error  string `json:"_error"`
			}
		}
	}
	check(t, json.Unmarshal([]byte(text), &h))
	var got []string
	for _, e := range h.Log.Entries {
		c := e.Response.Content
		line := fmt.Sprintf("%s %s %s %d %s %d %q %s %s %s", e.Request.Method, e.Request.URL, e.Request.HTTPVersion, e.Response.Status, e.Response.RedirectURL, c.Size, c.Text, c.Encoding, e.Server, e.Error)
		got = append(got, line)
	}
	want := []string{
		`GET https://market.example/ h2 301 /l/7 0 ""  192.0.2.7 `,
		`GET https://market.example/l/7?a=1&b=%E8%B1%A1 h2 200  21 "<title>象牙</title>"  192.0.2.7 `,
		`GET https://market.example/1.jpg h2 200  9 "/9hwaWN0dXJl" base64 192.0.2.7 `,
		`POST https://market.example/log h2 204  0 ""  192.0.2.7 `,
		`GET https://market.example/blocked.js h2 0  0 ""  192.0.2.7 net::ERR_BLOCKED_BY_CLIENT`,
		`GET http://market.example/old HTTP/1.1 200  4 "Y2Fm6Q==" base64 2001:db8::7 `,
	}
	if g, w := strings.Join(got, "\n"), strings.Join(want, "\n"); g != w {
		t.Errorf("got\n%s\nwant\n%s", g, w)
	}
	document := h.Log.Entries[1]
	if sum := canon.Sum([]byte("<title>象牙</title>")).String(); document.Response.Content.SHA256 != sum {
		t.Errorf("got digest %s, want %s", document.Response.Content.SHA256, sum)
	}
	if document.Time != 40.5 || h.Log.Entries[3].Request.PostData.Text != `{"seen":7}` {
		t.Errorf("got %+v", document)
	}
	// The fields are those that were received, not those that the archive needed.
	for i, want := range []string{"set-cookie", "content-encoding: br", "content-length: 9", "content-type: text/html"} {
		if f := document.Response.Headers[i]; f.Name+": "+f.Value != want && f.Name != want {
			t.Errorf("got field %v, want %s", f, want)
		}
	}
	if r.Requests != 6 || r.LeftOut != 0 || r.Hidden != 14 {
		t.Errorf("got %+v", r)
	}
}

// TestHARSecrets looks for what lets others act in the session.
func TestHARSecrets(t *testing.T) {
	hidden, _ := harOf(t, Request{})
	if strings.Contains(hidden, "secret1") || strings.Contains(hidden, "secret2") || strings.Contains(hidden, "secret3") || strings.Contains(hidden, "secret4") {
		t.Errorf("got a secret in\n%s", hidden)
	}
	open, r := harOf(t, Request{Cookies: true})
	wantPart(t, open, `"cookies":[{"name":"session","value":"secret1"},{"name":"b","value":"2"}]`, `"value":"Bearer secret2"`,
		`"cookies":[{"name":"session","value":"secret3","path":"/","httpOnly":true,"secure":true}]`, `{"name":"c","value":"secret4"}`)
	if r.Hidden != 0 {
		t.Errorf("got %+v", r)
	}
}

// TestHARLimit leaves out what is too large.
func TestHARLimit(t *testing.T) {
	text, r := harOf(t, Request{MaxBody: 9})
	wantPart(t, text, `"size":21,"mimeType":"text/html","comment":"left out: 21 bytes are too large"`, `"text":"","comment":"left out: 10 bytes are too large"`, "/9hwaWN0dXJl")
	if r.LeftOut != 2 {
		t.Errorf("got %+v", r)
	}
}
