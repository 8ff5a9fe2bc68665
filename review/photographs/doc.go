// Package photographs finds the photographs of listings again: the same picture in
// another capture, of whatever case, or one that looks like it. Sellers use a
// photograph more than once, and others take it from them; site, size and compression
// change on the way, what it shows doesn't.
//
// # What is compared
//
// A capture's listing names each picture of the page with the SHA-256 digest of its
// file and, where it could be decoded, a perceptual hash of 64 bits: pHash by
// [pugmark/capture/listing.Hasher]. Two photographs are
//
//   - exact if the digests are equal: it is the same file;
//   - near if no more than [Threshold] bits of the hashes differ. That is a likeness,
//     and no proof: a person has to look at both.
//
// bench/photographs_test.go measures what that finds, and how much of it is wrong, at
// each number of bits.
//
// Hashes that another hasher computed are not compared. A picture whose hash says
// nothing of what it shows is flat, and has only exact matches:
//
//   - its hash has fewer than 24 or more than 40 bits set. The hash sets a bit for
//     each of 64 frequencies above their median, which is half of them; another number
//     comes of frequencies that are equal, as in a blank picture, a bar or a slope;
//   - a side is less than 32 pixels long: a spacer, a bullet, a small icon;
//   - its file has less than one byte for every 100 pixels, which no photograph does
//     with: a blank picture, or a few lines on one.
//
// The mirror image of a photograph is looked for too, by the hash with the signs of the
// odd horizontal frequencies turned over, which is near to the hash of the mirror
// image. [Threshold] holds for it as well.
//
// # Groups
//
// Photographs that are linked by pairs, exact or within [GroupThreshold], are a group, if they are of two
// captures at least. Two members need not be near each other: what is between the
// furthest two is given as [Group.Widest]. A group of more than [CommonSites] sites or
// more than [CommonSellers] sellers is marked as common: it may be a logo or a picture
// of the marketplace's own, or else one that many take.
//
// # Where it comes from
//
// Those of a vault's own captures are in its search index, which follows the log;
// those of imported bundles and of a bundle's file are read from the listings and
// kept in memory. An index leads to captures and is no evidence. What a contact sheet
// shows is read from the captures' archives, by digest.
package photographs
