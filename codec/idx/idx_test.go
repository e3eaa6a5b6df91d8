package idx

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/internal/intake"
	"github.com/descent-ml/descent/tensor"
)

// header returns the first bytes of an IDX file.
func header(dims ...uint32) []byte {
	b := []byte{0, 0, 0x08, byte(len(dims))}
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, d)
	}
	return b
}

// build returns an IDX file.
func build(data []byte, dims ...uint32) []byte { return append(header(dims...), data...) }

// gzipped returns b compressed.
func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

func TestRead(t *testing.T) {
	long := bytes.Repeat([]byte("0123456789abcdef"), intake.Block/4) // several chunks
	for _, c := range []struct {
		file  []byte
		shape []int
		data  []byte
	}{
		{build([]byte{7, 8, 9}, 3), []int{3}, []byte{7, 8, 9}},
		{build([]byte{1, 2, 3, 4, 5, 6}, 1, 2, 3), []int{1, 2, 3}, []byte{1, 2, 3, 4, 5, 6}},
		{build([]byte{1, 2}, 2, 1, 1, 1), []int{2, 1, 1, 1}, []byte{1, 2}},
		{build(nil, 0), []int{0}, []byte{}},
		{build(nil, 5, 0, 28), []int{5, 0, 28}, []byte{}},
		{build(long, uint32(len(long))), []int{len(long)}, long},
	} {
		for name, r := range map[string]io.Reader{
			"plain":       bytes.NewReader(c.file),
			"gzip":        bytes.NewReader(gzipped(c.file)),
			"byte a time": iotest.OneByteReader(bytes.NewReader(c.file)),
			"early EOF":   iotest.DataErrReader(bytes.NewReader(c.file)),
		} {
			got, err := Read(r)
			require.NoError(t, err, name)
			require.Equal(t, c.shape, got.Shape, name)
			require.True(t, bytes.Equal(c.data, got.Data), name)
		}
	}
}

func TestReadErrors(t *testing.T) {
	images := build(make([]byte, 12), 3, 2, 2)
	z := gzipped(images)
	damaged := bytes.Clone(z)
	damaged[len(damaged)-6] ^= 1 // the checksum
	for _, c := range []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "want a header of at least 4 bytes, got 0: unexpected EOF"},
		{"three bytes", images[:3], "want a header of at least 4 bytes, got 3: unexpected EOF"},
		{"cut header", images[:15], "want a header of 16 bytes, got 15: unexpected EOF"},
		{"text", []byte("label,pixel0"), "not an IDX file: it starts with 6c 61 instead of 00 00"},
		{"int32", []byte{0, 0, 0x0c, 1}, "the element type is 0x0c, want 0x08 (unsigned byte)"},
		{"no axes", []byte{0, 0, 8, 0, 1}, "the header has 0 axes, want 1 to 4"},
		{"many axes", []byte{0, 0, 8, 255}, "the header has 255 axes, want 1 to 4"},
		{"cut", images[:20], "want [3 2 2] = 12 bytes of data, got 4: unexpected EOF"},
		{"no data", images[:16], "want [3 2 2] = 12 bytes of data, got 0: unexpected EOF"},
		{"longer", append(bytes.Clone(images), 0), "want [3 2 2] = 12 bytes of data, but the file goes on after them"},
		{"overflow", header(1<<30, 1<<30, 1<<30, 1<<30), "the header promises data of shape [1073741824 1073741824 1073741824 1073741824], more than the 1073741824 bytes that are read at most"},
		{"long axis", header(4_000_000_000, 28, 28), "axis 0 has length 4000000000, more than the 1073741824 bytes that are read at most"},
		{"too large", header(4_000_000, 28, 28), "the header promises data of shape [4000000 28 28], more than the 1073741824 bytes that are read at most"},
		{"gzip header", z[:5], "the gzip header is damaged: unexpected EOF"},
		{"gzip cut", z[:len(z)-9], "unexpected EOF"},
		{"gzip without checksum", z[:len(z)-8], "after 12 bytes of data: unexpected EOF"},
		{"gzip damaged", damaged, "gzip: invalid checksum"},
		{"gzip and more", append(bytes.Clone(z), "more bytes"...), "after 12 bytes of data: gzip: invalid header"},
	} {
		got, err := Read(bytes.NewReader(c.file))
		require.ErrorContains(t, err, c.want, c.name)
		require.Nil(t, got, c.name)
	}

	_, err := Read(iotest.ErrReader(errors.New("the disk is on fire")))
	require.ErrorContains(t, err, "the disk is on fire")
}

func TestAllocatesWhatArrives(t *testing.T) {
	bomb := gzipped(build(make([]byte, 64<<20), 10))
	for name, file := range map[string][]byte{
		"a gigabyte promised":             append(header(1<<30), 1, 2, 3, 4),
		"a gigabyte promised, compressed": gzipped(append(header(1<<30), 1, 2, 3, 4)),
		"a bomb with a small header":      bomb,
	} {
		n := allocs.Bytes(func() {
			_, err := Read(bytes.NewReader(file))
			require.Error(t, err, name)
		})
		require.Less(t, n, uint64(1<<20), name)
	}
}

// encoded is a as Write writes it.
func encoded(t require.TestingT, a *Array) []byte {
	var b bytes.Buffer
	require.NoError(t, Write(&b, a))
	return b.Bytes()
}

func TestWrite(t *testing.T) {
	require.Equal(t, build([]byte{1, 2, 3, 4, 5, 6}, 1, 2, 3), encoded(t, &Array{Shape: []int{1, 2, 3}, Data: []byte{1, 2, 3, 4, 5, 6}}))
	require.Equal(t, build(nil, 5, 0, 28), encoded(t, &Array{Shape: []int{5, 0, 28}}))
}

func TestCannotBeWritten(t *testing.T) {
	for want, a := range map[string]*Array{
		"the shape [] has 0 axes, want 1 to 4":                                                         {},
		"the shape [1 1 1 1 1] has 5 axes, want 1 to 4":                                                {Shape: []int{1, 1, 1, 1, 1}},
		"axis 1 of the shape [2 -1] has length -1, want 0 to 1073741824":                               {Shape: []int{2, -1}},
		"axis 0 of the shape [1073741825] has length 1073741825, want 0 to 1073741824":                 {Shape: []int{1<<30 + 1}},
		"the shape [65536 65536 65536 65536] has more than the 1073741824 bytes that are read at most": {Shape: []int{1 << 16, 1 << 16, 1 << 16, 1 << 16}},
		"the shape [65536 0 65536 65536] has more than the 1073741824 bytes that are read at most":     {Shape: []int{1 << 16, 0, 1 << 16, 1 << 16}},
		"the shape [2 3] has 6 bytes of data, got 5":                                                   {Shape: []int{2, 3}, Data: make([]byte, 5)},
	} {
		var b bytes.Buffer
		require.EqualError(t, Write(&b, a), "idx: "+want)
		require.Zero(t, b.Len())
	}
}

func TestWriterFails(t *testing.T) {
	full := errors.New("disk full")
	a := &Array{Shape: []int{3}, Data: []byte{1, 2, 3}}
	require.ErrorIs(t, Write(failing{full, new(int)}, a), full)
	after := 1
	require.ErrorIs(t, Write(failing{full, &after}, a), full)
}

// failing returns err after a few successes.
type failing struct {
	err   error
	after *int
}

func (f failing) Write(p []byte) (int, error) {
	if *f.after--; *f.after < 0 {
		return 0, f.err
	}
	return len(p), nil
}

func TestEveryTruncation(t *testing.T) {
	file := build([]byte{1, 2, 3, 4, 5, 6}, 1, 2, 3)
	for _, file := range [][]byte{file, gzipped(file)} {
		for n := range file {
			_, err := Read(bytes.NewReader(file[:n]))
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, "%d bytes", n)
			require.ErrorContains(t, err, "idx: ")
		}
	}
}

func TestOpen(t *testing.T) {
	f, err := Open(bytes.NewReader(build([]byte("abcdef"), 3, 2)))
	require.NoError(t, err)
	f.Shape()[0] = 100 // a copy
	require.Equal(t, []int{3, 2}, f.Shape())
	b, err := f.Next(2)
	require.NoError(t, err)
	require.Equal(t, "ab", string(b))
	require.NoError(t, f.Skip(3))
	require.ErrorContains(t, f.End(), "the file goes on")

	for name, ask := range map[string]func(*Reader){
		"next": func(f *Reader) { _, _ = f.Next(4) },
		"skip": func(f *Reader) { _ = f.Skip(4) },
	} {
		f, err := Open(bytes.NewReader(build([]byte("abc"), 3)))
		require.NoError(t, err)
		require.PanicsWithError(t, "idx: "+name+": 4 elements are wanted, but 3 of 3 are left", func() { ask(f) })
	}
	f, err = Open(bytes.NewReader(build([]byte("abc"), 4)))
	require.NoError(t, err)
	require.EqualError(t, f.Skip(4), "idx: want [4] = 4 bytes of data, got 3: unexpected EOF")
}

func FuzzRead(f *testing.F) {
	images := build([]byte{0, 50, 100, 150, 200, 250}, 1, 2, 3)
	for _, seed := range [][]byte{
		nil, images, images[:10], append(bytes.Clone(images), 1), build([]byte{3, 1, 4}, 3),
		build(nil, 0), header(1 << 31), header(1<<16, 1<<16, 1<<16, 1<<16),
		header(1<<16+1, 0, 1<<16, 1<<16), {0, 0, 8, 9}, {0, 0, 9, 1},
	} {
		f.Add(seed)
		f.Add(gzipped(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		a, err := Read(bytes.NewReader(file))
		if err != nil {
			require.Nil(t, a)
			require.NotEmpty(t, err.Error())
			return
		}
		n, err := tensor.Size(a.Shape)
		require.NoError(t, err)
		require.Len(t, a.Data, n)
		if bytes.HasPrefix(file, []byte{0x1f, 0x8b}) {
			return
		}
		dims := make([]uint32, len(a.Shape))
		for i, d := range a.Shape {
			dims[i] = uint32(d)
		}
		require.Equal(t, file, build(a.Data, dims...), "a file that is read is the file that would be written")
		require.Equal(t, file, encoded(t, a))
	})
}

func ExampleRead() {
	file := "\x00\x00\x08\x01" + "\x00\x00\x00\x04" + "\x05\x00\x04\x01"
	labels, err := Read(strings.NewReader(file))
	fmt.Println(labels.Shape, labels.Data, err)

	_, err = Read(strings.NewReader(file[:10]))
	fmt.Println(err)
	// Output:
	// [4] [5 0 4 1] <nil>
	// idx: want [4] = 4 bytes of data, got 2: unexpected EOF
}

// An Array is what [tensor.New] needs, but for the element type.
func ExampleArray() {
	a := Array{Shape: []int{1, 2, 2}, Data: []byte{0, 51, 102, 255}}
	x := make([]float32, len(a.Data))
	for i, b := range a.Data {
		x[i] = float32(b) / 255
	}
	picture := tensor.New(x, a.Shape...)
	fmt.Printf("%v %.1f\n", picture.Shape(), picture.At(0, 1, 0))
	// Output: [1 2 2] 0.4
}

// The first pictures of a file, without the rest of it.
func ExampleReader() {
	file := "\x00\x00\x08\x02" + "\x00\x00\x03\xe8" + "\x00\x00\x00\x02" + "\x01\x02" + "\x03\x04" // and 998 more rows
	f, err := Open(strings.NewReader(file))
	if err != nil {
		panic(err)
	}
	row, err := f.Next(2)
	fmt.Println(f.Shape(), row, err)
	// Output: [1000 2] [1 2] <nil>
}

func ExampleWrite() {
	var b bytes.Buffer
	err := Write(&b, &Array{Shape: []int{2}, Data: []byte{7, 9}})
	fmt.Printf("% x %v\n", b.Bytes(), err)
	// Output: 00 00 08 01 00 00 00 02 07 09 <nil>
}
