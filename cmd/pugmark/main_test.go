package main

import (
	"errors"
	"flag"
	"path/filepath"
	"runtime"
	"testing"
)

func TestParse(t *testing.T) {
	for _, tt := range []struct {
		args []string
		env  string
		want string
	}{
		{nil, "", ""},
		{nil, "/env", "/env"},
		{[]string{"--vault", "/flag"}, "/env", "/flag"},
		{[]string{"-vault=/flag"}, "", "/flag"},
	} {
		if got, err := parse(tt.args, tt.env); got != tt.want || err != nil {
			t.Errorf("%q, %q: got %q, %v; want %q", tt.args, tt.env, got, err, tt.want)
		}
	}
	for _, args := range [][]string{{"vault"}, {"--what"}, {"--vault"}} {
		if dir, err := parse(args, ""); err == nil {
			t.Errorf("%q: got %q", args, dir)
		}
	}
	if _, err := parse([]string{"-h"}, ""); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("got error %v, want help", err)
	}
}

func TestDataDir(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("LocalAppData", home)
	t.Setenv("XDG_DATA_HOME", "relative")
	want := filepath.Join(home, ".local", "share", "pugmark")
	switch runtime.GOOS {
	case "windows":
		want = filepath.Join(home, "Pugmark")
	case "darwin":
		want = filepath.Join(home, "Library", "Application Support", "Pugmark")
	}
	if got, err := dataDir(); got != want || err != nil {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if runtime.GOOS != "linux" {
		return
	}
	t.Setenv("XDG_DATA_HOME", "/data")
	if got, err := dataDir(); got != "/data/pugmark" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}
