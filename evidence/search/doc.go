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
// A character is folded together with the marks that follow it, by the rules of
// package fold: case, width and accents make no difference, katakana is taken for
// hiragana, and traditional Chinese for simplified. Invisible format characters are
// passed over.
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
// The seller, and the species or product that is said to be offered, are looked for
// in a column of their own. A price is one number or a range; one whose currency
// isn't known meets no query that names one.
//
// # Database
//
//	meta      version of these rules, and how far the index is; the owner's name for
//	          the state that it has ("mark")
//	docs      for each capture its number (seq), id, source, time and price
//	sources   how many captures of a source, which the owner names, were entered: of
//	          one that never changes, and that no mark tells of
//	texts     for each its texts, as JSON, compressed with Zstandard
//	words     FTS5, contentless, by the same number: a column for each field of a
//	          [Document], two for single characters (headchars of all but the page's
//	          text, textchars of that), one for the filters, and one for species
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
