package images

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif"  // so that image.Decode knows the format
	_ "image/jpeg" // likewise
	_ "image/png"  // likewise
	"io"
	"os"

	"github.com/descent-ml/descent/internal/quote"
	"github.com/descent-ml/descent/tensor"
)

// The limits of the pictures that are read.
const (
	MaxPixels    = 1 << 25   // in a picture, whatever it is scaled to
	MaxFileBytes = 256 << 20 // of its file
)

// maxRatio is more pixels than a byte of a file can hold. Deflate makes 1032 bytes
// of one at most, and a byte of a PNG has at most 8 pixels; GIF and JPEG have less.
const maxRatio = 10_000

// A Format is the shape that pictures get when they are read.
type Format struct {
	Channels      int // 1 for grey, 3 for red, green and blue
	Height, Width int // pixels
}

// check panics when f makes no sense.
func (f Format) check() {
	if f.Channels != 1 && f.Channels != 3 {
		panic(&tensor.ArgError{Op: "picture format", Reason: fmt.Sprintf("%d channels; want 1 or 3", f.Channels)})
	}
	if f.Height < 1 || f.Width < 1 || f.Height > MaxPixels/f.Width {
		panic(&tensor.ArgError{Op: "picture format", Reason: fmt.Sprintf("%d × %d pixels; want 1 to %d", f.Height, f.Width, MaxPixels)})
	}
}

// size returns the number of elements of a picture.
func (f Format) size() int { return f.Channels * f.Height * f.Width }

// ReadFile reads a picture, of type PNG, JPEG or GIF whatever its name says, as a
// float32 tensor [1 channels height width] with values from 0 to 1: the byte
// divided by 255, as torchvision's ToTensor has it.
//
// A picture of another size is scaled as [ResizeTo] does it with antialias, both
// sides for themselves; torchvision.transforms.Resize((height, width)) is the same
// for tensors. Grey is (19595 R + 38470 G + 7471 B + 2¹⁵) / 2¹⁶, rounded down, which
// is Pillow's mode L. Transparency is dropped, as Pillow's convert does; of 16 bits
// the upper 8 count; of a moving GIF the first frame. JPEG decoders differ by a
// few units in a byte; PNG is exact. The orientation that a camera notes is not
// looked at.
//
// It is an error, which names the file, when it cannot be read or decoded, has more
// than [MaxFileBytes] bytes, or says that it has more than [MaxPixels] pixels or
// more than its bytes can hold; then nothing is decoded. ReadFile panics with a
// [*tensor.ArgError] when f makes no sense.
func (f Format) ReadFile(name string) (*tensor.Tensor, error) {
	f.check()
	x := make([]float32, f.size())
	if err := f.readFile(x, name); err != nil {
		return nil, err
	}
	return tensor.New(x, 1, f.Channels, f.Height, f.Width), nil
}

func (f Format) readFile(dst []float32, name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file", quote.Short(name))
	case info.Size() > MaxFileBytes:
		return fmt.Errorf("%s has %d bytes, more than the %d that are read at most", quote.Short(name), info.Size(), MaxFileBytes)
	}
	if err := f.read(dst, file, info.Size()); err != nil {
		return fmt.Errorf("%s: %w", quote.Short(name), err)
	}
	return nil
}

// read decodes a picture, of a file of so many bytes, into dst.
func (f Format) read(dst []float32, file io.ReadSeeker, size int64) error {
	head, kind, err := image.DecodeConfig(file)
	if err != nil {
		return notDecoded(err)
	}
	if head.Width < 1 || head.Height < 1 {
		return fmt.Errorf("the picture has %d × %d pixels, want at least 1 × 1", head.Width, head.Height)
	}
	if head.Height > MaxPixels/head.Width {
		return fmt.Errorf("the picture has %d × %d pixels, more than the %d that are read at most", head.Width, head.Height, MaxPixels)
	}
	if int64(head.Height)*int64(head.Width) > maxRatio*size {
		return fmt.Errorf("the picture has %d × %d pixels, more than the %d bytes of the file can hold", head.Width, head.Height, size)
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	picture, _, err := image.Decode(file)
	if err != nil {
		return fmt.Errorf("%s: %w", kind, notDecoded(err))
	}
	b := picture.Bounds()
	if b.Dx() < 1 || b.Dy() < 1 || b.Dy() > MaxPixels/b.Dx() {
		return fmt.Errorf("%s: the picture has %d × %d pixels", kind, b.Dx(), b.Dy())
	}
	f.convert(dst, picture)
	return nil
}

// notDecoded explains what the standard library says about a bad picture.
func notDecoded(err error) error {
	if errors.Is(err, image.ErrFormat) {
		return errors.New("the file is no picture of type PNG, JPEG or GIF")
	}
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// convert writes a picture to dst in the shape of f.
func (f Format) convert(dst []float32, picture image.Image) {
	h, w := picture.Bounds().Dy(), picture.Bounds().Dx()
	rows := dst // of the right width, [channels h Width]
	if h != f.Height {
		rows = make([]float32, f.Channels*h*f.Width)
	}
	r := newResizer(h, w, f.Height, f.Width, true)
	at := colours(picture)
	line := make([]float32, f.Channels*w)
	for y := range h {
		f.line(line, picture.Bounds(), y, at)
		for c := range f.Channels {
			row := rows[(c*h+y)*f.Width:][:f.Width]
			if w == f.Width {
				copy(row, line[c*w:])
			} else {
				r.across(row, line[c*w:(c+1)*w])
			}
		}
	}
	if h == f.Height {
		return
	}
	for c := range f.Channels {
		r.down(dst[c*f.Height*f.Width:][:f.Height*f.Width], rows[c*h*f.Width:(c+1)*h*f.Width])
	}
}

// line writes a row of pixels to dst, [channels width].
func (f Format) line(dst []float32, b image.Rectangle, y int, at func(x, y int) (red, green, blue uint8)) {
	w := b.Dx()
	for x := range w {
		red, green, blue := at(b.Min.X+x, b.Min.Y+y)
		if f.Channels == 1 {
			grey := (19595*uint32(red) + 38470*uint32(green) + 7471*uint32(blue) + 1<<15) >> 16
			dst[x] = float32(grey) / 255
		} else {
			dst[x], dst[w+x], dst[2*w+x] = float32(red)/255, float32(green)/255, float32(blue)/255
		}
	}
}

// colours returns a function for the colour of a pixel, without transparency.
func colours(picture image.Image) func(x, y int) (red, green, blue uint8) {
	switch p := picture.(type) {
	case *image.Gray:
		return func(x, y int) (uint8, uint8, uint8) {
			v := p.Pix[p.PixOffset(x, y)]
			return v, v, v
		}
	case *image.NRGBA:
		return func(x, y int) (uint8, uint8, uint8) {
			v := p.Pix[p.PixOffset(x, y):][:3]
			return v[0], v[1], v[2]
		}
	case *image.YCbCr:
		return func(x, y int) (uint8, uint8, uint8) {
			c := p.YCbCrAt(x, y)
			return color.YCbCrToRGB(c.Y, c.Cb, c.Cr)
		}
	case *image.Paletted:
		palette := make([]color.NRGBA, 256) // an index past the palette's end is black
		for i, c := range p.Palette {
			palette[i] = opaque(c)
		}
		return func(x, y int) (uint8, uint8, uint8) {
			c := palette[p.Pix[p.PixOffset(x, y)]]
			return c.R, c.G, c.B
		}
	}
	return func(x, y int) (uint8, uint8, uint8) {
		c := opaque(picture.At(x, y))
		return c.R, c.G, c.B
	}
}

// opaque returns a colour without its transparency.
func opaque(c color.Color) color.NRGBA {
	switch c := c.(type) {
	case color.NRGBA:
		return c
	case color.NRGBA64:
		return color.NRGBA{R: uint8(c.R >> 8), G: uint8(c.G >> 8), B: uint8(c.B >> 8), A: 255}
	}
	return color.NRGBAModel.Convert(c).(color.NRGBA)
}
