package custody

import (
	"errors"
	"fmt"
	"strings"
)

// maxPins bounds how many checkpoints are read from one text.
const maxPins = 1 << 16

// sigPrefix begins a line of signature (C2SP signed-note).
const sigPrefix = "— "

// ParseCheckpoints reads one or more signed checkpoints that stand one after
// the other, with or without empty lines between them, as somebody keeps them
// who pins the log. It doesn't look at their signatures.
func ParseCheckpoints(text string) ([]Checkpoint, error) {
	var out []Checkpoint
	rest := strings.TrimLeft(text, "\n")
	for rest != "" {
		if len(out) == maxPins {
			return nil, fmt.Errorf("reading checkpoints: got more than %d", maxPins)
		}
		n := noteLength(rest)
		c, err := ParseCheckpoint(rest[:n])
		if err != nil {
			return nil, fmt.Errorf("checkpoint %d: %w", len(out)+1, err)
		}
		out = append(out, c)
		rest = strings.TrimLeft(rest[n:], "\n")
	}
	if len(out) == 0 {
		return nil, errors.New("reading checkpoints: there is none")
	}
	return out, nil
}

// noteLength returns the length of the signed note that a text begins with: up
// to the last of its lines of signature.
func noteLength(text string) int {
	_, sigs, ok := strings.Cut(text, "\n\n")
	if !ok {
		return len(text)
	}
	end := len(text) - len(sigs)
	for strings.HasPrefix(text[end:], sigPrefix) {
		line := strings.IndexByte(text[end:], '\n')
		if line < 0 {
			return len(text)
		}
		end += line + 1
	}
	return end
}
