package report

import (
	"bytes"
	"errors"
	"image/color"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"pugmark/evidence"
	"pugmark/review"
)

// TestCuts makes sure that each row of a picture is in a part, that parts overlap, and
// that each fits on a sheet.
func TestCuts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := layoutOf(rapid.IntRange(1, 5000).Draw(t, "width"), rapid.IntRange(1, 300_000).Draw(t, "height"), rapid.SampledFrom([]float64{0, 1, 2, 3}).Draw(t, "ratio"))
		cuts, left := l.cuts()
		next := 0
		for i, c := range cuts {
			if c.N != i+1 || c.From > next || c.To <= next || i > 0 && cuts[i-1].To-c.From != l.Overlap && l.Rows > 1 {
				t.Fatalf("part %d: got rows %d to %d after %d of %+v", i, c.From, c.To, next, l)
			}
			if h := float64(c.To-c.From) * l.Scale; h > sheetHeight+0.01 {
				t.Fatalf("got a part of %f mm", h)
			}
			next = c.To
		}
		if next+left != l.Height || left > 0 && len(cuts) != maxCuts {
			t.Fatalf("got %d rows and %d left of %d", next, left, l.Height)
		}
		if w := float64(l.Columns)*(float64(l.Width)*l.Scale+sheetGap) - sheetGap; w > sheetWidth+0.02 && l.Columns > 1 {
			t.Fatalf("got %d columns, %f mm", l.Columns, w)
		}
	})
}

// cutFirst cuts the picture of the case's first capture into a folder.
func cutFirst(t *testing.T, v *evidence.Vault, dir string) (*pictures, *review.Capture, error) {
	t.Helper()
	x := readCase(t, review.OfVault(v)).Captures[0]
	m, err := x.Manifest()
	check(t, err)
	it, ok := m.Find(evidence.KindPage)
	if !ok {
		t.Fatal("no picture")
	}
	p, err := layPicture(x, it, 1, "p0")
	check(t, err)
	return p, x, p.write(t.Context(), x, dir)
}

// TestCutPicture looks for rows where they should be in the parts.
func TestCutPicture(t *testing.T) {
	dir := t.TempDir()
	p, _, err := cutFirst(t, newVault(t, page{title: "x", address: "https://example.org/", width: 640, height: 5000}), dir)
	check(t, err)
	if len(p.Cuts) < 2 {
		t.Fatalf("got %d parts", len(p.Cuts))
	}
	for _, c := range p.Cuts {
		m := decode(t, filepath.Join(dir, c.File))
		if got := m.Bounds().Dy(); got != c.To-c.From {
			t.Errorf("part %d: got %d rows, want %d", c.N, got, c.To-c.From)
		}
		for _, y := range []int{c.From + 8, c.To - 8} {
			want, got := rowColor(y), color.RGBAModel.Convert(m.At(100, y-c.From)).(color.RGBA)
			if abs(int(got.R)-int(want[0])) > 6 || abs(int(got.G)-int(want[1])) > 6 {
				t.Errorf("row %d: got %v, want %v", y, got, want)
			}
		}
	}
	if m := decode(t, filepath.Join(dir, p.Overview)); m.Bounds().Dy() != overviewPixels || m.Bounds().Dx() != 640*overviewPixels/5000 {
		t.Errorf("got an overview of %v", m.Bounds())
	}
}

func abs(n int) int { return max(n, -n) }

// TestCutAltered cuts a picture that isn't the one that was sealed.
func TestCutAltered(t *testing.T) {
	v := newVault(t, page{title: "x", address: "https://example.org/", width: 64, height: 50})
	x := readCase(t, review.OfVault(v)).Captures[0]
	path := filepath.Join(x.Dir, "page.png")
	var other bytes.Buffer
	check(t, page{width: 64, height: 51}.picture(&other))
	check(t, os.Chmod(path, 0o600))
	check(t, os.WriteFile(path, other.Bytes(), 0o600))
	_, _, err := cutFirst(t, v, t.TempDir())
	var bad *errPicture
	if !errors.As(err, &bad) {
		t.Errorf("got %v, want an error of the picture", err)
	}
}
