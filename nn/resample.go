package nn

import (
	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Upsample changes the size of images, to Size or by Scale. It takes the nearest
// pixel, or with Bilinear a mean of the four pixels around.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html.
type Upsample struct {
	Size         [2]int     // of the result; where it is not set, Scale must be
	Scale        [2]float64 // how many times higher and wider the images become, rounded down
	Bilinear     bool       // PyTorch's mode="bilinear"
	AlignCorners bool       // the pixels in the corners keep their values; only with Bilinear
}

// Forward maps [… height width] to [… height' width'].
func (u Upsample) Forward(x autograd.Var) autograd.Var {
	const op = "upsample"
	size, scale := u.Size, u.Scale
	switch {
	case u.AlignCorners && !u.Bilinear:
		tensor.BadArg(op, "AlignCorners means nothing without Bilinear")
	case size == [2]int{} && !(scale[0] > 0 && scale[1] > 0):
		tensor.BadArg(op, "there is no Size and no Scale; set one, as in nn.Upsample{Scale: [2]float64{2, 2}}")
	case size != [2]int{} && scale != [2]float64{}:
		tensor.BadArg(op, "there are both Size and Scale")
	}
	if x.Rank() < 3 {
		tensor.BadShape(op, "want images [… channels height width]", x.Value())
	}
	if size == [2]int{} {
		for i := range size {
			size[i] = int(float64(x.Dim(i-2)) * scale[i])
		}
	}
	if u.Bilinear {
		return x.UpsampleBilinear(size, scale, u.AlignCorners)
	}
	return x.UpsampleNearest(size, scale)
}

// Upsample1d changes the length of sequences, to Size or by Scale. It takes the
// nearest element, or with Linear a mean of the two elements around.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html.
type Upsample1d struct {
	Size         int     // the length of the result; where it is not set, Scale must be
	Scale        float64 // how many times longer the sequences become, rounded down
	Linear       bool    // PyTorch's mode="linear"
	AlignCorners bool    // the elements at the ends keep their values; only with Linear
}

// Forward maps [… channels length] to [… channels length'].
func (u Upsample1d) Forward(x autograd.Var) autograd.Var {
	const op = "upsample1d"
	size, scale := [2]int{1, u.Size}, [2]float64{1, u.Scale}
	switch {
	case u.AlignCorners && !u.Linear:
		tensor.BadArg(op, "AlignCorners means nothing without Linear")
	case u.Size == 0 && !(u.Scale > 0):
		tensor.BadArg(op, "there is no Size and no Scale; set one, as in nn.Upsample1d{Scale: 2}")
	case u.Size != 0 && u.Scale != 0:
		tensor.BadArg(op, "there are both Size and Scale")
	}
	x = row(op, x)
	if u.Size == 0 {
		size[1] = int(float64(x.Dim(-1)) * u.Scale)
	} else {
		scale = [2]float64{}
	}
	if u.Linear {
		return x.UpsampleBilinear(size, scale, u.AlignCorners).Squeeze(-2)
	}
	return x.UpsampleNearest(size, scale).Squeeze(-2)
}

// String returns Upsample(scale 2×2).
func (u Upsample) String() string {
	return text("Upsample", when(u.Size != [2]int{}, "size %s", size(u.Size[:]...)), when(u.Scale != [2]float64{}, "scale %v×%v", u.Scale[0], u.Scale[1]),
		when(u.Bilinear, "bilinear"), when(u.AlignCorners, "align corners"))
}

// String returns Upsample1d(scale 2).
func (u Upsample1d) String() string {
	return text("Upsample1d", when(u.Size != 0, "size %d", u.Size), when(u.Scale != 0, "scale %v", u.Scale), when(u.Linear, "linear"), when(u.AlignCorners, "align corners"))
}
