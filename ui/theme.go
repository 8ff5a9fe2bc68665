package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// Theme is the look of the window: quiet, so that the evidence stands out, and
// with text that has a contrast of at least 4.5:1 (WCAG 2.1, 1.4.3), also where
// it is less important.
type Theme struct{ fyne.Theme }

// NewTheme returns the theme. Icons are those of the toolkit.
func NewTheme() Theme { return Theme{theme.DefaultTheme()} }

// Font returns the program's own font for a style.
func (t Theme) Font(style fyne.TextStyle) fyne.Resource {
	if style.Symbol {
		return t.Theme.Font(style)
	}
	return faceOf(style)
}

// Color returns a colour of the light or the dark palette.
func (t Theme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	palette := light
	if variant == theme.VariantDark {
		palette = dark
	}
	if c, ok := palette[name]; ok {
		return c
	}
	return t.Theme.Color(name, variant)
}

// Size returns a size.
func (t Theme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case theme.SizeNameText:
		return 14
	case theme.SizeNameCaptionText:
		return 12
	case theme.SizeNameSubHeadingText:
		return 17
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return 4
	}
	return t.Theme.Size(name)
}

type palette map[fyne.ThemeColorName]color.NRGBA

// hex returns an opaque colour.
func hex(rgb uint32) color.NRGBA {
	return color.NRGBA{R: byte(rgb >> 16), G: byte(rgb >> 8), B: byte(rgb), A: 0xff}
}

// veil returns a colour that is laid over another.
func veil(rgb uint32, alpha byte) color.NRGBA {
	c := hex(rgb)
	c.A = alpha
	return c
}

var light = palette{
	theme.ColorNameBackground:          hex(0xF7F7F5),
	theme.ColorNameForeground:          hex(0x1F2328),
	theme.ColorNameDisabled:            hex(0x5B626A),
	theme.ColorNamePlaceHolder:         hex(0x5B626A),
	theme.ColorNamePrimary:             hex(0x1F5F85),
	theme.ColorNameForegroundOnPrimary: hex(0xFFFFFF),
	theme.ColorNameHyperlink:           hex(0x1F5F85),
	theme.ColorNameError:               hex(0xA8231B),
	theme.ColorNameForegroundOnError:   hex(0xFFFFFF),
	theme.ColorNameSuccess:             hex(0x1D6A3C),
	theme.ColorNameForegroundOnSuccess: hex(0xFFFFFF),
	theme.ColorNameWarning:             hex(0x825300),
	theme.ColorNameForegroundOnWarning: hex(0xFFFFFF),
	theme.ColorNameButton:              hex(0xE9E9E5),
	theme.ColorNameDisabledButton:      hex(0xEFEFEC),
	theme.ColorNameInputBackground:     hex(0xFFFFFF),
	theme.ColorNameInputBorder:         hex(0x868C92),
	theme.ColorNameHeaderBackground:    hex(0xEEEEEA),
	theme.ColorNameMenuBackground:      hex(0xFFFFFF),
	theme.ColorNameOverlayBackground:   hex(0xFFFFFF),
	theme.ColorNameSelection:           hex(0xCFE1EC),
	theme.ColorNameSeparator:           hex(0xDCDCD7),
	theme.ColorNameScrollBar:           hex(0x8A9097),
	theme.ColorNameScrollBarBackground: hex(0xE4E4E0),
	theme.ColorNameFocus:               veil(0x1F5F85, 0x33),
	theme.ColorNameHover:               veil(0x000000, 0x0D),
	theme.ColorNamePressed:             veil(0x000000, 0x1A),
	theme.ColorNameShadow:              veil(0x000000, 0x1A),
}

var dark = palette{
	theme.ColorNameBackground:          hex(0x1C1E20),
	theme.ColorNameForeground:          hex(0xE8E8E4),
	theme.ColorNameDisabled:            hex(0xA6ABB0),
	theme.ColorNamePlaceHolder:         hex(0xA6ABB0),
	theme.ColorNamePrimary:             hex(0x86BBDD),
	theme.ColorNameForegroundOnPrimary: hex(0x0F1F2A),
	theme.ColorNameHyperlink:           hex(0x86BBDD),
	theme.ColorNameError:               hex(0xF09A92),
	theme.ColorNameForegroundOnError:   hex(0x2C0907),
	theme.ColorNameSuccess:             hex(0x85CC9C),
	theme.ColorNameForegroundOnSuccess: hex(0x0A2413),
	theme.ColorNameWarning:             hex(0xE3B865),
	theme.ColorNameForegroundOnWarning: hex(0x2B1D00),
	theme.ColorNameButton:              hex(0x303438),
	theme.ColorNameDisabledButton:      hex(0x292C2F),
	theme.ColorNameInputBackground:     hex(0x25282B),
	theme.ColorNameInputBorder:         hex(0x767C82),
	theme.ColorNameHeaderBackground:    hex(0x24272A),
	theme.ColorNameMenuBackground:      hex(0x292C2F),
	theme.ColorNameOverlayBackground:   hex(0x24272A),
	theme.ColorNameSelection:           hex(0x28404F),
	theme.ColorNameSeparator:           hex(0x35393D),
	theme.ColorNameScrollBar:           hex(0x868C92),
	theme.ColorNameScrollBarBackground: hex(0x2B2E31),
	theme.ColorNameFocus:               veil(0x86BBDD, 0x40),
	theme.ColorNameHover:               veil(0xFFFFFF, 0x10),
	theme.ColorNamePressed:             veil(0xFFFFFF, 0x26),
	theme.ColorNameShadow:              veil(0x000000, 0x55),
}
