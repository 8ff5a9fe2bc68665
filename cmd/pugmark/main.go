// Pugmark is the desktop application: a window in which pages are captured, and a
// vault's captures are reviewed, exported and verified.
//
//	pugmark [--vault FOLDER] [--chrome PROGRAM] [--no-sandbox] [--lang LANGUAGE] [FILE]
//	pugmark --version
//
// The vault is the one that --vault or PUGMARK_VAULT names, else the one that
// was opened last, else the one in the user's data folder.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"pugmark/assets"
	"pugmark/evidence"
	"pugmark/ui"
)

// appID names the application to the system, and its preferences.
const appID = "org.pugmark.app"

func main() {
	c, err := parse(os.Args[1:], os.Getenv(evidence.VaultEnv))
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil:
		os.Exit(2)
	case c.version:
		fmt.Println(evidence.Tool)
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	a := app.NewWithID(appID)
	a.SetIcon(fyne.NewStaticResource("icon.png", assets.IconPNG))
	w := ui.New(ctx, a, fyne.Do, c.options)
	// A theme that is set earlier isn't wholly applied.
	a.Lifecycle().SetOnStarted(func() {
		a.Settings().SetTheme(ui.NewTheme())
		w.Receive(c.file)
		open(w, c.vault)
	})
	w.Show()
	a.Run()
}

// open opens the vault that was named, or else the one that is probably meant.
func open(w *ui.Window, named string) {
	if named == "" {
		named = w.LastVault()
	}
	if named != "" {
		w.Open(named)
		return
	}
	if dir, err := evidence.DefaultDir(); err == nil {
		w.OpenIfThere(dir)
	}
}
