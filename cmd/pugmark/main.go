// Pugmark is the desktop application: a window in which pages are captured, and a
// vault's captures are reviewed, exported and verified.
//
//	pugmark [--vault DIR] [--chrome PROGRAM] [--no-sandbox]
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
	named, options, err := parse(os.Args[1:], os.Getenv(evidence.VaultEnv))
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil:
		os.Exit(2)
	}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	a := app.NewWithID(appID)
	a.SetIcon(fyne.NewStaticResource("icon.png", assets.IconPNG))
	w := ui.New(ctx, a, fyne.Do, options)
	// A theme that is set earlier isn't wholly applied.
	a.Lifecycle().SetOnStarted(func() {
		a.Settings().SetTheme(ui.NewTheme())
		open(w, named)
	})
	w.Show()
	a.Run()
}

// parse returns the folder that was named on the command line, else by the
// environment, and how the window works. The error was told already.
func parse(args []string, env string) (dir string, o ui.Options, err error) {
	flags := flag.NewFlagSet("pugmark", flag.ContinueOnError)
	flags.StringVar(&dir, "vault", env, "`folder` of the vault to open; by default that of "+evidence.VaultEnv+
		",\nelse the one that was opened last, else the one in your data folder")
	flags.StringVar(&o.Browser.Path, "chrome", "", "the `program` Chromium or Chrome; else it is searched for")
	flags.BoolVar(&o.Browser.NoSandbox, "no-sandbox", false, "run Chromium without its sandbox, as root in a container must; recorded")
	if err := flags.Parse(args); err != nil {
		return "", o, err
	}
	if flags.NArg() > 0 {
		err := fmt.Errorf("got argument %q, want only flags", flags.Arg(0))
		fmt.Fprintln(os.Stderr, "pugmark:", err)
		return "", o, err
	}
	return dir, o, nil
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
