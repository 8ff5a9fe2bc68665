// Package lexicon finds the words in which wildlife is offered for sale, also when
// they are written so that a filter misses them. A hit informs; it decides nothing,
// and many an advert holds no word at all.
//
// # Format
//
// A lexicon is a file of comma-separated values in UTF-8, with or without a byte
// order mark; semicolons or tabs may take the place of the commas. Lines that begin
// with # are comments, and two of them say something: "# name: NAME" and
// "# version: VERSION". The first other line names the columns, in any order. Each
// line after it is an entry:
//
//	lang      languages of the term, as BCP 47 tags with a space between: "zh-Hans ja"
//	term      the term, two characters at least
//	variants  other writings, with " | " between; see below
//	class     species, product, behaviour or excluded
//	meaning   what the term stands for, in English
//	taxa      scientific names, with " | " between
//	product   the part or product: ivory, horn, scales, live …
//	strength  strong, medium or weak: how far the term by itself points to wildlife;
//	          empty is weak
//	use       overt or covert (a code word); empty is overt
//	from      first day on which the term is known in use: 2015, 2015-02 or 2015-02-03
//	until     last day
//	source    where the term is known from: a publication, an address, "dictionary"
//	          for a plain word
//	note      anything else
//
// The columns lang, term, class, meaning and source must be there, and filled. A
// column that isn't listed above is an error, and so is a term that occurs twice in a
// language.
//
// A variant may say its kind ahead of a colon: "inflection:слоновой кости",
// "pinyin:xiangya", "evasion:象丫" (a homophone or a character taken apart). Without
// a kind it is another spelling. A star at the end of a term or variant stands for
// the rest of a word: "носорог*".
//
// The class "behaviour" is for words of how things are sold: a price for each gram,
// no permit, a private message. The class "excluded" is for false friends: "vegetable
// ivory", "ivory coast". A hit of another class within a false friend is reported
// with it as [Hit.Excluded].
//
// # Matching
//
// Text and terms are compared letter by letter as package fold folds them, with
// letters that look like Latin ones taken for those, and with all that is neither a
// letter nor a digit left out. Then it is held against what stands there:
//
//   - in a script with spaces, a term is a whole word, or several; a plural of its
//     language is one too, and in Arabic the article may precede it. In Chinese, Thai
//     and the like a term may stand anywhere, in katakana not within a longer word;
//   - where a term has a space, text may have a space, a symbol or nothing, but not
//     the end of a sentence;
//   - elsewhere symbols and invisible characters may be inserted (象☆牙, i-v-o-r-y),
//     three at most at a place, but no punctuation between sentences or parts of
//     them. Spaces only between all letters (i v o r y), or between the characters
//     of a script without spaces;
//   - letters of another script count where the word mixes scripts, or has six
//     letters or more;
//   - marks may be missing (nga voi) in a word of five letters or more;
//   - digits and signs count for letters (1v0ry) in a word that has both.
//
// [Hit.Why] says which of these it took.
package lexicon
