package search

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
)

// Picture is a picture of a capture's page of which the content was kept.
type Picture struct {
	SHA256        [32]byte
	Hash          uint64 // perceptual; of no meaning unless Hashed
	Bytes         int64
	Width, Height int32 // in pixels; 0: unknown
	Number        int32 // of it in the listing, from 1
	Hashed        bool
}

// Pictures are those of one capture.
type Pictures struct {
	ID     string // of the capture
	Host   string // that the page was on
	Seller string // what the page calls who offers; may be empty
	Hasher string // what computed the perceptual hashes
	All    []Picture
}

// picturesSchema is the table of the pictures: a row for each capture that has any,
// with the fixed-size fields of [Picture] one after the other, little-endian.
const picturesSchema = `
CREATE TABLE pictures (
	seq      INTEGER PRIMARY KEY,
	host     TEXT NOT NULL,
	seller   TEXT NOT NULL,
	hasher   TEXT NOT NULL,
	pictures BLOB NOT NULL
) STRICT;
`

// errPictures reports pictures that can't be decoded.
var errPictures = errors.New("the pictures of a document are damaged")

// putPictures enters the pictures of a document, in place of those that its number
// had.
func (b *Batch) putPictures(ctx context.Context, seq int64, p Pictures) error {
	if len(p.All) == 0 {
		_, err := b.tx.ExecContext(ctx, "DELETE FROM pictures WHERE seq = ?", seq)
		return err
	}
	packed, err := binary.Append(nil, binary.LittleEndian, p.All)
	if err != nil {
		return err
	}
	_, err = b.tx.ExecContext(ctx, "INSERT OR REPLACE INTO pictures (seq, host, seller, hasher, pictures) VALUES (?, ?, ?, ?, ?)",
		seq, p.Host, p.Seller, p.Hasher, packed)
	return err
}

// Pictures returns the pictures of all of the owner's own captures that have any, in
// the captures' order, and how many captures could not be read, in part or at all.
func (x *Index) Pictures(ctx context.Context) (all []Pictures, unread int, err error) {
	if err := x.db.QueryRowContext(ctx, "SELECT count(*) FROM docs WHERE unread AND source = ''").Scan(&unread); err != nil {
		return nil, 0, err
	}
	rows, err := x.db.QueryContext(ctx,
		"SELECT docs.id, host, seller, hasher, pictures FROM pictures JOIN docs USING (seq) WHERE source = '' ORDER BY seq")
	if err != nil {
		return nil, 0, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var p Pictures
		var packed []byte
		if err := rows.Scan(&p.ID, &p.Host, &p.Seller, &p.Hasher, &packed); err != nil {
			return nil, 0, err
		}
		if p.All, err = unpackPictures(packed); err != nil {
			return nil, 0, err
		}
		all = append(all, p)
	}
	return all, unread, rows.Err()
}

func unpackPictures(packed []byte) ([]Picture, error) {
	size := binary.Size(Picture{})
	if len(packed)%size != 0 {
		return nil, fmt.Errorf("%w: %d bytes", errPictures, len(packed))
	}
	all := make([]Picture, len(packed)/size)
	if err := binary.Read(bytes.NewReader(packed), binary.LittleEndian, all); err != nil {
		return nil, fmt.Errorf("%w: %w", errPictures, err)
	}
	return all, nil
}
