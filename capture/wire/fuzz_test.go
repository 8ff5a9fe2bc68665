package wire

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// block makes a block of pcapng.
func block(kind uint32, body ...byte) []byte {
	size := uint32(12 + len(body))
	b := binary.LittleEndian.AppendUint32(nil, kind)
	b = binary.LittleEndian.AppendUint32(b, size)
	return binary.LittleEndian.AppendUint32(append(b, body...), size)
}

// FuzzWithSecrets checks that a wire record loses nothing when secrets are put
// into it.
func FuzzWithSecrets(f *testing.F) {
	head := block(blockSection, 1, 2, 3, 4)
	f.Add(append(head, block(6, 5, 6, 7, 8)...), []byte("CLIENT_RANDOM 00 00\n"))
	f.Add(head, []byte(nil))
	f.Add(head[:9], []byte("x"))
	f.Fuzz(func(t *testing.T, record, keyLog []byte) {
		var out bytes.Buffer
		if err := WithSecrets(&out, bytes.NewReader(record), keyLog); err != nil {
			return
		}
		secrets := secretsBlock(keyLog)
		before, after, ok := bytes.Cut(out.Bytes(), secrets)
		if !ok || !bytes.Equal(append(bytes.Clone(before), after...), record) {
			t.Errorf("got %x, want %x with %x in it", out.Bytes(), record, secrets)
		}
	})
}

// FuzzClientRandom checks that no first bytes of a connection are too short or
// too odd.
func FuzzClientRandom(f *testing.F) {
	hello := append([]byte{22, 3, 1, 0, 40, 1, 0, 0, 36, 3, 3}, make([]byte, 32)...)
	f.Add(hello)
	f.Add(hello[:20])
	f.Fuzz(func(t *testing.T, first []byte) {
		if random, ok := clientRandom(first); ok && len(random) != 64 {
			t.Errorf("got random %q", random)
		}
	})
}
