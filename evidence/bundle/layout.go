package bundle

import (
	"encoding/binary"
	"math"
)

// entry is one file of the zip.
type entry struct {
	path   string // in the bag
	size   int64
	crc    uint32 // IEEE
	offset int64  // of its local header
}

// Signatures of a zip's records (APPNOTE 6.3.10, section 4.3).
const (
	sigLocal     = 0x04034b50
	sigCentral   = 0x02014b50
	sigEnd       = 0x06054b50
	sigEnd64     = 0x06064b50
	sigLocator64 = 0x07064b50
)

const (
	localSize   = 30 // of a local header before the name
	centralSize = 46 // of a header of the directory before the name

	versionStored = 10
	versionZip64  = 45
	madeBy        = 3<<8 | versionZip64 // Unix, so that the mode counts
	fixedDate     = 1<<5 | 1            // 1980-01-01, the first that there is
	fixedMode     = 0o100444 << 16      // a regular file, read-only
	zip64ID       = 1

	max16 = math.MaxUint16
	max32 = math.MaxUint32
)

// low returns n, or what says that n is in the zip64 field.
func low(n int64) uint32 { return uint32(min(n, max32)) }

// zip64Field returns the extra field for those of the numbers that need it.
func zip64Field(numbers ...int64) []byte {
	var body []byte
	for _, n := range numbers {
		if n >= max32 {
			body = binary.LittleEndian.AppendUint64(body, uint64(n))
		}
	}
	if body == nil {
		return nil
	}
	b := binary.LittleEndian.AppendUint16(nil, zip64ID)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(body)))
	return append(b, body...)
}

// appendFields appends the fields that both headers of a file have.
func (e *entry) appendFields(b []byte, name string, extra []byte) []byte {
	version := uint16(versionStored)
	if extra != nil {
		version = versionZip64
	}
	for _, n := range []uint16{version, 0, 0, 0, fixedDate} { // no flags, stored, midnight
		b = binary.LittleEndian.AppendUint16(b, n)
	}
	for _, n := range []uint32{e.crc, low(e.size), low(e.size)} {
		b = binary.LittleEndian.AppendUint32(b, n)
	}
	b = binary.LittleEndian.AppendUint16(b, uint16(len(name)))
	return binary.LittleEndian.AppendUint16(b, uint16(len(extra)))
}

// localHeader returns what stands before the content of a file.
func (e *entry) localHeader(base string) []byte {
	name, extra := base+"/"+e.path, zip64Field(e.size, e.size)
	b := binary.LittleEndian.AppendUint32(nil, sigLocal)
	b = e.appendFields(b, name, extra)
	return append(append(b, name...), extra...)
}

// centralHeader returns the file's header in the zip's directory.
func (e *entry) centralHeader(base string) []byte {
	name, extra := base+"/"+e.path, zip64Field(e.size, e.size, e.offset)
	b := binary.LittleEndian.AppendUint32(nil, sigCentral)
	b = binary.LittleEndian.AppendUint16(b, madeBy)
	b = e.appendFields(b, name, extra)
	b = append(b, make([]byte, 6)...) // no comment, first disk, no internal attributes
	b = binary.LittleEndian.AppendUint32(b, fixedMode)
	b = binary.LittleEndian.AppendUint32(b, low(e.offset))
	return append(append(b, name...), extra...)
}

// end returns what stands after the directory.
func end(files int, offset, size int64) []byte {
	var b []byte
	if files >= max16 || offset >= max32 || size >= max32 {
		b = end64(files, offset, size)
	}
	n := uint16(min(files, max16))
	b = binary.LittleEndian.AppendUint32(b, sigEnd)
	b = append(b, make([]byte, 4)...) // first disk
	b = binary.LittleEndian.AppendUint16(b, n)
	b = binary.LittleEndian.AppendUint16(b, n)
	b = binary.LittleEndian.AppendUint32(b, low(size))
	b = binary.LittleEndian.AppendUint32(b, low(offset))
	return append(b, 0, 0) // no comment
}

// end64 returns the zip64 record of the end, and its locator.
func end64(files int, offset, size int64) []byte {
	b := binary.LittleEndian.AppendUint32(nil, sigEnd64)
	b = binary.LittleEndian.AppendUint64(b, 44) // bytes that follow
	b = binary.LittleEndian.AppendUint16(b, madeBy)
	b = binary.LittleEndian.AppendUint16(b, versionZip64)
	b = append(b, make([]byte, 8)...) // first disk
	for _, n := range []int64{int64(files), int64(files), size, offset} {
		b = binary.LittleEndian.AppendUint64(b, uint64(n))
	}
	b = binary.LittleEndian.AppendUint32(b, sigLocator64)
	b = binary.LittleEndian.AppendUint32(b, 0) // first disk
	b = binary.LittleEndian.AppendUint64(b, uint64(offset+size))
	return binary.LittleEndian.AppendUint32(b, 1) // one disk
}
