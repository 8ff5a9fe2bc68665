package wire

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// clientRandom returns the random value of a TLS ClientHello (RFC 8446,
// section 4.1.2), in hexadecimal, when b begins with one. It names the
// connection in a key log.
func clientRandom(b []byte) (string, bool) {
	const record, handshake, version, random = 5, 4, 2, 32
	const at = record + handshake + version
	if len(b) < at+random || b[0] != 22 || b[record] != 1 {
		return "", false
	}
	return hex.EncodeToString(b[at : at+random]), true
}

// Secrets copies, from a key log of NSS's format (SSLKEYLOGFILE), the lines of
// the connections that passed this gate. It returns how many there were.
func (g *Gate) Secrets(w io.Writer, keyLog io.Reader) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	n := 0
	lines := bufio.NewScanner(keyLog)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) != 3 || !g.randoms[strings.ToLower(fields[1])] {
			continue
		}
		n++
		if _, err := fmt.Fprintln(w, lines.Text()); err != nil {
			return n, err
		}
	}
	return n, lines.Err()
}

// noteRandom remembers a connection that began with a ClientHello.
func (g *Gate) noteRandom(first []byte) {
	if random, ok := clientRandom(first); ok {
		g.mu.Lock()
		defer g.mu.Unlock()
		g.randoms[random] = true
	}
}

// The parts of pcapng (draft-ietf-opsawg-pcapng, sections 4.1, 4.2 and 4.7)
// that [WithSecrets] needs.
const (
	blockSection   = 0x0A0D0D0A
	blockInterface = 1
	blockSecrets   = 0x0A
	secretsTLS     = 0x544c534b // "TLSK"
	maxBlock       = 1 << 20
)

// WithSecrets copies a wire record, and puts a Decryption Secrets Block with a
// TLS key log ahead of its packets, so that Wireshark shows them in clear. All
// other blocks are copied as they are.
func WithSecrets(w io.Writer, record io.Reader, keyLog []byte) error {
	r := bufio.NewReader(record)
	written := false
	for {
		block, err := readBlock(r)
		if errors.Is(err, io.EOF) && written {
			return nil
		}
		if err != nil {
			return fmt.Errorf("reading the wire record: %w", err)
		}
		kind := binary.LittleEndian.Uint32(block)
		if !written && kind != blockSection && kind != blockInterface {
			written = true
			if _, err := w.Write(secretsBlock(keyLog)); err != nil {
				return err
			}
		}
		if _, err := w.Write(block); err != nil {
			return err
		}
	}
}

// readBlock reads one block, its head and tail included.
func readBlock(r io.Reader) ([]byte, error) {
	head := make([]byte, 8)
	if _, err := io.ReadFull(r, head); err != nil {
		return nil, err
	}
	size := binary.LittleEndian.Uint32(head[4:])
	if size < 12 || size%4 != 0 || size > maxBlock {
		return nil, fmt.Errorf("got a block of %d bytes", size)
	}
	block := make([]byte, size)
	copy(block, head)
	if _, err := io.ReadFull(r, block[8:]); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	return block, nil
}

func secretsBlock(keyLog []byte) []byte {
	padded := (len(keyLog) + 3) / 4 * 4
	size := uint32(20 + padded)
	b := make([]byte, 0, size)
	b = binary.LittleEndian.AppendUint32(b, blockSecrets)
	b = binary.LittleEndian.AppendUint32(b, size)
	b = binary.LittleEndian.AppendUint32(b, secretsTLS)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(keyLog)))
	b = append(b, keyLog...)
	b = append(b, make([]byte, padded-len(keyLog))...)
	return binary.LittleEndian.AppendUint32(b, size)
}
