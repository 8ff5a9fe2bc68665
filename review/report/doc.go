// Package report makes the report of a case for a court: a PDF that people read,
// with its captures, their pictures, facts, times and digests, who did what with
// them, how to verify all of it, and drafts of what a court asks for. It is a reading
// copy: evidence is the vault, or the bundle.
//
// # Content
//
// It is made of what package review reads, so that it is the same for a vault, an
// imported bundle and a bundle's file: a cover; the exhibits and where they are;
// what a verification at that time found; for each capture its verdict, facts, times,
// digests and the process; its picture, cut into parts; the case's custody
// history; how to verify by hand; and annexes: certifications for the US Federal Rules
// of Evidence 902(13) and (14), a checklist of the Berkeley Protocol with the gaps,
// and the questions of ISO/IEC 27037.
//
// All text of others is shown as text: characters that hide or reorder others are
// written as their number, and what is too long is cut, which is said. A capture that
// isn't as it was sealed stays in the report, and the cover says so; of an item
// that has another digest than the sealed one nothing is shown.
//
// # Pictures
//
// The picture of a page is cut into parts that fill a sheet of paper at a scale at
// which text can be read, and that overlap a little. A part is a JPEG (see
// [Quality]) of the same pixels; nothing is drawn on it. Each says which rows it
// shows, and where it goes on. A picture is read once, row by row, and held against
// its digest while it is; parts wait in a folder for temporary files that only
// its owner can read, and which is removed.
//
// # Making
//
// The document is HTML (assets/report) that Chromium prints, see
// [capture.Browser.Print]. It is printed twice: first with empty boxes for the
// pictures, to learn on which page each heading is, which is done while the pictures
// are cut, and then whole. The PDF is
// optionally signed; its digest, as of the file that is there in the end, goes into
// the custody log of the vault, and only then the file gets its name. No file
// is ever replaced.
package report
