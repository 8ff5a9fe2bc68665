package canon

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

type record struct {
	Name  string         `json:"name"`
	Count int64          `json:"count,omitzero"`
	Sum   Digest         `json:"sum,omitzero"`
	More  map[string]any `json:"more,omitempty"`
}

func TestMarshal(t *testing.T) {
	for _, test := range []struct {
		in   any
		want string
	}{
		{record{Name: "象牙", Count: 7}, `{"count":7,"name":"象牙"}`},
		{map[string]any{"b": 1, "a": []any{nil, true, "\u2028<&>\n"}}, `{"a":[null,true,"` + "\u2028" + `<&>\n"],"b":1}`},
		// RFC 8785, section 3.2.2.3 and appendix B.
		{[]float64{333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001}, `[333333333.3333333,1e+30,4.5,0.002,1e-27]`},
		// RFC 8785, section 3.2.3: members are sorted by UTF-16 code units.
		{map[string]any{"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7},
			"{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,\"\U0001f600\":5,\"\ufb33\":3}"},
	} {
		got, err := Marshal(test.in)
		if err != nil || string(got) != test.want {
			t.Errorf("got %s, %v, want %s", got, err, test.want)
		}
	}
}

func TestUnmarshalRefuses(t *testing.T) {
	const good = `{"count":7,"name":"a"}`
	if err := Unmarshal([]byte(good), new(record)); err != nil {
		t.Fatalf("%s: %v", good, err)
	}
	for _, bad := range []string{
		`{"name":"a","count":7}`, `{"count":7, "name":"a"}`, good + "\n", `{"count":7,"name":"\u0061"}`,
		`{"count":0,"name":"a"}`,
	} {
		if err := Unmarshal([]byte(bad), new(record)); !errors.Is(err, ErrNotCanonical) {
			t.Errorf("%s: got %v, want %v", bad, err, ErrNotCanonical)
		}
	}
	for _, bad := range []string{
		``, `{}x`, `{"count":7,"name":"a","name":"a"}`, `{"count":7,"name":"a","other":1}`, `{"count":7,"name":"` + "\xff" + `"}`,
		`{"count":"7","name":"a"}`, `{"count":7.0,"name":"a"}`, `{"name":"a","sum":"AB"}`, strings.Repeat("[", 20_000), strings.Repeat(" ", MaxSize+1),
	} {
		if err := Unmarshal([]byte(bad), new(record)); err == nil {
			t.Errorf("%.40s: got no error", bad)
		}
	}
}

func TestDigest(t *testing.T) {
	const text = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" // FIPS 180-4, "abc"
	d, n, err := SumReader(strings.NewReader("abc"))
	if err != nil || n != 3 || d.String() != text || d != Sum([]byte("abc")) {
		t.Errorf("got %s of %d bytes, %v, want %s", d, n, err, text)
	}
	if got, err := ParseDigest(text); err != nil || got != d || got.IsZero() {
		t.Errorf("got %s, %v", got, err)
	}
	for _, bad := range []string{"", text[1:], text + "0", strings.ToUpper(text), "g" + text[1:]} {
		if _, err := ParseDigest(bad); err == nil {
			t.Errorf("%q: got no error", bad)
		}
	}
}

// FuzzUnmarshal checks that what is accepted has exactly one encoding.
func FuzzUnmarshal(f *testing.F) {
	f.Add([]byte(`{"count":7,"name":"a","sum":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}`))
	f.Add([]byte(`{"more":{"a":[1e+30,"\n"]},"name":""}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		var r record
		if Unmarshal(b, &r) != nil {
			return
		}
		again, err := Marshal(r)
		if err != nil || !bytes.Equal(b, again) {
			t.Errorf("accepted %q, which is written as %q, %v", b, again, err)
		}
	})
}
