package npy

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/tensor"
)

func deflated(t require.TestingT, b []byte) []byte {
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	require.NoError(t, err)
	_, err = w.Write(b)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return out.Bytes()
}

// small is a small .npy file.
var small = filled(4, "'<f4'", "(1,)")

// alter changes what the directory of a zip file says of a member.
func alter(change func(*zip.FileHeader)) part {
	return part{name: "a.npy", content: small, change: change}
}

// hostileZips are .npz files with a fault, and what the message of ReadZip says.
func hostileZips(t require.TestingT) []struct {
	name string
	file []byte
	want string
} {
	good := archive(t, part{name: "a.npy", content: small})
	damaged := bytes.Clone(good)
	damaged[bytes.Index(damaged, []byte(magic))+len(small)-1] ^= 1
	twin := archive(t, part{name: "a.npy", content: small}, part{name: "b.npy", content: small})
	directory := bytes.LastIndex(twin, []byte("PK\x01\x02"))
	overlap := bytes.Clone(twin)
	copy(overlap[directory+42:], "\x00\x00\x00\x00") // the second member begins where the first does
	far := bytes.Clone(twin)
	copy(far[directory+42:], "\xff\xff\xff\x7f")
	many := make([]part, MaxArrays+1)
	for i := range many {
		many[i] = part{name: fmt.Sprint(i, ".npy")}
	}
	named := func(name string) []byte { return archive(t, part{name: name, content: small}) }
	bomb := filled(20<<20, "'|u1'", "(20971520,)")
	return []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "cannot read the directory of the zip file: zip: not a valid zip file"},
		{"a .npy file", small, "cannot read the directory of the zip file: zip: not a valid zip file"},
		{"no directory", good[:len(good)-22], "cannot read the directory of the zip file: zip: not a valid zip file"},
		{"a directory that is not there", bytes.Clone(good[len(good)-22:]), "cannot read the directory of the zip file: zip: not a valid zip file"},
		{"no name", named(".npy"), "array 0: its name is empty"},
		{"no suffix", named("a.txt"), `member 0, "a.txt", is no .npy file`},
		{"a folder", archive(t, part{name: "a/"}), `member 0, "a/", is no .npy file`},
		{"outside", named("../a.npy"), `array 0: its name "../a" is no relative path of UTF-8`},
		{"absolute", named("/etc/a.npy"), `array 0: its name "/etc/a" is no relative path of UTF-8`},
		{"backslash", named(`..\a.npy`), `array 0: its name "..\\a" is no relative path of UTF-8`},
		{"zero in a name", named("a\x00b.npy"), `array 0: its name "a\x00b" is no relative path of UTF-8`},
		{"not UTF-8", named("\xff.npy"), `array 0: its name "\xff" is no relative path of UTF-8`},
		{"long name", named(strings.Repeat("n", 60000) + "\x00.npy"), "… (60001 bytes) is no relative path of UTF-8"},
		{"name twice", archive(t, part{name: "a.npy", content: small}, part{name: "a.npy", content: small}), `array 1: the name "a" is taken by an earlier one`},
		{"encrypted", archive(t, alter(func(h *zip.FileHeader) { h.Flags |= 1 })), `array "a" is encrypted`},
		{"bzip2", archive(t, alter(func(h *zip.FileHeader) { h.Method = 12 })), `array "a" is compressed by method 12, want 0 (stored) or 8 (deflated)`},
		{"longer than the file", archive(t, alter(func(h *zip.FileHeader) { h.CompressedSize64, h.UncompressedSize64 = 1<<40, 1<<40 })), `member "a.npy" takes 1099511627776 bytes from byte 35 on, but the file has 208`},
		{"longer than anything", archive(t, alter(func(h *zip.FileHeader) { h.CompressedSize64, h.UncompressedSize64 = 1<<64-1, 1<<64-1 })), `member "a.npy" takes 18446744073709551615 bytes from byte 35 on, but the file has 208`},
		{"stored and longer", archive(t, alter(func(h *zip.FileHeader) { h.UncompressedSize64++ })), `array "a" is stored, but its 72 bytes become 73`},
		{"longer than it is", archive(t, part{name: "a.npy", content: small, deflated: true, change: func(h *zip.FileHeader) { h.UncompressedSize64 += 9 }}), `array "a": want a magic string and a version of 8 bytes, got 0: unexpected EOF`},
		{"shorter than it is", archive(t, part{name: "a.npy", content: append(bytes.Clone(small), 0), deflated: true, change: func(h *zip.FileHeader) { h.UncompressedSize64-- }}), "zip: not a valid zip file"},
		{"a bomb that says so", archive(t, part{name: "a.npy", content: small, deflated: true, change: func(h *zip.FileHeader) { h.UncompressedSize64 = MaxInflated + 1 }}), `array "a" becomes 1073741825 bytes; the compressed arrays may become 1073741824 together`},
		{"two bombs", archive(t, part{name: "a.npy", content: small, deflated: true}, part{name: "b.npy", content: small, deflated: true, change: func(h *zip.FileHeader) { h.UncompressedSize64 = MaxInflated }}), `array "b" becomes 1073741824 bytes; the compressed arrays may become 1073741824 together`},
		{"a claim of a gigabyte", archive(t, part{name: "a.npy", content: filled(20000, "'|u1'", "(1000000000,)"), deflated: true, change: func(h *zip.FileHeader) { h.UncompressedSize64 += 1000000000 - 20000 }}), `array "a": `},
		{"a bomb behind a small array", archive(t, part{name: "a.npy", content: append(bytes.Clone(small), bomb...), deflated: true}), `float32 of shape [1] takes 4 bytes, but 20971599 follow the header`},
		{"a bomb behind a claim", archive(t, part{name: "a.npy", content: bomb, deflated: true, change: func(h *zip.FileHeader) { h.UncompressedSize64 = 72 }}), `array "a": want a magic string and a version of 8 bytes, got 0: zip: not a valid zip file`},
		{"not deflated", archive(t, part{name: "a.npy", content: small, change: func(h *zip.FileHeader) { h.Method = zip.Deflate }}), `array "a": `},
		{"checksum", damaged, `array "a": after the last element: zip: checksum error`},
		{"second member overlaps", overlap, `members "a.npy" and "b.npy" overlap: one ends at byte 107, the other begins at 35`},
		{"second member is far away", far, `member "b.npy": there is no header at its place in the file: unexpected EOF`},
		{"too many", archive(t, many...), "there are 10001 arrays, more than the 10000 that are read at most"},
	}
}

func TestHostileZips(t *testing.T) {
	for _, c := range hostileZips(t) {
		t.Run(c.name, func(t *testing.T) {
			var arrays []Named
			var err error
			got := allocs.Bytes(func() { arrays, err = readZipBytes(c.file) })
			require.ErrorContains(t, err, c.want)
			require.ErrorContains(t, err, "npy: ")
			require.Less(t, len(err.Error()), 500)
			require.Nil(t, arrays)
			require.Less(t, got, uint64(2*len(c.file)+12<<20))

			path := filepath.Join(t.TempDir(), "a.npz")
			require.NoError(t, os.WriteFile(path, c.file, 0o666))
			_, err = ReadZipFile(path)
			require.ErrorContains(t, err, "npy: "+path+": ")
			require.ErrorContains(t, err, c.want)
		})
	}
}

// Ten thousand members that all begin at the same byte would become ten thousand
// times the file.
func TestOverlappingMembers(t *testing.T) {
	const n = 1000
	parts := make([]part, n)
	content := filled(1<<20, "'|u1'", "(1048576,)")
	for i := range parts {
		parts[i] = part{name: fmt.Sprint(i, ".npy")}
		if i == 0 {
			parts[i].content = content
		} else {
			parts[i].change = func(h *zip.FileHeader) {
				h.CompressedSize64, h.UncompressedSize64 = uint64(len(content)), uint64(len(content))
			}
		}
	}
	file := archive(t, parts...)
	for at := 0; ; at += 46 {
		i := bytes.Index(file[at:], []byte("PK\x01\x02"))
		if i < 0 {
			break
		}
		at += i
		copy(file[at+42:], "\x00\x00\x00\x00")
	}
	require.Less(t, allocs.Bytes(func() {
		_, err := readZipBytes(file)
		require.ErrorContains(t, err, " overlap: one ends at byte ")
	}), uint64(8<<20))
}

// A directory of megabytes is not read to its end.
func TestLongDirectory(t *testing.T) {
	long := strings.Repeat("n", 60000)
	parts := make([]part, 200)
	for i := range parts {
		parts[i] = part{name: fmt.Sprint(long, i, ".npy")}
	}
	file := archive(t, parts...)
	require.Less(t, allocs.Bytes(func() {
		_, err := readZipBytes(file)
		require.ErrorContains(t, err, "cannot read the directory of the zip file: it is longer than the 4194304 bytes that are read at most")
	}), uint64(32<<20))
}

func TestEveryTruncationOfAZip(t *testing.T) {
	arrays := []Named{{"a", FromInts([]int{1, 2, 3}, 3)}, {"b", FromTensor(tensor.Ones(2, 2))}}
	everyTruncation(t, zipped(t, arrays...), func(file []byte) error { _, err := readZipBytes(file); return err })
	compressed := archive(t, part{name: "a.npy", content: small, deflated: true}, part{name: "b.npy", content: small, deflated: true})
	everyTruncation(t, compressed, func(file []byte) error { _, err := readZipBytes(file); return err })
}

func TestEveryDamagedByteOfAZip(t *testing.T) {
	file := archive(t, part{name: "a.npy", content: small, deflated: true}, part{name: "b.npy", content: small})
	for i := range file {
		for bit := range 8 {
			file[i] ^= 1 << bit
			if arrays, err := readZipBytes(file); err == nil {
				zipped(t, arrays...)
			}
			file[i] ^= 1 << bit
		}
	}
}

func TestReaderAtFails(t *testing.T) {
	file := zipped(t, Named{"a", FromInts([]int{1, 2, 3}, 3)})
	broken := errors.New("cable pulled")
	for n := range 12 {
		_, err := ReadZip(&brokenAfter{bytes.NewReader(file), n, broken}, int64(len(file)))
		if err != nil {
			require.ErrorIs(t, err, broken)
		}
	}
}

type brokenAfter struct {
	io.ReaderAt
	n   int
	err error
}

func (b *brokenAfter) ReadAt(p []byte, at int64) (int, error) {
	if b.n--; b.n < 0 {
		return 0, b.err
	}
	return b.ReaderAt.ReadAt(p, at)
}

// Readers take a name that is not ASCII for UTF-8 only when the member says so.
func TestNamesAreUTF8(t *testing.T) {
	one := FromTensor(tensor.Ones(1))
	b := zipped(t, Named{"größe", one}, Named{"size", one})
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	require.Equal(t, uint16(1<<11), z.File[0].Flags&(1<<11))
	require.Zero(t, z.File[1].Flags&(1<<11))
}
