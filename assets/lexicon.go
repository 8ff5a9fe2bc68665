package assets

import "embed"

// Lexicon holds the program's own lexicon, lexicon/*.csv. Package lexicon says what
// the files are, and their name and version are the same in each.
//
//go:embed lexicon/*.csv
var Lexicon embed.FS
