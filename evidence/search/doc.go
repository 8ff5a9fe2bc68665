// Package search finds captures by words: it is an index of what they say, in one
// SQLite database with FTS5. The index holds copies that nobody signed. A hit leads
// to a capture, and is no evidence itself; losing the index loses nothing.
//
// # Tokens
//
// The text is cut into tokens here, and SQLite gets them with a space after each.
// Its tokenizer "ascii" then only splits at the spaces, since it takes every byte
// above 0x7f for a letter.
//
// A character is folded together with the marks that follow it: compatibility
// decomposition (NFKC), lower case, and in the Latin, Greek, Cyrillic, Arabic and
// Hebrew scripts the marks away, so that "Ngà" is "nga" and "Stoßzahn" is
// "stosszahn". Katakana is taken for hiragana. Invisible format characters are passed
// over.
//
// Then a token is
//
//   - a word: letters, marks and digits in a row;
//   - in scripts that put no spaces between words (Han, Kana, Hangul, Thai, Lao,
//     Khmer, Burmese …) and for pictographs, each character with the one that
//     follows it: 象牙手镯 is 象牙 牙手 手镯 镯. Up to two characters that are no
//     letters may stand between the two on a line, so that 象·牙 is found as 象牙.
//
// A part of such a text is therefore a phrase of tokens, whatever its length. Of one
// character alone thousands of tokens may begin; it is found in a column that has each
// such character once.
//
// # Query
//
// All words must match. A word is found where a word begins with it, a single letter
// or digit only as a whole word; "words in quotes" are found in this order and whole;
// -word and -"words" exclude. A word with a mark in it, such as item-7, is a phrase.
// There are no operators: the expression for SQLite is made of tokens, which hold
// nothing but letters and digits.
//
// # Database
//
//	meta      version of these rules, and how far the index is; the owner's name for
//	          the state that it has ("mark")
//	docs      for each capture its number (seq), id and time
//	texts     for each its texts, as JSON, compressed with Zstandard
//	words     FTS5, contentless, by the same number: a column for each field of a
//	          [Document], two for single characters (headchars of all but the page's
//	          text, textchars of that), and one for the filters
//	pictures  for each capture by the same number its pictures, with digests and
//	          perceptual hashes
//
// The filters are tokens too: the letter of one (c case, h host and each domain above
// it, t tag, v verdict), and the folded value in hexadecimal.
//
// # Order
//
// Captures are ordered by bm25, in which a title counts most and the text of the page
// least, and those of one rank by time, the newest first. If more than [Ranked] match,
// first come those that match without the page's text, then the others, each the
// newest first.
package search
