package images

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/tensor"
)

// greyPNG returns a file of a picture of one grey.
func greyPNG(h, w int, v uint8) []byte {
	p := image.NewGray(image.Rect(0, 0, w, h))
	for i := range p.Pix {
		p.Pix[i] = v
	}
	var b bytes.Buffer
	if err := png.Encode(&b, p); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// pets makes a folder of pictures and returns its path.
func pets(t *testing.T, files map[string][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for name, b := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, b, 0o600))
	}
	return dir
}

func TestOpenFolder(t *testing.T) {
	p := greyPNG(2, 2, 51)
	dir := pets(t, map[string][]byte{
		"dog/b.png": p, "dog/a.PNG": p, "dog/sub/c.jpg": p, "dog/sub-1/d.png": p, "dog/sub/deep/e.png": p, "dog/.hidden.png": p, "dog/.git/e.png": p,
		"dog/Thumbs.db": nil, "dog/notes.txt": nil, "cat/z.gif": p, "cat/z.jpeg": p, "Bird/x.png": p,
		"readme.png": p, ".cache/x.png": p,
	})
	f, err := OpenFolder(dir, Format{1, 2, 2})
	require.NoError(t, err)
	require.Equal(t, []string{"Bird", "cat", "dog"}, f.Classes)
	slashed := func(paths []string) []string {
		var out []string
		for _, path := range paths {
			inside, err := filepath.Rel(dir, path)
			require.NoError(t, err)
			out = append(out, filepath.ToSlash(inside))
		}
		return out
	}
	require.Equal(t, []string{"Bird/x.png", "cat/z.gif", "cat/z.jpeg", "dog/a.PNG", "dog/b.png", "dog/sub/c.jpg", "dog/sub-1/d.png", "dog/sub/deep/e.png"}, slashed(f.Files))
	require.Equal(t, []int{0, 1, 1, 2, 2, 2, 2, 2}, f.Labels)
	require.Equal(t, []string{"dog/Thumbs.db", "dog/notes.txt"}, slashed(f.Skipped))
	require.Equal(t, 8, f.Len())

	all, err := f.Load() // the type is that of the bytes, not of the name
	require.NoError(t, err)
	require.Equal(t, []int{8, 1, 2, 2}, all.X.Shape())
	require.Equal(t, f.Labels, all.Labels)
	require.Equal(t, 3, all.Classes)
}

func TestOpenFolderLinks(t *testing.T) {
	dir := pets(t, map[string][]byte{"a/x.png": greyPNG(1, 1, 9), "elsewhere/y.png": greyPNG(1, 1, 8)})
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), filepath.Join(dir, "b")); err != nil {
		require.Error(t, err) // the system has no links
		return
	}
	require.NoError(t, os.Symlink(filepath.Join(dir, "a"), filepath.Join(dir, "a", "loop")))
	require.NoError(t, os.Symlink(filepath.Join(dir, "nowhere"), filepath.Join(dir, "a", "lost.png")))
	f, err := OpenFolder(dir, Format{1, 1, 1})
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "elsewhere"}, f.Classes)
	require.Equal(t, []string{filepath.Join(dir, "a", "loop")}, f.Skipped)
	_, err = f.Load()
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.ErrorContains(t, err, "lost.png")
}

func TestOpenFolderErrors(t *testing.T) {
	_, err := OpenFolder(filepath.Join(t.TempDir(), "nowhere"), Format{1, 2, 2})
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = OpenFolder(pets(t, map[string][]byte{"x.png": nil}), Format{1, 2, 2})
	require.ErrorContains(t, err, "there is no folder in")
	_, err = OpenFolder(pets(t, map[string][]byte{"a/x.png": nil, "b/x.bmp": nil}), Format{1, 2, 2})
	require.ErrorContains(t, err, `class "b" has no picture (.png, .jpg, .jpeg or .gif) in`)
	for _, f := range []Format{{}, {1, 0, 1}, {1, 1, -1}, {2, 1, 1}, {1, 1 << 20, 1 << 20}} {
		require.Contains(t, panicText(t, func() { _, _ = OpenFolder(".", f) }), "picture format")
		require.Contains(t, panicText(t, func() { _, _ = f.ReadFile("x.png") }), "picture format")
	}
	big := &Folder{Format: Format{3, 4096, 4096}, Files: make([]string, 100), Labels: make([]int, 100)}
	_, err = big.Load()
	require.ErrorContains(t, err, "more than the 8589934592 bytes")
}

func TestFolderFill(t *testing.T) {
	dir := pets(t, map[string][]byte{"a/1.png": greyPNG(2, 3, 51), "a/2.png": greyPNG(4, 6, 102), "b/3.png": greyPNG(1, 1, 255)})
	f, err := OpenFolder(dir, Format{3, 2, 3})
	require.NoError(t, err)
	var b data.Batch
	require.NoError(t, f.Fill(&b, []int{2, 0, 1, 1}))
	require.Equal(t, []int{4, 3, 2, 3}, b.X.Shape())
	require.Equal(t, []int{1, 0, 0, 0}, b.Labels)
	require.Equal(t, []int{2, 0, 1, 1}, b.Index)
	for i, want := range []float64{1, 0.2, 0.4, 0.4} {
		for c := range 3 {
			require.InDelta(t, want, b.X.At(i, c, 1, 2), 1e-6)
		}
	}
	x := &tensor.Data[float32](b.X)[0]
	require.NoError(t, f.Fill(&b, []int{1}))
	require.Same(t, x, &tensor.Data[float32](b.X)[0], "the memory is used again")
	require.Contains(t, panicText(t, func() { _ = f.Fill(&b, []int{3}) }), "index 3 is out of range for 3 pictures")

	// A loader that reads ahead deals out what one that does not does.
	for _, prefetch := range []int{0, 3} {
		l := data.Loader[data.Batch]{Set: f, Batch: 2, Prefetch: prefetch}
		var labels []int
		for b, err := range l.Epoch() {
			require.NoError(t, err)
			labels = append(labels, b.Labels...)
		}
		require.Equal(t, []int{0, 0, 1}, labels)
	}
}

// chunk returns a chunk of a PNG file.
func chunk(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// headPNG returns a PNG file of which the header alone is there.
func headPNG(w, h uint32, depth, colour byte) []byte {
	body := binary.BigEndian.AppendUint32(nil, w)
	body = binary.BigEndian.AppendUint32(body, h)
	return append([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(body, depth, colour, 0, 0, 0))...)
}

// hostile are files that no picture can be made of.
func hostile() map[string][]byte {
	good := greyPNG(3, 3, 7)
	at := func(i int, v byte) []byte {
		b := bytes.Clone(good)
		b[i] ^= v
		return b
	}
	var g, j bytes.Buffer
	_ = gif.Encode(&g, image.NewPaletted(image.Rect(0, 0, 4, 4), color.Palette{color.Black, color.White}), nil)
	_ = jpeg.Encode(&j, image.NewGray(image.Rect(0, 0, 8, 8)), nil)
	wideGIF := bytes.Clone(g.Bytes())
	copy(wideGIF[6:], "\xff\xff\xff\xff")
	frameGIF := bytes.Clone(g.Bytes())
	frameGIF[bytes.IndexByte(frameGIF, ',')+5] = 200 // a frame wider than the picture
	wideJPEG := bytes.Clone(j.Bytes())
	copy(wideJPEG[bytes.Index(wideJPEG, []byte{0xff, 0xc0})+5:], "\xff\xff\xff\xff")
	emptyJPEG := bytes.Clone(j.Bytes())
	copy(emptyJPEG[bytes.Index(emptyJPEG, []byte{0xff, 0xc0})+5:], "\x00\x00\x00\x00")
	return map[string][]byte{
		"empty": {}, "a text": []byte("a text"), "a page": []byte("<html>404</html>"), "zeros": make([]byte, 1000),
		"BMP": []byte("BM\x00\x00\x00\x00"), "WebP": []byte("RIFF\x00\x00\x00\x00WEBPVP8 "), "TIFF": []byte("II*\x00\x08\x00\x00\x00"), "SVG": []byte("<svg/>"),
		"PNG: signature": good[:8], "PNG: header alone": headPNG(3, 3, 8, 0), "PNG: no width": headPNG(0, 3, 8, 0), "PNG: no height": headPNG(3, 0, 8, 0),
		"PNG: 2³¹ wide": headPNG(1<<31, 1, 8, 0), "PNG: 2³¹−1 square": headPNG(1<<31-1, 1<<31-1, 8, 0), "PNG: 2²⁶ pixels": headPNG(1<<13, 1<<13, 8, 6),
		"PNG: depth 3": headPNG(3, 3, 3, 0), "PNG: colour 5": headPNG(3, 3, 8, 5), "PNG: checksum of header": at(30, 1), "PNG: checksum of data": at(len(good)-14, 1),
		"PNG: damaged": at(len(good)-20, 255), "PNG: length": at(36, 0x7f), "PNG: length of 4 GB": at(33, 0xff), "PNG: interlaced": at(28, 2),
		"PNG: no palette":    append(headPNG(3, 3, 8, 3), good[33:]...),
		"PNG: little data":   append(headPNG(300, 300, 8, 0), good[33:]...),
		"PNG: no such data":  append(headPNG(1<<12, 1<<12, 16, 6), good[33:]...),
		"PNG: bomb":          bombPNG(),
		"GIF: signature":     g.Bytes()[:6],
		"GIF: other version": append([]byte("GIF90a"), g.Bytes()[6:]...),
		"GIF: 65535 square":  wideGIF,
		"GIF: frame outside": frameGIF,
		"GIF: no frame":      append(bytes.Clone(g.Bytes()[:13+6]), ';'),
		"JPEG: signature":    j.Bytes()[:3],
		"JPEG: 65535 square": wideJPEG,
		"JPEG: no pixels":    emptyJPEG,
		"JPEG: no data":      j.Bytes()[:bytes.Index(j.Bytes(), []byte{0xff, 0xda})],
		"JPEG: end only":     []byte("\xff\xd8\xff\xd9"),
	}
}

// bombPNG is a small file whose data are larger than those of its picture, which
// has more pixels than are read.
func bombPNG() []byte {
	var data bytes.Buffer
	_ = png.Encode(&data, image.NewGray(image.Rect(0, 0, 8000, 8000)))
	return data.Bytes()
}

func TestHostilePictures(t *testing.T) {
	name := filepath.Join(t.TempDir(), "x.png")
	require.Len(t, hostile(), 37)
	for what, file := range hostile() {
		require.NoError(t, os.WriteFile(name, file, 0o600))
		n := allocs.Bytes(func() {
			x, err := Format{3, 4, 4}.ReadFile(name)
			require.ErrorContains(t, err, "x.png", what)
			require.Nil(t, x, what)
			require.NotContains(t, err.Error(), "\n")
		})
		require.Less(t, n, uint64(2<<20), what)
	}
	_, err := Format{3, 4, 4}.ReadFile(filepath.Dir(name))
	require.ErrorContains(t, err, "is not a regular file")
	require.NoError(t, os.WriteFile(name, headPNG(1<<13, 1<<13, 8, 6), 0o600))
	_, err = Format{3, 4, 4}.ReadFile(name)
	require.ErrorContains(t, err, "the picture has 8192 × 8192 pixels, more than the 33554432 that are read at most")
	require.NoError(t, os.WriteFile(name, []byte("a text"), 0o600))
	_, err = Format{3, 4, 4}.ReadFile(name)
	require.ErrorContains(t, err, "the file is no picture of type PNG, JPEG or GIF")
	require.NoError(t, os.Truncate(name, MaxFileBytes+1))
	_, err = Format{3, 4, 4}.ReadFile(name)
	require.ErrorContains(t, err, "more than the 268435456 that are read at most")
}

// A picture that ends anywhere before its end is an error or, where only the last
// bytes are missing that say that it ends, the whole picture.
func TestTruncatedPictures(t *testing.T) {
	entries, err := os.ReadDir("testdata")
	require.NoError(t, err)
	name := filepath.Join(t.TempDir(), "x")
	seen := 0
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".json") {
			continue
		}
		seen++
		file, err := os.ReadFile(filepath.Join("testdata", e.Name()))
		require.NoError(t, err)
		format := Format{3, 7, 5}
		whole, err := format.ReadFile(filepath.Join("testdata", e.Name()))
		require.NoError(t, err)
		for n := range file {
			require.NoError(t, os.WriteFile(name, file[:n], 0o600))
			x, err := format.ReadFile(name)
			if err != nil {
				require.ErrorContains(t, err, name)
				continue
			}
			require.Greater(t, n, len(file)-16, "%s cut to %d of %d bytes", e.Name(), n, len(file))
			require.Equal(t, tensor.Values(whole), tensor.Values(x), e.Name())
		}
	}
	require.Equal(t, 11, seen)
}

func FuzzReadPicture(f *testing.F) {
	for _, file := range hostile() {
		if len(file) < 10_000 {
			f.Add(file)
		}
	}
	for _, name := range []string{"grey.png", "palette.png", "palette-clear.png", "bits.png", "grey-16.png", "palette.gif", "grey.jpeg", "colour.JPG"} {
		file, err := os.ReadFile(filepath.Join("testdata", name))
		require.NoError(f, err)
		f.Add(file)
	}
	format := Format{3, 5, 4}
	f.Fuzz(func(t *testing.T, file []byte) {
		head, _, err := image.DecodeConfig(bytes.NewReader(file))
		if err == nil && head.Width*head.Height > 1<<20 && head.Height <= MaxPixels/max(head.Width, 1) {
			return // it would only take long
		}
		x := make([]float32, format.size())
		if err := format.read(x, bytes.NewReader(file), int64(len(file))); err != nil {
			require.NotEmpty(t, err.Error())
			return
		}
		for _, v := range x {
			require.True(t, v >= 0 && v <= 1.00001, "%v", v)
		}
	})
}

func ExampleOpenFolder() {
	dir, err := os.MkdirTemp("", "pets")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for name, grey := range map[string]uint8{"cat": 51, "dog": 204} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			panic(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name, "1.png"), greyPNG(64, 48, grey), 0o600); err != nil {
			panic(err)
		}
	}
	f, err := OpenFolder(dir, Format{Channels: 1, Height: 8, Width: 8})
	if err != nil {
		panic(err)
	}
	loader := &data.Loader[data.Batch]{Set: f, Batch: 2, Prefetch: 2}
	for b, err := range loader.Epoch() {
		if err != nil {
			panic(err)
		}
		fmt.Println(f.Classes, b.X.Shape(), b.Labels)
		fmt.Printf("%.1f %.1f\n", b.X.At(0, 0, 0, 0), b.X.At(1, 0, 7, 7))
	}
	// Output:
	// [cat dog] [2 1 8 8] [0 1]
	// 0.2 0.8
}

func ExampleFormat() {
	x, err := Format{Channels: 3, Height: 4, Width: 4}.ReadFile("testdata/colour.png")
	fmt.Println(x.Shape(), err)
	_, err = Format{Channels: 3, Height: 4, Width: 4}.ReadFile("testdata/torchvision.json")
	fmt.Println(err)
	// Output:
	// [1 3 4 4] <nil>
	// "testdata/torchvision.json": the file is no picture of type PNG, JPEG or GIF
}
