package assets

import (
	"embed"
	"io/fs"
)

//go:embed report
var reportFiles embed.FS

// Report holds what a report is made of: report.html and the other templates,
// style.css, and LANGUAGE.json with the words of each language.
func Report() fs.FS {
	sub, err := fs.Sub(reportFiles, "report")
	if err != nil {
		panic(err) // the folder is compiled in
	}
	return sub
}
