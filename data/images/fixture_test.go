package images

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/tensor"
)

// A torchvision is what testdata/fixtures/images.py writes.
type torchvision struct {
	Resize []struct {
		X, Output fixture.Tensor
		Antialias bool
	}
	Affine []struct {
		X, Output    fixture.Tensor
		FlipX        bool `json:"flip_x"`
		FlipY        bool `json:"flip_y"`
		Angle, Scale float64
		Move         [2]float64
		Top, Left    int
	}
	Colour []struct {
		X, Brighter, Spread  fixture.Tensor
		Brightness, Contrast float64
	}
	Mix []struct {
		X, Mixed, Cut, Targets fixture.Tensor
		Labels                 []int
		Classes                int
		Share                  float64
		Box                    [4]int // left, top, right, bottom
	}
	Pictures []struct {
		Name          string
		Height, Width int
		Grey, Colour  []int
	}
}

func readFixture(t testing.TB) *torchvision {
	f := &torchvision{}
	fixture.Read(t, "testdata/torchvision.json", f)
	return f
}

func TestResizeAsPyTorch(t *testing.T) {
	f := readFixture(t)
	require.Len(t, f.Resize, 16)
	for i, c := range f.Resize {
		y := tensor.Zeros(c.Output.Shape...)
		ResizeTo(y, c.X.Tensor(tensor.Float32), c.Antialias)
		require.NoError(t, c.Output.Diff(y, 0, 3e-7), "case %d", i)
	}
}

func TestWarpAsTorchvision(t *testing.T) {
	f := readFixture(t)
	require.Len(t, f.Affine, 15)
	for i, c := range f.Affine {
		in, out := c.X.Shape, c.Output.Shape
		p := pictures{n: in[0], c: in[1], h: in[2], w: in[3], outH: out[2], outW: out[3]}
		w := newWarp(c.FlipX, c.FlipY, c.Angle, c.Scale, c.Move[0], c.Move[1])
		w.top, w.left = c.Top, c.Left
		x, y := c.X.Tensor(tensor.Float32), tensor.Full(9, out...)
		size := p.c * p.outH * p.outW
		for k := range p.n {
			w.apply(tensor.Data[float32](y)[k*size:(k+1)*size], tensor.Data[float32](x)[k*p.size():(k+1)*p.size()], p)
		}
		require.NoError(t, c.Output.Diff(y, 0, 3e-7), "case %d", i)
	}
}

func TestColourAsTorchvision(t *testing.T) {
	f := readFixture(t)
	require.Len(t, f.Colour, 4)
	for i, c := range f.Colour {
		x := c.X.Tensor(tensor.Float32)
		brighten(tensor.Data[float32](x), float32(c.Brightness))
		require.NoError(t, c.Brighter.Diff(x, 0, 1e-7), "case %d", i)
		x = c.X.Tensor(tensor.Float32)
		spread(tensor.Data[float32](x), c.X.Shape[0], float32(c.Contrast))
		require.NoError(t, c.Spread.Diff(x, 0, 3e-7), "case %d", i)
	}
}

func TestMixAsTorchvision(t *testing.T) {
	f := readFixture(t)
	require.Len(t, f.Mix, 3)
	for i, c := range f.Mix {
		s := c.X.Shape
		x := c.X.Tensor(tensor.Float32)
		mixUp(tensor.Data[float32](x), s[1]*s[2]*s[3], float32(c.Share), &scratch{})
		require.NoError(t, c.Mixed.Diff(x, 0, 2e-7), "case %d", i)

		x = c.X.Tensor(tensor.Float32)
		cutMix(tensor.Data[float32](x), s[1], s[2], s[3], box{left: c.Box[0], top: c.Box[1], right: c.Box[2], bottom: c.Box[3]}, &scratch{})
		require.NoError(t, c.Cut.Diff(x, 0, 0), "case %d", i)

		b := batchOf(x, c.Labels...)
		(&Augment{Classes: c.Classes}).mixLabels(b, c.Share)
		require.NoError(t, c.Targets.Diff(b.Y, 0, 1e-7), "case %d", i)
		require.Empty(t, b.Labels)
	}
}

// What Pillow makes of the files, to the bit but for JPEG.
func TestReadFileAsPillow(t *testing.T) {
	f := readFixture(t)
	require.Len(t, f.Pictures, 11)
	for _, c := range f.Pictures {
		slack := 0.0
		if name := c.Name; name == "grey.jpeg" || name == "colour.JPG" {
			slack = 3.0 / 255
		}
		for _, format := range []Format{{1, c.Height, c.Width}, {3, c.Height, c.Width}} {
			x, err := format.ReadFile("testdata/" + c.Name)
			require.NoError(t, err)
			require.Equal(t, []int{1, format.Channels, c.Height, c.Width}, x.Shape())
			want := c.Grey
			if format.Channels == 3 {
				want = c.Colour
			}
			require.Len(t, want, x.Len(), c.Name)
			for i, v := range tensor.Data[float32](x) {
				require.InDelta(t, float32(want[i])/255, v, slack, "%s, element %d", c.Name, i)
			}
		}
	}
}
