package main

import "strings"

// nearest returns the name that somebody who typed given most likely meant, or
// "" if none is near.
func nearest(given string, names []string) string {
	best, least := "", 3
	if len(given) < 4 {
		least = 2
	}
	for _, name := range names {
		if d := distance(strings.ToLower(given), name); d < least {
			best, least = name, d
		}
	}
	if best != "" || len(given) < 3 {
		return best
	}
	for _, name := range names {
		if strings.HasPrefix(name, strings.ToLower(given)) {
			return name
		}
	}
	return ""
}

// distance counts the letters to put in, take out or replace to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
