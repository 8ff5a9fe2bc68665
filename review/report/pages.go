package report

import (
	"fmt"
	"io"

	"github.com/digitorus/pdf"
)

// pagesOf returns on which page of a PDF each destination of a link is, from 1, and
// how many pages there are.
func pagesOf(f io.ReaderAt, size int64) (pages map[string]int, count int, err error) {
	defer func() { // the reader panics at a file that isn't as it expects
		if r := recover(); r != nil {
			err = fmt.Errorf("reading the PDF: %v", r)
		}
	}()
	r, err := pdf.NewReader(f, size)
	if err != nil {
		return nil, 0, fmt.Errorf("reading the PDF: %w", err)
	}
	root := r.Trailer().Key("Root")
	numbers := make(map[any]int)
	number(root.Key("Pages"), numbers)
	pages = make(map[string]int)
	dests := root.Key("Dests")
	for _, name := range dests.Keys() {
		if n, ok := numbers[dests.Key(name).Index(0).GetPtr()]; ok {
			pages[name] = n
		}
	}
	return pages, len(numbers), nil
}

// number numbers the pages below a node of the tree.
func number(node pdf.Value, numbers map[any]int) {
	if node.Key("Type").Name() == "Page" {
		numbers[node.GetPtr()] = len(numbers) + 1
		return
	}
	kids := node.Key("Kids")
	for i := range kids.Len() {
		number(kids.Index(i), numbers)
	}
}
