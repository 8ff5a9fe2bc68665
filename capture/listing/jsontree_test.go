package listing

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// plainJSON returns a value as encoding/json has it: of members that come twice
// the last.
func plainJSON(n *jsonNode) any {
	switch n.kind {
	case '{':
		m := map[string]any{}
		for i, key := range n.keys {
			m[key] = plainJSON(n.nodes[i])
		}
		return m
	case '[':
		a := []any{}
		for _, v := range n.nodes {
			a = append(a, plainJSON(v))
		}
		return a
	case '"':
		return n.text
	}
	d := json.NewDecoder(strings.NewReader(n.text))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		panic(err)
	}
	return v
}

func TestJSONRepairs(t *testing.T) {
	for _, tt := range []struct{ text, want, repairs string }{
		{`{"a":[1,-2.5e3,true,null,"x\u00e9\n"]}`, `{"a":[1,-2.5e3,true,null,"xé\n"]}`, ""},
		{`{"a":1,}`, `{"a":1}`, "trailing commas"},
		{`[1,,2]`, `[1,2]`, "commas without a value"},
		{`[,1]`, `[1]`, "commas without a value"},
		{"{\"a\": \"x\ny\"}", `{"a":"x\ny"}`, "control characters in strings"},
		{`{"a":"it\'s"}`, `{"a":"it's"}`, "unknown escapes"},
		{`{"a":1} // b`, `{"a":1}`, "comments"},
		{`/* b */ {"a":"http://x"}`, `{"a":"http://x"}`, "comments"},
		{`<!-- {"a":1} -->`, `{"a":1}`, "comments"},
		{`//<![CDATA[` + "\n" + `{"a":1} //]]>`, `{"a":1}`, "comments"},
		{`{"a":1};`, `{"a":1}`, "separators between values"},
		{`{&quot;a&quot;:&quot;b &amp; c&quot;}`, `{"a":"b & c"}`, "HTML entities"},
		{`{"a":"b &amp; c"}`, `{"a":"b &amp; c"}`, ""},
		{"\ufeff{}", `{}`, "comments"},
		{`{"a":1,"a":2}`, `{"a":2}`, ""},
	} {
		values, repairs, err := readJSON(tt.text)
		if err != nil || len(values) != 1 {
			t.Errorf("%s: got %d values, %v", tt.text, len(values), err)
			continue
		}
		if got, want := plainJSON(values[0]), plainJSON(mustRead(t, tt.want)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", tt.text, got, want)
		}
		if got := strings.Join(repairs, ", "); got != tt.repairs {
			t.Errorf("%s: got repairs %q, want %q", tt.text, got, tt.repairs)
		}
	}
}

func mustRead(t *testing.T, text string) *jsonNode {
	t.Helper()
	values, _, err := readJSON(text)
	if err != nil || len(values) != 1 {
		t.Fatalf("%s: got %d values, %v", text, len(values), err)
	}
	return values[0]
}

func TestJSONKeepsBothOfTwo(t *testing.T) {
	n := mustRead(t, `{"price":"5","price":"50"}`)
	if len(n.nodes) != 2 || n.nodes[0].text != "5" || n.nodes[1].text != "50" {
		t.Errorf("got %d members, want the two in order", len(n.nodes))
	}
}

func TestJSONRefused(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{`{"a":1 "b":2}`, `got '"' at byte 7, want a comma or '}'`},
		{`{a:1}`, `got 'a' at byte 1, want a name in quotation marks`},
		{`{"a":`, `got the end at byte 5, want a value`},
		{`{"a" 1}`, `got '1' at byte 5, want a colon`},
		{`["x`, `got '"' at byte 1, want a string that ends`},
		{`[1 /* x`, `comment without end`},
		{`function() {}`, `got 'f' at byte 0, want a value`},
		{`{"a":undefined}`, `got 'u' at byte 5, want a value`},
		{strings.Repeat("[", 100), `more than 50000 values, or 64 levels`},
		{"[" + strings.Repeat("1,", 60_000) + "1]", `more than 50000 values, or 64 levels`},
	} {
		_, _, err := readJSON(tt.text)
		if got := errText(err); got != tt.want {
			t.Errorf("%.40s: got error %q, want %q", tt.text, got, tt.want)
		}
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// FuzzJSON holds the reader against encoding/json: what that reads is read the
// same, and without a repair.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":"c"}]}`, `[1,]`, `{"a":"\ud83d\ude00\x"}`, "<!--{}-->", `{"a":"&quot;"}`, `"\`, `-`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		values, repairs, err := readJSON(s)
		d := json.NewDecoder(strings.NewReader(s))
		d.UseNumber()
		var want any
		if !json.Valid([]byte(s)) || d.Decode(&want) != nil {
			if err == nil && len(values) > 0 && len(repairs) == 0 {
				t.Errorf("%q: got no repair of what isn't JSON", s)
			}
			return
		}
		if err != nil {
			if !strings.HasPrefix(err.Error(), "more than") {
				t.Errorf("%q: got %v", s, err)
			}
			return
		}
		if len(values) != 1 || len(repairs) != 0 || !reflect.DeepEqual(plainJSON(values[0]), want) {
			t.Errorf("%q: got %d values, repairs %v, want %v", s, len(values), repairs, want)
		}
	})
}

// FuzzParse checks that a listing has one encoding.
func FuzzParse(f *testing.F) {
	l, err := Extract(f.Context(), Page{Address: "https://example.org/1", Document: strings.NewReader("<title>Ivory</title><p>Price: 1,200 USD")})
	if err != nil {
		f.Fatal(err)
	}
	b, err := l.Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"format":"pugmark-listing","version":9}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := Parse(b)
		if err != nil {
			return
		}
		if again, err := l.Marshal(); err != nil || !bytes.Equal(again, b) {
			t.Errorf("got %q, %v, want %q", again, err, b)
		}
	})
}
