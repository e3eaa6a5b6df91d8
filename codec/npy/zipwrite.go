package npy

import (
	"archive/zip"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/descent-ml/descent/internal/atomicfile"
	"github.com/descent-ml/descent/internal/quote"
)

// WriteZip writes a .npz file to w: the arrays in the given order, stored and not
// compressed. Equal arrays are written as equal bytes.
//
// A name that is empty, no relative path or used twice is an error, and so are a nil
// array and more than [MaxArrays]. In these cases nothing is written. Any other error
// comes from w and is wrapped.
func WriteZip(w io.Writer, arrays []Named) error {
	err := checkArrays(arrays)
	if err == nil {
		err = writeZip(w, arrays)
	}
	if err != nil {
		return fmt.Errorf("npy: %w", err)
	}
	return nil
}

// WriteZipFile writes a .npz file at path, as [WriteZip] does. It replaces an
// existing file completely or not at all.
func WriteZipFile(path string, arrays []Named) error {
	err := checkArrays(arrays)
	if err == nil {
		err = atomicfile.Write(path, func(w io.Writer) error { return writeZip(w, arrays) })
	}
	if err != nil {
		return fmt.Errorf("npy: %s: %w", path, err)
	}
	return nil
}

func checkArrays(arrays []Named) error {
	if len(arrays) > MaxArrays {
		return fmt.Errorf("there are %d arrays, more than the %d that are read", len(arrays), MaxArrays)
	}
	seen := make(map[string]bool, len(arrays))
	for i, a := range arrays {
		if err := checkName(a.Name, seen); err != nil {
			return fmt.Errorf("array %d: %w", i, err)
		}
		if a.Array == nil {
			return fmt.Errorf("array %d: %s has no value", i, quote.Short(a.Name))
		}
	}
	return nil
}

func writeZip(w io.Writer, arrays []Named) error {
	z := zip.NewWriter(w)
	for _, a := range arrays {
		head := a.Array.head()
		n := uint64(len(head) + len(a.Array.raw))
		flags := uint16(0)
		if strings.IndexFunc(a.Name, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
			flags = isUTF8
		}
		// The sizes stand before the data, not after them, for readers that know
		// nothing else.
		member, err := z.CreateRaw(&zip.FileHeader{
			Name: a.Name + suffix, Method: zip.Store, Flags: flags, ReaderVersion: 20,
			CRC32:            crc32.Update(crc32.ChecksumIEEE(head), crc32.IEEETable, a.Array.raw),
			CompressedSize64: n, UncompressedSize64: n,
		})
		if err == nil {
			err = a.Array.write(member)
		}
		if err != nil {
			return fmt.Errorf("array %s: %w", quote.Short(a.Name), err)
		}
	}
	if err := z.Close(); err != nil {
		return fmt.Errorf("writing the directory: %w", err)
	}
	return nil
}
