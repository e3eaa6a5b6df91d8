package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var background = context.Background()

// descent runs the command and returns its exit code and what it wrote.
func descent(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, err bytes.Buffer
	code = run(ctx, args, &out, &err)
	return code, out.String(), err.String()
}

// trained runs descent train, which must succeed, and returns what it printed.
func trained(t *testing.T, args ...string) string {
	t.Helper()
	code, stdout, stderr := descent(background, append([]string{"train"}, args...)...)
	require.Equal(t, "", stderr)
	require.Zero(t, code)
	return stdout
}

// fails runs descent, which must say one sentence and leave nothing in the
// folder that was not there before.
func fails(t *testing.T, folder string, code int, args ...string) (sentence string) {
	t.Helper()
	before := files(t, folder)
	got, _, stderr := descent(background, args...)
	require.Equal(t, code, got, stderr)
	require.Equal(t, before, files(t, folder))
	require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	require.True(t, strings.HasPrefix(stderr, "descent: "), stderr)
	return strings.TrimSuffix(strings.TrimPrefix(stderr, "descent: "), "\n")
}

// files lists everything in a folder.
func files(t *testing.T, folder string) (list []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(folder, func(path string, _ fs.DirEntry, err error) error {
		list = append(list, path)
		return err
	}))
	return list
}

// writeMNIST puts the four files of a tiny MNIST in a folder: n pictures to
// train on and n/4 to test with, whose digit is written in the brightness of a
// row.
func writeMNIST(t *testing.T, folder string, n int) {
	t.Helper()
	for _, part := range []struct {
		name string
		n    int
	}{{"train", n}, {"t10k", n / 4}} {
		images := make([]byte, part.n*784)
		labels := make([]byte, part.n)
		for i := range part.n {
			labels[i] = byte(i * 7 % 10)
			row := images[i*784+28*(2*int(labels[i])+4):]
			for k := range 28 {
				row[k] = 255
			}
		}
		write := func(name string, b []byte) {
			require.NoError(t, os.WriteFile(filepath.Join(folder, part.name+name), b, 0o666))
		}
		write("-images-idx3-ubyte", idx(images, part.n, 28, 28))
		write("-labels-idx1-ubyte", idx(labels, part.n))
	}
}

// idx returns an IDX file of bytes.
func idx(content []byte, shape ...int) []byte {
	b := []byte{0, 0, 8, byte(len(shape))}
	for _, d := range shape {
		b = binary.BigEndian.AppendUint32(b, uint32(d))
	}
	return append(b, content...)
}
