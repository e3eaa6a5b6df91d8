package course

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"

	"github.com/descent-ml/descent/tensor"
)

// A Sheet is a picture of many small pictures, row by row.
type Sheet struct {
	Columns int
	Scale   int              // the side of a pixel; 0 means 3
	Tiles   []*tensor.Tensor // grey [height width], or colours [3 height width]; 0 is black and 1 full light; nil leaves a place empty
}

// gap is the number of pixels between tiles.
const gap = 2

// Save draws the sheet into a PNG file. The tiles must have one size.
func (s *Sheet) Save(path string) error {
	height, width := 0, 0
	for i, t := range s.Tiles {
		if t == nil {
			continue
		}
		if t.Rank() != 2 && (t.Rank() != 3 || t.Dim(0) != 3) {
			return fmt.Errorf("tile %d has the shape %v; want [height width] or [3 height width]", i, t.Shape())
		}
		if h, w := t.Dim(-2), t.Dim(-1); height == 0 {
			height, width = h, w
		} else if h != height || w != width {
			return fmt.Errorf("tile %d is %d × %d pixels, those before it are %d × %d", i, h, w, height, width)
		}
	}
	scale, columns := s.Scale, max(1, s.Columns)
	if scale == 0 {
		scale = 3
	}
	rows := (len(s.Tiles) + columns - 1) / columns
	across, down := width*scale+gap, height*scale+gap
	picture := image.NewRGBA(image.Rect(0, 0, columns*across+gap, rows*down+gap))
	for i := range picture.Pix {
		picture.Pix[i] = 0xff
	}
	for i, t := range s.Tiles {
		if t == nil {
			continue
		}
		left, top := gap+i%columns*across, gap+i/columns*down
		for y := range height * scale {
			for x := range width * scale {
				picture.SetRGBA(left+x, top+y, pixel(t, y/scale, x/scale))
			}
		}
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := png.Encode(f, picture); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

func pixel(t *tensor.Tensor, y, x int) color.RGBA {
	if t.Rank() == 2 {
		v := level(t.At(y, x))
		return color.RGBA{v, v, v, 255}
	}
	return color.RGBA{level(t.At(0, y, x)), level(t.At(1, y, x)), level(t.At(2, y, x)), 255}
}

func level(v float64) uint8 {
	return uint8(min(max(v, 0), 1)*255 + 0.5)
}

// Heat colours the numbers of x [height width] for a [Sheet]: 0 is white, the
// largest absolute value full red where it is positive and full blue where
// negative.
func Heat(x *tensor.Tensor) *tensor.Tensor {
	h, w := x.Dim(0), x.Dim(1)
	largest := tensor.Max(tensor.Abs(x)).Item()
	out := tensor.Zeros(3, h, w)
	for i := range h {
		for j := range w {
			v := 0.0
			if largest > 0 {
				v = x.At(i, j) / largest
			}
			out.Set(1-max(0, -v), 0, i, j)
			out.Set(1-max(v, -v), 1, i, j)
			out.Set(1-max(0, v), 2, i, j)
		}
	}
	return out
}

// Grey stretches the numbers of x to 0 … 1, for a [Sheet].
func Grey(x *tensor.Tensor) *tensor.Tensor {
	least, largest := tensor.Min(x).Item(), tensor.Max(x).Item()
	if largest == least {
		return tensor.ZerosLike(x)
	}
	return tensor.MulScalar(tensor.AddScalar(x, -least), 1/(largest-least))
}
