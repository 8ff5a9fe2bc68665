// Package listing reads what a listing page says of itself: title, price,
// seller and the other facts, each with everything that the page says of it,
// where it says it, and which of that was taken.
//
// # The record
//
// [Listing] is canonical JSON (package canon), the file listing.json:
//
//	format       "pugmark-listing"
//	version      1, or 2 where there is a lexicon
//	extractor    the version of these rules and of what computes the hashes
//	address      the page's address as the browser had it
//	host         its host, lowercase
//	facts        a map from [Name] to [Fact]; an unknown fact is absent
//	photographs  every picture given or named, see [Photograph]
//	entities     the things that structured data describes, and which of them
//	             was taken for what the page is about, and why
//	lexicon      the words of the trade that were found, see [Lexicon]; absent if
//	             none were looked for
//	problems     what was not read, in part or at all, and why
//
// A fact is a list of candidates. Each candidate keeps its raw string (cut, and
// marked so, after 32 KiB), a normalised value where there is one, and its
// provenance: the source, the property and the element. The raw string of an
// element is the text that it shows, with white space collapsed as on screen.
//
//	json-ld     property is a JSON Pointer (RFC 6901), where the script element
//	microdata   property is a path of item properties, where the element
//	rdfa        as microdata
//	opengraph   property is the meta element's property, where that element
//	meta        its name, title or link relation, where that element
//	dom         property says what made us look: a label, a class, a heading
//	text        found in the visible text alone; where counts the characters before
//	address     read from the page's address
//
// An element is given as a CSS selector that matches it alone in the rendered
// document. One in a shadow root has the template element in it that the root
// is written as.
//
// # The choice
//
// Candidates are ordered, and the first is the one chosen:
//
//  1. those with a value before those without;
//  2. what the page states before what we infer ([Candidate.Inferred] says why
//     a candidate is no plain statement);
//  3. by source, in the order address, json-ld, microdata, rdfa, opengraph,
//     meta, dom, text; but behind the visible ones stand the description from
//     opengraph or meta, which is a summary, and the title element, which
//     mostly has the site's name in it;
//  4. as they stand in the source.
//
// A fact is in conflict when the best candidate of another source says
// something else. Of what we infer only title, price, currency and availability
// count for that. A title, description or place that contains the other is no
// conflict, nor are prices in two currencies.
//
// Facts that can hold several things at once (categories, contacts) have values
// instead of a value, and no conflict.
//
// # Normalised values
//
// Texts have their white space collapsed. Times are RFC 3339 in UTC where the
// page states an offset, else as precise as the page is ("2019-03",
// "2026-11-12T21:05:00"); "3 days ago" has no value. Conditions and
// availabilities are schema.org's names ("UsedCondition", "InStock") where we
// know the word. Languages are BCP 47. Telephone numbers are digits, with a plus
// sign if written. Prices and ratings: see [Price] and [Rating].
//
// # Words of the trade
//
// Package lexicon finds them in the title, category, description and seller's name
// (in the raw string of each candidate, once), in the alternative texts of the
// pictures, and in the page's text. Each hit says in which of these it stands, and
// where. No fact, problem or verdict depends on them.
//
// Of each term at most 50 hits are listed, of all 1,000, of at most 500 terms; those
// that say most come first, those that stand within a false friend last, and left_off
// counts the others. After 100,000 hits nothing more is looked through, and a problem
// says so. Sources and notes of a lexicon's entries are not in the record: the
// lexicon's digest leads to them.
//
// # Limits
//
// A page is hostile until shown otherwise. Of a document at most 64 MiB are
// read, and of its tree 32 MiB kept; of JSON-LD 64 blocks; of each syntax 2,000
// entities and 10,000 properties; of each fact 24 candidates, half of them of
// one source; of pictures 1,000, and 200 are hashed, if decoding one takes no
// more than 64 MiB and all have no more than 200 million pixels. A problem, or
// the fact's left_off, says what was left out.
package listing
