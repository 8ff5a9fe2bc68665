package recorder

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"pugmark/capture"
)

// AddressError says which line of a list holds no address that can be captured.
type AddressError struct {
	Line int // from 1
	Text string
	Err  error
}

func (e *AddressError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }
func (e *AddressError) Unwrap() error { return e.Err }

// CheckProxy reports what can't be the address of a proxy.
func CheckProxy(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "socks5" {
		return errors.New("want an address such as socks5://127.0.0.1:9050")
	}
	return nil
}

// ReadAddresses reads one address a line. An empty line and one that begins with
// # hold none; # within an address is a part of it. The first address that can't
// be right is a [*AddressError], and then there are none.
func ReadAddresses(r io.Reader) (out []string, err error) {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		line, _, _ = strings.Cut(line, " #")
		line = strings.TrimSpace(line)
		if _, err := capture.CheckAddress(line); err != nil {
			return nil, &AddressError{n, line, err}
		}
		out = append(out, line)
	}
	return out, lines.Err()
}
