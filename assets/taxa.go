package assets

import "embed"

// Taxa holds the program's own table of species and their listings, and the codes of
// the CITES annual reports. Package taxa says what the files are.
//
//go:embed taxa/*.csv
var Taxa embed.FS
