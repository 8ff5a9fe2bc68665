// Package taxa tells in which CITES Appendix a species is on a day, as far as a dated
// table says so.
//
// # Formats
//
// The program's own table is three files of comma-separated values in UTF-8, with the
// names of the columns in the first line. Lines that begin with # are comments.
//
// taxa.csv, a taxon in each line:
//
//	name      scientific name; "Dalbergia" is the genus with all of its species
//	rank      species, subspecies, genus, family, order, class or phylum
//	within    the higher taxon that it is listed with, where it has no listing itself
//	group     elephants, big cats …
//	common    common names, "LANGUAGE:NAME" with " | " between
//	synonyms  other scientific names, with " | " between
//
// listings.csv, a listing of a taxon for a time in each line:
//
//	taxon       name in taxa.csv
//	appendix    I, II, III, or none where it is known not to be listed
//	countries   populations that it is for: ISO 3166 codes with a space between; empty
//	            for all others
//	annotation  what the listing is limited to, in our words
//	from        first day on which the listing is known to be in force
//	until       last day; empty where no end is known
//	listed      day on which it came into force, where that is known
//	checked     last day for which it was held against a text; empty where none was
//	text        which text that was
//	source      where the listing is from, if no text was read
//
// codes.csv, a code in each line: kind (term, unit, purpose or source), code, name,
// note, checked. They are those of the CITES annual reports.
//
// No two listings of one taxon and one population overlap. A
// taxon with a listing of its own on a day isn't looked for in what it is within.
//
// # Species+
//
// A user's own download of listings from Species+ ("CITES listings"), or of the index
// of the Checklist of CITES Species, is read as it is, separated by commas or
// semicolons. Its terms of use let nobody pass it on, so that none comes with the
// program. Of the first, these columns are used: Scientific Name, Rank, Listing,
// Party, Full note, # Full note; of the second FullName, RankName, CurrentListing,
// FullAnnotationEnglish, EnglishNames, SpanishNames, FrenchNames,
// SynonymsWithAuthors. A listing such as I/II is one in both Appendices, for
// populations that the notes tell.
//
// # Answers
//
// [Table.InForce] never guesses: what the table doesn't have is unknown, and so is a
// day before the table begins. Where populations differ and no country is given, it
// depends. An answer is verified only up to the day for which its listings were held
// against a text.
package taxa
