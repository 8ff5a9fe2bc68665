package listing

import "testing"

func TestTimes(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"2026-11-12T21:05:00+08:00", "2026-11-12T13:05:00Z"},
		{"2026-11-12T21:05:00.123Z", "2026-11-12T21:05:00.123Z"},
		{"2026-11-12T21:05:00+0800", "2026-11-12T13:05:00Z"},
		{"2026-11-12 21:05:00", "2026-11-12T21:05:00"},
		{"2026-11-12", "2026-11-12"},
		{"2019-03", "2019-03"},
		{"2019", "2019"},
		{"Thu, 12 Nov 2026 21:05:00 GMT", "2026-11-12T21:05:00Z"},
		{"2026年11月3日 21:05", "2026-11-03T21:05"},
		{"2026年11月3日", "2026-11-03"},
		{"2026년 11월 3일", "2026-11-03"},
		{"２０２６年１１月", "2026-11"},
		{"12 November 2026, 21:05", "2026-11-12T21:05"},
		{"12. November 2026", "2026-11-12"},
		{"12 de noviembre de 2026", "2026-11-12"},
		{"le 3 août 2026 à 9h05", "2026-08-03T09:05"},
		{"14 марта 2019", "2019-03-14"},
		{"Nov 12, 2026", "2026-11-12"},
		{"March 2019", "2019-03"},
		{"03.11.2026", "2026-11-03"},
		{"25/12/2026", "2026-12-25"},
		{"12/25/2026", "2026-12-25"},
		{"11/12/2026", ""}, // of November or of December
		{"11/11/2026", "2026-11-11"},
		{"2026/11/12 08:00", "2026-11-12T08:00"},
		{"31.02.2026", ""},
		{"3 days ago", ""},
		{"gestern, 14:05", ""},
		{"12 Foo 2026", ""},
		{"4711", ""},
		{"1026-11-12", ""},
		{"", ""},
	} {
		if got := parseTime(tt.text); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestMachineTimes(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"1793999100", "2026-11-06T21:05:00Z"},
		{"1793999100000", "2026-11-06T21:05:00Z"},
		{"12345", ""},
		{"2026-11-12", "2026-11-12"},
	} {
		if got := machineTime(tt.text); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestMonthsAreNotTwoMonths(t *testing.T) {
	seen := map[string]int{}
	for i, names := range months {
		for name := range set(names) {
			if j, known := seen[name]; known {
				t.Errorf("%q is the name of months %d and %d", name, j+1, i+1)
			}
			seen[name] = i
		}
	}
}
