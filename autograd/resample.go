package autograd

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/tensor"
)

// UpsampleNearest returns images [… height width] of another size, whose pixels
// are those of x at the nearest place to the left and above. scale tells how many
// times larger the images become, where that is not the quotient of the sizes; 0
// stands for the quotient.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html.
//
//	y[i] = x[⌊i/scale⌋], along each axis
func (x Var) UpsampleNearest(size [2]int, scale [2]float64) Var {
	x.checkUpsample("upsample-nearest", size)
	t := x.n.tape
	for i := range 2 {
		in, out := x.Dim(i-2), size[i]
		lo := t.ints.take(out)
		step := float32(in) / float32(out)
		if scale[i] > 0 {
			step = float32(1 / scale[i])
		}
		for k := range lo {
			switch out { // as PyTorch does it, in float32
			case in:
				lo[k] = k
			case 2 * in:
				lo[k] = k / 2
			default:
				lo[k] = min(int(float32(k)*step), in-1)
			}
		}
		x = x.resample(i-2, lo, Var{})
	}
	return x
}

// UpsampleBilinear returns images [… height width] of another size, whose pixels
// are means of the four pixels of x around them, with weights by distance. With
// alignCorners the pixels in the corners of both are at the same places, and else
// the corners of these pixels are. scale is as in [Var.UpsampleNearest].
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html.
//
//	y[i] = (1 − w) x[⌊s⌋] + w x[⌊s⌋ + 1], w = s − ⌊s⌋, along each axis,
//	s = i (in − 1)/(out − 1) with alignCorners, and else max(0, (i + ½)/scale − ½)
func (x Var) UpsampleBilinear(size [2]int, scale [2]float64, alignCorners bool) Var {
	x.checkUpsample("upsample-bilinear", size)
	t := x.n.tape
	for i := range 2 {
		in, out := x.Dim(i-2), size[i]
		lo := t.ints.take(out)
		w := t.newNode()
		w.op = leafOp
		shape := t.ints.take(1)
		shape[0] = out
		t.store(w, x.DType(), shape)
		step := float64(in) / float64(out)
		switch {
		case alignCorners && out == 1:
			step = 0
		case alignCorners:
			step = float64(in-1) / float64(out-1)
		case scale[i] > 0:
			step = 1 / scale[i]
		}
		for k := range lo {
			s := float64(k) * step
			if !alignCorners {
				s = max(0, (float64(k)+0.5)*step-0.5)
			}
			lo[k] = min(int(math.Floor(s)), in-1)
			w.val.Set(min(1, s-float64(lo[k])), k)
		}
		x = x.resample(i-2, lo, w.self())
	}
	return x
}

func (x Var) checkUpsample(op string, size [2]int) {
	v := &x.live(op).val
	if v.Rank() < 2 || v.Dim(-1) < 1 || v.Dim(-2) < 1 || size[0] < 1 || size[1] < 1 {
		tensor.BadShape(op, fmt.Sprintf("cannot make images [… height width] of %d × %d pixels", size[0], size[1]), v)
	}
}

// resample changes the length of an axis by [tensor.ResampleTo]. The tape keeps lo.
func (x Var) resample(axis int, lo []int, w Var) Var {
	y := begin(resample, x, w)
	y.attr.ints[0], y.attr.index = axis, lo
	return y.record()
}

func resample() general {
	return general{
		Name: "resample", Rule: "dy, added to zeros with the weights",
		Shape: func(y *node, dims tensor.Dims) []int {
			shape := append(dims, y.value(0).Shape()...)
			if y.attr.ints[0] < 0 {
				y.attr.ints[0] += len(shape)
			}
			shape[y.attr.ints[0]] = len(y.attr.index)
			return shape
		},
		Value: func(y *node) { tensor.ResampleTo(&y.val, y.value(0), y.attr.ints[0], y.attr.index, y.value(1)) },
		VJP: func(y *node, _ int, dy Var) Var {
			var w Var
			if len(y.in) > 1 {
				w = y.operand(1)
			}
			z := begin(resampleGrad, dy, w)
			z.attr.ints, z.attr.index, z.attr.shape = y.attr.ints, y.attr.index, y.in[0].val.Shape()
			return z.record()
		},
	}
}

// resampleGrad is the gradient of [Var.resample].
func resampleGrad() general {
	return general{
		Name: "resample gradient", Rule: "dz, resampled",
		Shape: givenShape,
		Value: func(z *node) { z.val.AsGrad().Resample(z.value(0), z.attr.ints[0], z.attr.index, z.value(1)) },
		VJP: func(z *node, _ int, dz Var) Var {
			var w Var
			if len(z.in) > 1 {
				w = z.operand(1)
			}
			return dz.resample(z.attr.ints[0], z.attr.index, w)
		},
	}
}
