package ui

import "testing"

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 pages", 1: "1 page", 2: "2 pages", 1234567: "1,234,567 pages"} {
		if got := count(n, "page"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
