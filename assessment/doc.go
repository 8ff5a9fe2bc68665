// Package assessment is the listing record: what an investigator concludes of a
// listing, beside what its page says.
//
// # Format
//
// A field of the record is an annotation of kind assessment (package evidence), and so
// an event of the custody log: its name is the field's, its text the value. The last
// one of a field counts; once that is withdrawn the field is empty. Earlier ones stay
// in the log. [Fields] has the fields and what each of them takes. A value has one
// writing, which [Field.Parse] returns:
//
//	text        any text
//	taxon       a scientific name, or "unknown"
//	choice      one of the field's values
//	choices     one or several of them in their order, with ", " between
//	code        a code of the CITES annual reports
//	decimal     a number above 0, with a point: 2, 0.35
//	weight      a number and one of kg, g, mg, lb, oz: 2.4 kg
//	dimensions  one to three numbers and one of m, cm, mm, in: 30 × 4 × 4 cm
//	country     ISO 3166, two letters: ZA
//	outcome     see below
//
// What became of a listing is a history: every outcome that wasn't withdrawn counts.
// The first line is what happened: reported, removed, seized or no action. Lines may
// follow, each once and in this order:
//
//	at: 2026-11-29T10:00:00Z    when it happened, in UTC, or the day alone; without it,
//	                            when it was entered
//	by: WHO
//	how: HOW
//	reference: REFERENCE        of who got the report
//
// A reader shows fields and outcomes that it doesn't know as they are.
//
// The Appendix in which a taxon is listed is no field: it follows from the taxon and the
// day of the capture ([Record.InForce]), and is shown with the day up to which it is
// verified.
package assessment
