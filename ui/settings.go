package ui

import (
	"encoding/json"

	"fyne.io/fyne/v2"
)

// Keys of the preferences, which hold nothing but the window's own state.
const (
	keyVault  = "vault"
	keyWindow = "window" // the JSON of a look
	keySpeech = "language"
)

// settings are what the window remembers.
type settings struct{ p fyne.Preferences }

func (s settings) vault() string           { return s.p.String(keyVault) }
func (s settings) language() string        { return s.p.String(keySpeech) }
func (s settings) setLanguage(code string) { s.p.SetString(keySpeech, code) }

func (s settings) setVault(dir string) { s.p.SetString(keyVault, dir) }

// look is how the window looks. It is one preference, since the toolkit writes
// them to disk at each change, but not those that follow within a moment before
// the end.
type look struct {
	Width  float32 `json:"width"`
	Height float32 `json:"height"`
	Lists  float64 `json:"lists"` // place of the split between cases and captures
	Panes  float64 `json:"panes"` // and of the one between captures and picture
	Tab    int     `json:"tab"`

	Library arrangement `json:"library"` // of the captures
}

// look returns how the window looked. By default it is for a small screen, with
// a fifth for the cases and somewhat less than half for the picture.
func (s settings) look() look {
	l := look{Width: 1280, Height: 800, Lists: 20.0 / 56, Panes: 0.56}
	if saved := l; json.Unmarshal([]byte(s.p.String(keyWindow)), &saved) == nil {
		l = saved
	}
	l.Width, l.Height = max(l.Width, 640), max(l.Height, 400)
	l.Lists, l.Panes = min(max(l.Lists, 0), 1), min(max(l.Panes, 0), 1)
	l.Tab = min(max(l.Tab, 0), len(tabNames)-1)
	return l
}

func (s settings) setLook(l look) error {
	b, err := json.Marshal(l)
	if err == nil {
		s.p.SetString(keyWindow, string(b))
	}
	return err
}
