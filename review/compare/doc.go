// Package compare says in what two captures differ, and what became of one listing
// over all its captures. It reads what was sealed (package review) and writes nothing
// but the pictures that it is asked for.
//
// # Two captures
//
// The first is called A, the second B; nothing says that A is the older. A
// [Comparison] has, each only as far as both captures have it:
//
//	response     what answered, where it differs: addresses, redirects, status,
//	             certificate, verdict
//	conditions   with what the pages were captured, where that differs: another
//	             window or browser draws another picture of the same page
//	facts        of listing.json, each added, removed, changed or unchanged; what
//	             people corrected stands beside what was recorded, and never in
//	             its place
//	photographs  paired by digest, else by perceptual hash, else by address
//	text         the visible text by lines, and in changed lines by words
//	picture      the pictures of the whole page: see below
//
// A part that can't be read, or isn't what was sealed, is listed as unread with the
// reason, and says nothing of the other parts.
//
// # Sequences
//
// Lines, words and rows of pixels are aligned alike: what is equal at both ends is
// taken first, then what occurs once on either side, in the longest order that both
// share (patience), then the common subsequence of what is left between, which is the
// longest unless it has too many differences.
//
// # Text
//
// A line is compared by what it says: white space is collapsed, and empty lines are
// left out. A word is a run of letters and digits; of scripts that put no space
// between words (Chinese, Japanese, Thai, Lao, Khmer, Burmese) each character with its
// marks is one. Of a text 4 MiB are compared, and of a line 4,000 characters.
//
// # Pictures
//
// A page that has a banner more is not another page: rows are aligned before pixels
// are compared. Equal rows are aligned as sequences are. Where no whole rows are
// equal, because something beside them changed, rows are cut into eight pieces, and
// those pairs of rows are taken that most pieces speak for. What lies between aligned
// rows and has the same height on both sides is compared row by row; otherwise rows
// were inserted into B or removed from A.
//
// Of aligned rows, a pixel has changed if a channel differs by more than 8 of 255.
// Changed pixels near each other make a region, a rectangle in the pixels of each
// picture. A page that is moved by 126.4 pixels draws its letters and photographs a
// little otherwise: what a shift by part of a pixel explains, since each pixel lies
// within 32 of the range of those about it in the other picture, makes regions of its
// own, which are slight. One or two rows that were inserted or removed, as rounding
// makes them, are no region, and not counted as inserted or removed. Pixels beyond the
// width of the narrower picture are compared with nothing.
// The share of identical pixels counts pixels that are equal to the bit, twice, over
// the pixels of both pictures: what was inserted or removed counts as different.
//
// Pictures are read row by row, several times, and each time held against their
// digests; memory is needed for some hashes of each row, 36 bytes, and for no more.
//
// # The timeline
//
// A [Timeline] lists the captures of one listing by the time when they began. Captures
// belong together if they share
//
//   - an address, as it was asked for; as it was in the end, if that is the same
//     listing's; or as the page calls itself (rel=canonical), but for the front page of a site;
//   - or the platform and the number of the advert, as the page or its address says.
//
// Addresses are compared without scheme, "www.", fragment, trailing slash and the
// parameters that only tell where a visitor came from; see [Canonical]. The address
// in the end is that of the same listing if there was no redirect, or if it has the
// number of the address that was asked for: a listing that is gone often redirects to
// the site's front page.
//
// Each capture is compared with the last one before it that shows the listing. What
// doesn't show it proves nothing unless it says so itself: only the status 404 or 410,
// or the capture's own finding that the page says so, counts as removed; a capture
// that failed, was refused, or was asked to log in is inconclusive.
package compare
