package lexicon

import "strings"

// digitLetters are the letters that digits and signs stand for; 1 stands for i, and
// at the second try for l.
var digitLetters = [2][256]byte{
	{'0': 'o', '1': 'i', '3': 'e', '4': 'a', '5': 's', '7': 't', '8': 'b', '@': 'a', '$': 's', '!': 'i'},
	{'0': 'o', '1': 'l', '3': 'e', '4': 'a', '5': 's', '7': 't', '8': 'b', '@': 'a', '$': 's', '!': 'i'},
}

// runDigits searches the words in which digits stand between letters once more, with
// the letters in their place. Both are one byte each, so that places stay.
func (s *scan) runDigits() {
	original := s.text
	for from := 0; from < len(original); {
		at := strings.IndexAny(original[from:], "013457@$8!")
		if at < 0 {
			break
		}
		start, end := wordAround(original, from+at)
		if mixed(original[start:end]) {
			for _, letters := range digitLetters {
				s.runReplaced(original, start, end, &letters)
			}
		}
		from = max(end, from+at+1)
	}
	s.text, s.digits = original, false
}

func (s *scan) runReplaced(original string, start, end int, letters *[256]byte) {
	b := []byte(original[start:end])
	for i, c := range b {
		if l := letters[c]; l != 0 {
			b[i] = l
		}
	}
	known := len(s.hits)
	s.text, s.digits = string(b), true
	s.run()
	for i := known; i < len(s.hits); i++ {
		s.hits[i].Start += start
		s.hits[i].End += start
	}
	// What has no digits was found before.
	kept := s.hits[:known]
	for _, h := range s.hits[known:] {
		if strings.ContainsAny(original[h.Start:h.End], "013457@$8!") {
			kept = append(kept, h)
		}
	}
	s.hits = kept
}

// maxMixed bounds a word that is searched for digits, in bytes.
const maxMixed = 40

// wordAround returns the word of ASCII that a byte is in.
func wordAround(s string, at int) (start, end int) {
	start, end = at, at+1
	for start > 0 && at-start < maxMixed && inMixed(s[start-1]) {
		start--
	}
	for end < len(s) && end-at < maxMixed && inMixed(s[end]) {
		end++
	}
	return start, end
}

func inMixed(c byte) bool { return c < 0x80 && asciiLetter[c] != 0 || c == '@' || c == '$' || c == '!' }

// mixed reports whether a word has three letters, or two and a digit between them.
func mixed(s string) bool {
	letters := 0
	for i := range len(s) {
		if isSpaced(rune(s[i])) {
			letters++
		}
	}
	return letters >= 2 && len(s) >= 4
}
