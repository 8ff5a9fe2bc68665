package strip

import (
	"bytes"
	"io"
	"testing"
)

func TestEncoder(t *testing.T) {
	for _, size := range []struct{ width, height int }{{1, 1}, {1, 300}, {MaxWidth, 1}, {333, 777}} {
		want := newPicture(size.width, size.height, 6)
		var out bytes.Buffer
		e, err := NewEncoder(&out, size.width, size.height)
		if err != nil {
			t.Fatal(err)
		}
		for y := range want.height {
			if err := e.WriteRow(want.rows(y, y+1).pix); err != nil {
				t.Fatal(err)
			}
		}
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		sameAs(t, decode(t, out.Bytes()), want)
	}
}

func TestEncoderRefused(t *testing.T) {
	if _, err := NewEncoder(io.Discard, 0, 1); err == nil || err.Error() != "got 0×1 pixels, want 1×1 to 32768×1048576" {
		t.Errorf("no width: got error %v", err)
	}
	e, err := NewEncoder(io.Discard, 2, 1)
	if err != nil {
		t.Fatal(err)
	}
	row := make([]byte, 6)
	for _, step := range []struct {
		name, want string
		do         func() error
	}{
		{"short row", "writing row 0: got 5 bytes, want 6", func() error { return e.WriteRow(row[:5]) }},
		{"no rows", "ending PNG file: got 0 rows, want 1", e.Close},
		{"row", "", func() error { return e.WriteRow(row) }},
		{"row too many", "writing row 1: the picture has 1", func() error { return e.WriteRow(row) }},
	} {
		got := ""
		if err := step.do(); err != nil {
			got = err.Error()
		}
		if got != step.want {
			t.Errorf("%s: got error %q, want %q", step.name, got, step.want)
		}
	}
}

// TestFilterChoice wants the filter that leaves least of the row.
func TestFilterChoice(t *testing.T) {
	const width = 64
	busy := func(x int) byte { return byte(x * 91) }
	flat := func(level byte) func(int) byte { return func(int) byte { return level } }
	split := func(level byte) func(int) byte {
		return func(x int) byte {
			if x < width/2 {
				return busy(x)
			}
			return level
		}
	}
	for _, test := range []struct {
		name       string
		above, row func(x int) byte
		want       byte
	}{
		{"same as above", busy, busy, filterUp},
		{"flat below busy", busy, flat(200), filterSub},
		{"half busy as above, half flat", split(50), split(200), filterPaeth},
	} {
		c := newChooser(width)
		row := make([]byte, width*rgb)
		for i := range row {
			c.above[i], row[i] = test.above(i/rgb), test.row(i/rgb)
		}
		if got := c.line(row)[0]; got != test.want {
			t.Errorf("%s: got filter %d, want %d", test.name, got, test.want)
		}
	}
}
