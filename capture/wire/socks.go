package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
)

// The parts of SOCKS5 (RFC 1928) that Chrome uses: no authentication, the
// command CONNECT.
const (
	socksVersion  = 5
	socksNoAuth   = 0
	socksConnect  = 1
	socksIPv4     = 1
	socksName     = 3
	socksIPv6     = 4
	socksNoMethod = 0xff
)

// reply is the answer to a request.
type reply byte

const (
	replyOK          reply = 0
	replyFailure     reply = 1
	replyForbidden   reply = 2
	replyUnreachable reply = 4
	replyRefused     reply = 5
	replyCommand     reply = 7
)

// Accept takes a connection that Chrome makes to its proxy, tells it that the
// host it wants is there, and returns what it wants: for a gate that has the
// answers itself. Nothing is resolved and nothing is dialled.
func Accept(c net.Conn) (host string, port int, err error) {
	if host, port, err = readRequest(c); err != nil {
		return "", 0, err
	}
	return host, port, writeReply(c, replyOK)
}

// readRequest reads Chrome's greeting and its request, and returns the host,
// a name or an address, and the port that it wants.
func readRequest(c net.Conn) (host string, port int, err error) {
	if err := greet(c); err != nil {
		return "", 0, err
	}
	head := make([]byte, 4)
	if _, err := io.ReadFull(c, head); err != nil {
		return "", 0, err
	}
	if head[0] != socksVersion || head[1] != socksConnect {
		writeReply(c, replyCommand)
		return "", 0, fmt.Errorf("got command %d of version %d, want CONNECT", head[1], head[0])
	}
	if host, err = readHost(c, head[3]); err != nil {
		return "", 0, err
	}
	var p [2]byte
	if _, err := io.ReadFull(c, p[:]); err != nil {
		return "", 0, err
	}
	return host, int(binary.BigEndian.Uint16(p[:])), nil
}

// greet agrees on no authentication.
func greet(c net.Conn) error {
	head := make([]byte, 2)
	if _, err := io.ReadFull(c, head); err != nil {
		return err
	}
	if head[0] != socksVersion {
		return fmt.Errorf("got version %d, want %d", head[0], socksVersion)
	}
	methods := make([]byte, head[1])
	if _, err := io.ReadFull(c, methods); err != nil {
		return err
	}
	for _, m := range methods {
		if m == socksNoAuth {
			_, err := c.Write([]byte{socksVersion, socksNoAuth})
			return err
		}
	}
	c.Write([]byte{socksVersion, socksNoMethod})
	return errors.New("the client doesn't offer to do without authentication")
}

// readHost reads the address of a request.
func readHost(r io.Reader, kind byte) (string, error) {
	size := []byte{0}
	switch kind {
	case socksIPv4:
		size[0] = 4
	case socksIPv6:
		size[0] = 16
	case socksName:
		if _, err := io.ReadFull(r, size); err != nil {
			return "", err
		}
	default:
		return "", fmt.Errorf("got address type %d", kind)
	}
	b := make([]byte, size[0])
	if _, err := io.ReadFull(r, b); err != nil {
		return "", err
	}
	if kind == socksName {
		return string(b), nil
	}
	a, _ := netip.AddrFromSlice(b)
	return a.String(), nil
}

// writeReply answers a request. The bound address is of no use to Chrome.
func writeReply(w io.Writer, r reply) error {
	_, err := w.Write([]byte{socksVersion, byte(r), 0, socksIPv4, 0, 0, 0, 0, 0, 0})
	return err
}

func joinHostPort(host string, port int) string { return net.JoinHostPort(host, strconv.Itoa(port)) }
