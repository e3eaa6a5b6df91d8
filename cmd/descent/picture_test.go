package main

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// writePictures puts n pictures of 20 × 24 pixels of each class in a folder: red
// squares and blue stripes, with noise.
func writePictures(t *testing.T, dir string, n int) {
	t.Helper()
	r := tensor.NewRand(3)
	for _, class := range []string{"square", "stripe, blue"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, class), 0o777))
		for i := range n {
			m := image.NewRGBA(image.Rect(0, 0, 20, 24))
			at := int(r.Uint32() % 10)
			for y := range 24 {
				for x := range 20 {
					c := color.RGBA{byte(r.Uint32() % 60), byte(r.Uint32() % 60), byte(r.Uint32() % 60), 255}
					switch {
					case class == "square" && x >= at && x < at+8 && y >= at && y < at+8:
						c.R = 250
					case class != "square" && y >= at && y < at+4:
						c.B = 250
					}
					m.SetRGBA(x, y, c)
				}
			}
			file, err := os.Create(filepath.Join(dir, class, fmt.Sprintf("%d.png", i)))
			require.NoError(t, err)
			require.NoError(t, png.Encode(file, m))
			require.NoError(t, file.Close())
		}
	}
}

// A folder of pictures is learnt, and a picture is told by its class.
func TestFolderOfPictures(t *testing.T) {
	dir := t.TempDir()
	pets, out := filepath.Join(dir, "pets"), filepath.Join(dir, "run")
	writePictures(t, pets, 30)
	stdout := trained(t, "--data", pets, "--size", "16", "--epochs", "5", "--batch", "8", "--augment", "--out", out)
	require.Contains(t, stdout, ": 48 pictures to train on, 12 to validate, read in ")
	require.Equal(t, "validation accuracy 100.00 %", lastLine(stdout))

	// The run knows what it was trained on when that has gone.
	moved := filepath.Join(dir, "moved")
	require.NoError(t, os.Rename(pets, moved))
	pets = moved
	code, predicted, stderr := descent(background, "predict", out, filepath.Join(pets, "square", "3.png"), filepath.Join(pets, "stripe, blue", "4.png"))
	require.Zero(t, code, stderr)
	rows := parseCSV(t, predicted)
	require.Equal(t, []string{"picture", "class", "probability"}, rows[0])
	require.Equal(t, []string{"square", "stripe, blue"}, []string{rows[1][1], rows[2][1]})
	require.Regexp(t, `^(0\.[5-9]\d\d\d|1\.0000)$`, rows[1][2])

	odd := filepath.Join(dir, "odd.png")
	require.NoError(t, os.WriteFile(odd, []byte("no picture"), 0o666))
	require.Contains(t, fails(t, dir, exitFailed, "predict", out, odd), odd)
	require.Contains(t, fails(t, dir, exitFailed, "train", "--data", filepath.Join(pets, "square"), "--out", filepath.Join(dir, "new")), "there is no folder in ")
	require.NoError(t, os.WriteFile(filepath.Join(out, classesFile), []byte(`{"shape": [1, 1000000, 1000000], "count": 2}`), 0o666))
	require.Contains(t, fails(t, dir, exitFailed, "predict", out, odd), "want 1 to 16384")
}

// Digits on paper, dark on bright, are told like those of the training set, which
// are bright on dark.
func TestPredictDigit(t *testing.T) {
	dir := t.TempDir()
	writeMNIST(t, dir, 240)
	out := filepath.Join(dir, "run")
	trained(t, "--data", "mnist", "--data-dir", dir, "--model", "linear", "--epochs", "5", "--batch", "20", "--out", out)
	var paths []string
	for _, paper := range []byte{0, 255} {
		m := image.NewGray(image.Rect(0, 0, 28, 28))
		for y := range 28 {
			for x := range 28 {
				ink := byte(0)
				if y == 2*6+4 { // a 6, see writeMNIST
					ink = 255
				}
				m.SetGray(x, y, color.Gray{ink ^ paper})
			}
		}
		path := filepath.Join(dir, fmt.Sprintf("six%d.png", paper))
		file, err := os.Create(path)
		require.NoError(t, err)
		require.NoError(t, png.Encode(file, m))
		require.NoError(t, file.Close())
		paths = append(paths, path)
	}
	code, predicted, stderr := descent(background, append([]string{"predict", out}, paths...)...)
	require.Zero(t, code, stderr)
	rows := parseCSV(t, predicted)
	require.Equal(t, []string{"6", "6"}, []string{rows[1][1], rows[2][1]})
	require.Equal(t, rows[1][2], rows[2][2])
}
