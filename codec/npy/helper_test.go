package npy

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"testing"

	"github.com/stretchr/testify/require"
)

// raw returns a file of version 1.0 with the given dictionary, right or wrong, and data.
func raw(text string, data ...byte) []byte {
	b := append([]byte(magic), 1, 0)
	b = le.AppendUint16(b, uint16(len(text)))
	return append(append(b, text...), data...)
}

// dict is a dictionary with the given values.
func dict(descr, fortran, shape string) string {
	return "{'descr': " + descr + ", 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n"
}

// filled is a file with n bytes of data.
func filled(n int, descr, shape string) []byte {
	return raw(dict(descr, "False", shape), make([]byte, n)...)
}

// encoded is a as Write writes it.
func encoded(t require.TestingT, a *Array) []byte {
	var b bytes.Buffer
	require.NoError(t, Write(&b, a))
	return b.Bytes()
}

// zipped is a .npz file as WriteZip writes it.
func zipped(t require.TestingT, arrays ...Named) []byte {
	var b bytes.Buffer
	require.NoError(t, WriteZip(&b, arrays))
	return b.Bytes()
}

// A part is a member of a zip file, with what its directory says.
type part struct {
	name     string
	deflated bool
	content  []byte
	change   func(*zip.FileHeader) // what the directory says instead
}

// archive returns a zip file, right or wrong.
func archive(t require.TestingT, parts ...part) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		body := p.content
		h := &zip.FileHeader{Name: p.name, CRC32: crc32.ChecksumIEEE(body), UncompressedSize64: uint64(len(body))}
		if p.deflated {
			h.Method = zip.Deflate
			body = deflated(t, body)
		}
		h.CompressedSize64 = uint64(len(body))
		if p.change != nil {
			p.change(h)
		}
		w, err := z.CreateRaw(h)
		require.NoError(t, err)
		_, err = w.Write(body)
		require.NoError(t, err)
	}
	require.NoError(t, z.Close())
	return b.Bytes()
}

func readZipBytes(file []byte) ([]Named, error) {
	return ReadZip(bytes.NewReader(file), int64(len(file)))
}

// requireSame fails unless the arrays are equal in type, shape and every bit.
func requireSame(t require.TestingT, want, got *Array) {
	require.Equal(t, want.DType(), got.DType())
	require.Equal(t, append([]int{}, want.Shape()...), append([]int{}, got.Shape()...))
	require.True(t, bytes.Equal(want.raw, got.raw))
}

// everyTruncation fails unless each start of file is an error.
func everyTruncation(t *testing.T, file []byte, read func([]byte) error) {
	t.Helper()
	for n := range file {
		require.Error(t, read(file[:n]), "%d bytes", n)
	}
}
