package nn

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Identity returns its input. It stands where a layer may be, but is not.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Identity.html.
type Identity struct{}

// Forward returns x.
func (Identity) Forward(x autograd.Var) autograd.Var { return x }

// Unflatten divides an axis into several: the opposite of [Flatten].
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Unflatten.html.
type Unflatten struct {
	Shape []int // the lengths of the new axes, of which one may be −1; must be set
	Axis  *int  // nil stands for 1, the first axis after the batch
}

// Forward maps [batch features] to [batch Shape…].
func (u Unflatten) Forward(x autograd.Var) autograd.Var {
	if len(u.Shape) == 0 {
		tensor.BadArg("unflatten", "Shape is empty; set it, as in nn.Unflatten{Shape: []int{8, 7, 7}}")
	}
	axis, shape := index(u.Axis, 1), x.Shape()
	if axis < 0 {
		axis += len(shape)
	}
	if axis < 0 || axis >= len(shape) {
		tensor.BadShape("unflatten", fmt.Sprintf("axis %d is out of range for %d axes", index(u.Axis, 1), len(shape)), x.Value())
	}
	var dims [2 * tensor.MaxRank]int
	to := append(append(append(dims[:0], shape[:axis]...), u.Shape...), shape[axis+1:]...)
	return x.Reshape(to...)
}

// Residual returns x + f(x), where f applies layers one after the other, as
// [Sequential] does (https://arxiv.org/abs/1512.03385). Without layers f is the
// identity.
type Residual []Layer

// Forward keeps the shape, and so must the layers.
func (r Residual) Forward(x autograd.Var) autograd.Var {
	y := Sequential(r).Forward(x)
	if !equalShapes(x, y) {
		tensor.BadShape("residual", "the layers do not keep the shape of their input", x.Value(), y.Value())
	}
	return x.Add(y)
}

func equalShapes(x, y autograd.Var) bool {
	if x.Rank() != y.Rank() {
		return false
	}
	for i, d := range x.Shape() {
		if y.Dim(i) != d {
			return false
		}
	}
	return true
}

// Concat applies several layers to the same input, and joins their results
// along an axis.
type Concat struct {
	Branches []Layer
	Axis     *int // nil stands for 1: the channels of images, the features of [batch features]
}

// Forward maps x to the joined results.
func (c Concat) Forward(x autograd.Var) autograd.Var {
	if len(c.Branches) == 0 {
		tensor.BadArg("concat", "there are no branches")
	}
	var some [8]autograd.Var
	results := some[:0]
	for i, l := range c.Branches {
		if l == nil {
			tensor.BadArg("concat", "branch %d is nil", i)
		}
		results = append(results, l.Forward(x))
	}
	return autograd.Concat(index(c.Axis, 1), results...)
}

// PixelShuffle makes images larger and channels fewer: it takes each pixel of the
// result from another channel. With a [Conv2d] before it, it enlarges images
// (https://arxiv.org/abs/1609.05158).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html.
type PixelShuffle struct {
	Factor int // how many times higher and wider the images become; must be set
}

// Forward maps [… channels·Factor² height width] to [… channels height·Factor
// width·Factor].
func (p PixelShuffle) Forward(x autograd.Var) autograd.Var {
	const op = "pixel-shuffle"
	checkSet(op, "PixelShuffle", "Factor", "2", []int{p.Factor})
	f, rank := p.Factor, x.Rank()
	if rank < 3 || x.Dim(-3)%(f*f) != 0 {
		tensor.BadShape(op, fmt.Sprintf("want [… channels height width], and channels divisible by %d", f*f), x.Value())
	}
	batch, c, h, w := leading(x, 3), x.Dim(-3)/(f*f), x.Dim(-2), x.Dim(-1)
	y := x.Reshape(batch, c, f, f, h, w).Permute(0, 1, 4, 2, 5, 3)
	var dims [tensor.MaxRank]int
	return y.Reshape(append(append(dims[:0], x.Shape()[:rank-3]...), c, h*f, w*f)...)
}

// PixelUnshuffle is the opposite of [PixelShuffle]: it makes images smaller and
// channels more.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html.
type PixelUnshuffle struct {
	Factor int // how many times lower and narrower the images become; must be set
}

// Forward maps [… channels height·Factor width·Factor] to [… channels·Factor²
// height width].
func (p PixelUnshuffle) Forward(x autograd.Var) autograd.Var {
	const op = "pixel-unshuffle"
	checkSet(op, "PixelUnshuffle", "Factor", "2", []int{p.Factor})
	f, rank := p.Factor, x.Rank()
	if rank < 3 || x.Dim(-2)%f != 0 || x.Dim(-1)%f != 0 {
		tensor.BadShape(op, fmt.Sprintf("want [… channels height width], and a height and a width divisible by %d", f), x.Value())
	}
	batch, c, h, w := leading(x, 3), x.Dim(-3), x.Dim(-2)/f, x.Dim(-1)/f
	y := x.Reshape(batch, c, h, f, w, f).Permute(0, 1, 3, 5, 2, 4)
	var dims [tensor.MaxRank]int
	return y.Reshape(append(append(dims[:0], x.Shape()[:rank-3]...), c*f*f, h, w)...)
}

// leading returns the number of elements of the axes before the last ones.
func leading(x autograd.Var, last int) int {
	n := 1
	for _, d := range x.Shape()[:x.Rank()-last] {
		n *= d
	}
	return n
}
