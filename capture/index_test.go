package capture

import (
	"archive/zip"
	"bufio"
	"encoding/json"
	"strings"
	"testing"
)

// indexed is what an archive's index says of a response.
type indexed struct {
	URL    string `json:"url"`
	Status string `json:"status"`
	Digest string `json:"digest"`
}

// readIndex reads the index of a WACZ by address.
func readIndex(t *testing.T, path string) map[string]indexed {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	f, err := z.Open("indexes/index.cdx")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := make(map[string]indexed)
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		_, object, _ := strings.Cut(lines.Text(), "{")
		var e indexed
		if err := json.Unmarshal([]byte("{"+object), &e); err != nil {
			t.Fatal(err)
		}
		out[e.URL] = e
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}
