// Package review reads cases as a reviewer does who must change nothing: those of a
// vault, those of bundles that were imported into it, or the one of a bundle's file,
// with no vault at all. Whoever compares, reports, replays or hands over captures
// takes them from here, so that all of it works on each of the three.
//
// Nothing is written, and nothing is unpacked: a bundle is read in place. What is read
// is held against the digests of the manifest, and the manifest against that which
// the log or the bundle names; whether those can be relied on, verification says:
// package evidence and its package bundle.
package review
