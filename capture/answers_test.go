package capture

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// TestAnswers reads messages of all lengths through the bound.
func TestAnswers(t *testing.T) {
	const most = 1 << 20
	message := func(id, length int) string {
		m := fmt.Sprintf(`{"id":%d,"result":{"body":"`, id)
		return m + strings.Repeat("x", length-len(m)-3) + `"}}`
	}
	event := `{"method":"Network.dataReceived","params":{"data":"` + strings.Repeat("y", 300<<10) + `"}}`
	in := []string{
		message(1, 100), message(firstOwnID+1, 100), message(firstOwnID+2, 64<<10), message(firstOwnID+3, 1<<19), event,
		message(firstOwnID+4, most-1), message(firstOwnID+5, most+1), message(firstOwnID+6, 3*most),
		message(2, most+1), message(firstOwnID+7, 100),
	}
	got, err := io.ReadAll(newAnswers(io.NopCloser(strings.NewReader(strings.Join(in, "\x00")+"\x00")), most))
	if err != nil {
		t.Fatal(err)
	}
	out := strings.Split(strings.TrimSuffix(string(got), "\x00"), "\x00")
	if len(out) != len(in) {
		t.Fatalf("got %d messages, want %d", len(out), len(in))
	}
	for i, want := range in {
		if i == 6 || i == 7 {
			want = fmt.Sprintf(`{"id":%d,"error":{"code":-32000,"message":"the answer was longer than %d bytes"}}`, firstOwnID+i-1, most)
		}
		if out[i] != want {
			t.Errorf("message %d: got %d bytes, %.80q, want %d", i, len(out[i]), out[i], len(want))
		}
	}
}

// TestBrokenAnswers ends in the middle of a message.
func TestBrokenAnswers(t *testing.T) {
	for _, in := range []string{"", `{"id":1`, `{"id":1073741825,"result":"` + strings.Repeat("z", 200<<10)} {
		if got, err := io.ReadAll(newAnswers(io.NopCloser(strings.NewReader(in)), 1<<20)); err != nil || len(got) > len(in) {
			t.Errorf("%.30q: got %d bytes, %v", in, len(got), err)
		}
	}
}
