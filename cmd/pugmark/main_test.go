package main

import (
	"errors"
	"flag"
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
		if got, _, err := parse(tt.args, tt.env); got != tt.want || err != nil {
			t.Errorf("%q, %q: got %q, %v; want %q", tt.args, tt.env, got, err, tt.want)
		}
	}
	for _, args := range [][]string{{"vault"}, {"--what"}, {"--vault"}} {
		if dir, _, err := parse(args, ""); err == nil {
			t.Errorf("%q: got %q", args, dir)
		}
	}
	if _, _, err := parse([]string{"-h"}, ""); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("got error %v, want help", err)
	}
}
