package nn

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// Dropout2d is [Dropout] of whole channels of images: one number is drawn for each
// channel of each example (https://arxiv.org/abs/1411.4280).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html.
type Dropout2d struct {
	P    float64       // the probability; 0 drops nothing
	Rand *tensor.Rand  // where masks are drawn from
	Mode autograd.Mode // the zero value inherits the mode of the tape
}

// NewDropout2d returns a layer that draws its masks from r. PyTorch's default
// probability is 0.5. NewDropout2d panics when p is not between 0 and 1.
func NewDropout2d(r *tensor.Rand, p float64) *Dropout2d {
	checkShare("dropout2d", "P", p)
	return &Dropout2d{P: p, Rand: r}
}

// Forward keeps the shape, which is [batch channels height width].
func (d *Dropout2d) Forward(x autograd.Var) autograd.Var {
	if d == nil {
		panic(empty("dropout2d", "NewDropout2d"))
	}
	if x.Rank() != 4 {
		tensor.BadShape("dropout2d", "want [batch channels height width]", x.Value())
	}
	return (*Dropout)(d).drop("dropout2d", "NewDropout2d", x, autograd.Var.FeatureDropout)
}

// Dropout1d is [Dropout] of whole channels of sequences: one number is drawn for
// each channel of each example.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout1d.html.
type Dropout1d struct {
	P    float64       // the probability; 0 drops nothing
	Rand *tensor.Rand  // where masks are drawn from
	Mode autograd.Mode // the zero value inherits the mode of the tape
}

// NewDropout1d returns a layer that draws its masks from r. PyTorch's default
// probability is 0.5. NewDropout1d panics when p is not between 0 and 1.
func NewDropout1d(r *tensor.Rand, p float64) *Dropout1d {
	checkShare("dropout1d", "P", p)
	return &Dropout1d{P: p, Rand: r}
}

// Forward keeps the shape, which is [batch channels length] or [channels length].
func (d *Dropout1d) Forward(x autograd.Var) autograd.Var {
	if d == nil {
		panic(empty("dropout1d", "NewDropout1d"))
	}
	switch x.Rank() {
	case 2:
		return (*Dropout)(d).drop("dropout1d", "NewDropout1d", x.Unsqueeze(0), autograd.Var.FeatureDropout).Squeeze(0)
	case 3:
		return (*Dropout)(d).drop("dropout1d", "NewDropout1d", x, autograd.Var.FeatureDropout)
	}
	tensor.BadShape("dropout1d", "want [batch channels length] or [channels length]", x.Value())
	return x
}

// AlphaDropout is the [Dropout] that goes with [SELU]: what it drops takes the
// value that SELU has far below zero, and mean 0 and variance 1 stay
// (https://arxiv.org/abs/1706.02515).
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.AlphaDropout.html.
type AlphaDropout struct {
	P    float64       // the probability; 0 drops nothing
	Rand *tensor.Rand  // where masks are drawn from
	Mode autograd.Mode // the zero value inherits the mode of the tape
}

// NewAlphaDropout returns a layer that draws its masks from r. PyTorch's default
// probability is 0.5. NewAlphaDropout panics when p is not between 0 and 1.
func NewAlphaDropout(r *tensor.Rand, p float64) *AlphaDropout {
	checkShare("alpha-dropout", "P", p)
	return &AlphaDropout{P: p, Rand: r}
}

// Forward keeps the shape.
func (d *AlphaDropout) Forward(x autograd.Var) autograd.Var {
	if d == nil {
		panic(empty("alpha-dropout", "NewAlphaDropout"))
	}
	return (*Dropout)(d).drop("alpha-dropout", "NewAlphaDropout", x, autograd.Var.AlphaDropout)
}

// drop applies f in the mode of the layer.
func (d *Dropout) drop(op, constructor string, x autograd.Var, f func(x autograd.Var, p float64, r *tensor.Rand) autograd.Var) autograd.Var {
	checkShare(op, "P", d.P)
	t := x.Tape()
	defer t.SetMode(t.SetMode(d.Mode))
	if d.Rand == nil && d.P > 0 && t.Training() {
		tensor.BadArg(op, "Rand is nil; make the layer with nn.%s", constructor)
	}
	return f(x, d.P, d.Rand)
}

// Bilinear computes a number from two vectors for each of its matrices:
// y = x₁ᵀ W x₂ + b.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.Bilinear.html.
type Bilinear struct {
	Weight *autograd.Param // [out in1 in2]
	Bias   *autograd.Param // [out]; nil for none
}

// NewBilinear returns a layer that maps two vectors, of in1 and in2 elements, to
// out numbers. Weight and bias are drawn evenly from ±1/√in1.
func NewBilinear(r *tensor.Rand, in1, in2, out int) *Bilinear {
	b := NewBilinearNoBias(r, in1, in2, out)
	b.Bias = uniformParam(r, in1, out)
	return b
}

// NewBilinearNoBias is [NewBilinear] without a bias.
func NewBilinearNoBias(r *tensor.Rand, in1, in2, out int) *Bilinear {
	if in1 < 1 || in2 < 1 || out < 1 {
		tensor.BadArg("bilinear", "want positive sizes, got %d, %d and %d", in1, in2, out)
	}
	w := uniformParam(r, in1, out*in1*in2)
	w.Value = w.Value.Reshape(out, in1, in2)
	return &Bilinear{Weight: w}
}

// Forward maps [… in1] and [… in2] to [… out].
func (b *Bilinear) Forward(x, y autograd.Var) autograd.Var {
	if b == nil || !has(b.Weight) {
		panic(empty("bilinear", "NewBilinear"))
	}
	return x.Bilinear(y, lift(x, b.Weight), lift(x, b.Bias))
}

// String returns Dropout2d(0.5).
func (d *Dropout2d) String() string { return (*Dropout)(d).text("Dropout2d") }

// String returns Dropout1d(0.5).
func (d *Dropout1d) String() string { return (*Dropout)(d).text("Dropout1d") }

// String returns AlphaDropout(0.5).
func (d *AlphaDropout) String() string { return (*Dropout)(d).text("AlphaDropout") }

func (d *Dropout) text(name string) string {
	if d == nil {
		return name + "(empty)"
	}
	return text(name, fmt.Sprint(d.P), own(d.Mode))
}

// String returns Bilinear(3 × 4 → 2).
func (b *Bilinear) String() string {
	if b == nil || !has(b.Weight) {
		return "Bilinear(empty)"
	}
	w := b.Weight.Value
	return text("Bilinear", fmt.Sprintf("%d × %d → %d", w.Dim(1), w.Dim(2), w.Dim(0)), when(b.Bias == nil, "no bias"))
}
