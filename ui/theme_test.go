package ui

import (
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// over returns a colour laid over an opaque one.
func over(c, under color.Color) color.NRGBA {
	a, b := color.NRGBAModel.Convert(c).(color.NRGBA), color.NRGBAModel.Convert(under).(color.NRGBA)
	mix := func(x, y byte) byte { return byte((int(x)*int(a.A) + int(y)*(255-int(a.A)) + 127) / 255) }
	return color.NRGBA{mix(a.R, b.R), mix(a.G, b.G), mix(a.B, b.B), 0xff}
}

// luminance is the relative luminance of WCAG 2.1.
func luminance(c color.NRGBA) float64 {
	linear := func(v byte) float64 {
		s := float64(v) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(c.R) + 0.7152*linear(c.G) + 0.0722*linear(c.B)
}

// contrast is the contrast ratio of WCAG 2.1.
func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

func TestContrastItself(t *testing.T) {
	for _, tt := range []struct {
		a, b uint32
		want float64
	}{{0x000000, 0xFFFFFF, 21}, {0x777777, 0xFFFFFF, 4.478}, {0x123456, 0x123456, 1}} {
		if got := contrast(hex(tt.a), hex(tt.b)); math.Abs(got-tt.want) > 0.001 {
			t.Errorf("%06x on %06x: got %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

// onSurface are the colours of texts and signs that lie on any surface.
var onSurface = []fyne.ThemeColorName{
	theme.ColorNameForeground, theme.ColorNameDisabled, theme.ColorNamePlaceHolder, theme.ColorNamePrimary,
	theme.ColorNameHyperlink, theme.ColorNameError, theme.ColorNameSuccess, theme.ColorNameWarning,
}

// surfaces are what texts lie on.
var surfaces = []fyne.ThemeColorName{
	theme.ColorNameBackground, theme.ColorNameInputBackground, theme.ColorNameHeaderBackground,
	theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground, theme.ColorNameSelection,
}

func TestContrast(t *testing.T) {
	test.NewTempApp(t)
	th := NewTheme()
	for name, variant := range map[string]fyne.ThemeVariant{"light": theme.VariantLight, "dark": theme.VariantDark} {
		background := over(th.Color(theme.ColorNameBackground, variant), color.Black)
		colour := func(n fyne.ThemeColorName) color.NRGBA { return over(th.Color(n, variant), background) }
		want := func(ratio float64, a, b color.NRGBA, what ...fyne.ThemeColorName) {
			t.Helper()
			if got := contrast(a, b); got < ratio {
				t.Errorf("%s, %v: got contrast %.2f, want %.1f", name, what, got, ratio)
			}
		}
		for _, s := range surfaces {
			for _, c := range onSurface {
				want(4.5, colour(c), colour(s), c, s)
			}
			hover := over(th.Color(theme.ColorNameHover, variant), colour(s))
			want(4.5, colour(theme.ColorNameForeground), hover, theme.ColorNameForeground, theme.ColorNameHover, s)
		}
		for on, under := range map[fyne.ThemeColorName]fyne.ThemeColorName{
			theme.ColorNameForegroundOnPrimary: theme.ColorNamePrimary, theme.ColorNameForegroundOnError: theme.ColorNameError,
			theme.ColorNameForegroundOnSuccess: theme.ColorNameSuccess, theme.ColorNameForegroundOnWarning: theme.ColorNameWarning,
			theme.ColorNameForeground: theme.ColorNameButton, theme.ColorNameDisabled: theme.ColorNameDisabledButton,
		} {
			want(4.5, colour(on), colour(under), on, under)
		}
		// What isn't text needs 3:1 (1.4.11).
		for _, c := range []fyne.ThemeColorName{theme.ColorNameInputBorder, theme.ColorNameScrollBar} {
			want(3, colour(c), background, c)
		}
	}
}

// TestUnderscore draws underscores, which a font may have below its lines.
func TestUnderscore(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewTheme())
	for _, style := range []fyne.TextStyle{{}, {Bold: true}, {Monospace: true}} {
		for _, name := range []fyne.ThemeSizeName{theme.SizeNameText, theme.SizeNameCaptionText} {
			for _, scale := range []float32{1, 1.1, 1.25, 1.5, 2, 3} {
				text := canvas.NewText("________", color.Black)
				text.TextSize, text.TextStyle = theme.Size(name), style
				win := test.NewTempWindow(t, container.NewStack(canvas.NewRectangle(color.White), text))
				c := win.Canvas().(test.WindowlessCanvas)
				c.SetScale(scale)
				c.Resize(text.MinSize().AddWidthHeight(40, 40))
				if got := ink(c, int(30*scale)); got < 100 {
					t.Errorf("style %+v, size %v, scale %v: got ink %d, want 100", style, text.TextSize, scale, got)
				}
			}
		}
	}
}

// ink returns how much black a column of a canvas has, apart from the frame. A
// pixel may have 255.
func ink(c fyne.Canvas, x int) (sum int) {
	img := c.Capture()
	for y := img.Bounds().Min.Y + 12; y < img.Bounds().Max.Y-12; y++ {
		r, _, _, _ := img.At(x, y).RGBA()
		sum += 255 - int(r>>8)
	}
	return sum
}
