package data

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// idxHeader returns the first bytes of an IDX file.
func idxHeader(dims ...uint32) []byte {
	b := []byte{0, 0, 0x08, byte(len(dims))}
	for _, d := range dims {
		b = binary.BigEndian.AppendUint32(b, d)
	}
	return b
}

// idxBytes returns an IDX file.
func idxBytes(data []byte, dims ...uint32) []byte { return append(idxHeader(dims...), data...) }

// gzipped returns b compressed.
func gzipped(b []byte) []byte {
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	z.Write(b)
	z.Close()
	return out.Bytes()
}

func TestReadIDX(t *testing.T) {
	long := bytes.Repeat([]byte("0123456789abcdef"), idxChunk/4) // several chunks
	for _, c := range []struct {
		file  []byte
		shape []int
		data  []byte
	}{
		{idxBytes([]byte{7, 8, 9}, 3), []int{3}, []byte{7, 8, 9}},
		{idxBytes([]byte{1, 2, 3, 4, 5, 6}, 1, 2, 3), []int{1, 2, 3}, []byte{1, 2, 3, 4, 5, 6}},
		{idxBytes([]byte{1, 2}, 2, 1, 1, 1), []int{2, 1, 1, 1}, []byte{1, 2}},
		{idxBytes(nil, 0), []int{0}, []byte{}},
		{idxBytes(nil, 5, 0, 28), []int{5, 0, 28}, []byte{}},
		{idxBytes(long, uint32(len(long))), []int{len(long)}, long},
	} {
		for name, r := range map[string]io.Reader{
			"plain":       bytes.NewReader(c.file),
			"gzip":        bytes.NewReader(gzipped(c.file)),
			"byte a time": iotest.OneByteReader(bytes.NewReader(c.file)),
			"early EOF":   iotest.DataErrReader(bytes.NewReader(c.file)),
		} {
			got, err := ReadIDX(r)
			require.NoError(t, err, name)
			require.Equal(t, c.shape, got.Shape, name)
			require.True(t, bytes.Equal(c.data, got.Data), name)
		}
	}
}

func TestReadIDXErrors(t *testing.T) {
	images := idxBytes(make([]byte, 12), 3, 2, 2)
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
		{"overflow", idxHeader(1<<30, 1<<30, 1<<30, 1<<30), "the header promises data of shape [1073741824 1073741824 1073741824 1073741824], more than the 1073741824 bytes that are read at most"},
		{"long axis", idxHeader(4_000_000_000, 28, 28), "axis 0 has length 4000000000, more than the 1073741824 bytes that are read at most"},
		{"too large", idxHeader(4_000_000, 28, 28), "the header promises data of shape [4000000 28 28], more than the 1073741824 bytes that are read at most"},
		{"gzip header", z[:5], "the gzip header is damaged: unexpected EOF"},
		{"gzip cut", z[:len(z)-9], "unexpected EOF"},
		{"gzip without checksum", z[:len(z)-8], "after 12 bytes of data: unexpected EOF"},
		{"gzip damaged", damaged, "gzip: invalid checksum"},
		{"gzip and more", append(bytes.Clone(z), "more bytes"...), "after 12 bytes of data: gzip: invalid header"},
	} {
		got, err := ReadIDX(bytes.NewReader(c.file))
		require.ErrorContains(t, err, c.want, c.name)
		require.Nil(t, got, c.name)
	}

	_, err := ReadIDX(iotest.ErrReader(errors.New("the disk is on fire")))
	require.ErrorContains(t, err, "the disk is on fire")
}

// allocated returns how many bytes f allocates.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestReadIDXAllocatesWhatArrives(t *testing.T) {
	bomb := gzipped(idxBytes(make([]byte, 64<<20), 10))
	for name, file := range map[string][]byte{
		"a gigabyte promised":             append(idxHeader(1<<30), 1, 2, 3, 4),
		"a gigabyte promised, compressed": gzipped(append(idxHeader(1<<30), 1, 2, 3, 4)),
		"a bomb with a small header":      bomb,
	} {
		n := allocated(func() {
			_, err := ReadIDX(bytes.NewReader(file))
			require.Error(t, err, name)
		})
		require.Less(t, n, uint64(1<<20), name)
	}
}

func FuzzReadIDX(f *testing.F) {
	images := idxBytes([]byte{0, 50, 100, 150, 200, 250}, 1, 2, 3)
	for _, seed := range [][]byte{
		nil, images, images[:10], append(bytes.Clone(images), 1), idxBytes([]byte{3, 1, 4}, 3),
		idxBytes(nil, 0), idxHeader(1 << 31), idxHeader(1<<16, 1<<16, 1<<16, 1<<16),
		idxHeader(1<<16+1, 0, 1<<16, 1<<16), {0, 0, 8, 9}, {0, 0, 9, 1},
	} {
		f.Add(seed)
		f.Add(gzipped(seed))
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		idx, err := ReadIDX(bytes.NewReader(file))
		if err != nil {
			require.Nil(t, idx)
			require.NotEmpty(t, err.Error())
			return
		}
		n, err := tensor.Size(idx.Shape)
		require.NoError(t, err)
		require.Len(t, idx.Data, n)
		if bytes.HasPrefix(file, []byte{0x1f, 0x8b}) {
			return
		}
		dims := make([]uint32, len(idx.Shape))
		for i, d := range idx.Shape {
			dims[i] = uint32(d)
		}
		require.Equal(t, file, idxBytes(idx.Data, dims...), "a file that is read is the file that would be written")
	})
}

func ExampleReadIDX() {
	file := "\x00\x00\x08\x01" + "\x00\x00\x00\x04" + "\x05\x00\x04\x01"
	labels, err := ReadIDX(strings.NewReader(file))
	fmt.Println(labels.Shape, labels.Data, err)

	_, err = ReadIDX(strings.NewReader(file[:10]))
	fmt.Println(err)
	// Output:
	// [4] [5 0 4 1] <nil>
	// want [4] = 4 bytes of data, got 2: unexpected EOF
}

// An IDX is what [tensor.New] needs, but for the element type.
func ExampleIDX() {
	idx := IDX{Shape: []int{1, 2, 2}, Data: []byte{0, 51, 102, 255}}
	x := make([]float32, len(idx.Data))
	for i, b := range idx.Data {
		x[i] = float32(b) / 255
	}
	picture := tensor.New(x, idx.Shape...)
	fmt.Printf("%v %.1f\n", picture.Shape(), picture.At(0, 1, 0))
	// Output: [1 2 2] 0.4
}
