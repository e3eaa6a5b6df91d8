package nn

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// WeightNorm computes the weight of a layer from a length and a direction for each
// index of its first axis (https://arxiv.org/abs/1602.07868). Both are trained in
// place of the weight.
//
//	weight = G · V/‖V‖
//
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.weight_norm.html.
type WeightNorm struct {
	Layer Layer           `nn:"-"` // computes with the weight; its own weight is V
	Bias  *autograd.Param // that of the layer; nil for none
	G     *autograd.Param `nn:"parametrizations.weight.original0"` // the lengths [out 1 …]
	V     *autograd.Param `nn:"parametrizations.weight.original1"` // the directions, with the shape of the weight
}

// NewWeightNorm returns a layer that computes what l computes, with the weight that
// l has. It takes a [Linear], [Conv1d], [Conv2d], [ConvTranspose1d] or
// [ConvTranspose2d], and panics for other layers.
func NewWeightNorm(l Layer) *WeightNorm {
	w, b := weightOf("weight-norm", l)
	v := w.Value
	lengths := make([]int, v.Rank())
	for i := range lengths {
		lengths[i] = 1
	}
	lengths[0] = v.Dim(0)
	norms := tensor.Norm(v.Reshape(v.Dim(0), -1), 1)
	return &WeightNorm{Layer: l, Bias: b, G: autograd.NewParam(norms.Reshape(lengths...)), V: w}
}

// Forward applies the layer with the weight that it computes.
func (n *WeightNorm) Forward(x autograd.Var) autograd.Var {
	if n == nil || n.Layer == nil || !has(n.G) || !has(n.V) {
		panic(empty("weight-norm", "NewWeightNorm"))
	}
	t := x.Tape()
	v := t.Param(n.V)
	norm := flatRows(v).NormKeep(1).Reshape(n.G.Value.Shape()...)
	defer t.Replace(n.V, v)
	t.Replace(n.V, v.Mul(t.Param(n.G).Div(norm)))
	return n.Layer.Forward(x)
}

// String returns WeightNorm(Linear(784 → 128)).
func (n *WeightNorm) String() string {
	if n == nil || n.Layer == nil {
		return "WeightNorm(empty)"
	}
	return text("WeightNorm", fmt.Sprint(n.Layer))
}

// SpectralNorm divides the weight of a layer by its largest singular value, so that
// the layer never makes a difference larger (https://arxiv.org/abs/1802.05957). The
// weight counts as a matrix with a row for each index of its first axis. The
// singular value comes from vectors that each step in training improves.
//
//	weight = Original/(Uᵀ Original V)
//
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parametrizations.spectral_norm.html.
type SpectralNorm struct {
	Layer    Layer           `nn:"-"` // computes with the weight; its own weight is Original
	Bias     *autograd.Param // that of the layer; nil for none
	Original *autograd.Param `nn:"parametrizations.weight.original"`
	U        *tensor.Tensor  `nn:"parametrizations.weight.0._u"` // [rows], of length 1
	V        *tensor.Tensor  `nn:"parametrizations.weight.0._v"` // [columns], of length 1
	Mode     autograd.Mode   // the zero value inherits the mode of the tape
}

// NewSpectralNorm returns a layer that computes what l computes, with a weight that
// it divides. It draws the vectors from r, and improves them by 16 steps, as
// PyTorch does. It takes a [Linear], [Conv1d] or [Conv2d], and panics for other
// layers: the weight of a transposed convolution has its rows elsewhere.
func NewSpectralNorm(r *tensor.Rand, l Layer) *SpectralNorm {
	switch l.(type) {
	case *ConvTranspose1d, *ConvTranspose2d:
		tensor.BadArg("spectral-norm", "a %T is not supported", l)
	}
	w, b := weightOf("spectral-norm", l)
	rows := w.Value.Dim(0)
	n := &SpectralNorm{
		Layer: l, Bias: b, Original: w,
		U: tensor.ZerosOf(w.Value.DType(), rows), V: tensor.ZerosOf(w.Value.DType(), w.Value.Len()/max(1, rows)),
	}
	for _, vector := range []*tensor.Tensor{n.U, n.V} {
		r.Normal(vector, 0, 1)
		normalize(vector)
	}
	for range 16 { // 15, and one more as PyTorch registers it
		n.improve()
	}
	return n
}

// improve takes a step of the power method.
func (n *SpectralNorm) improve() {
	var m tensor.Tensor
	if w := n.Original.Value; !m.AsView().Reshape(w, n.U.Len(), n.V.Len()) {
		m = *w.Clone().Reshape(n.U.Len(), n.V.Len())
	}
	tensor.MatMulTo(n.U, &m, n.V)
	normalize(n.U)
	tensor.MatMulTo(n.V, n.U, &m)
	normalize(n.V)
}

// normalize divides a vector by its length.
func normalize(v *tensor.Tensor) { tensor.MulScalarTo(v, v, 1/max(1e-12, tensor.NormOf(v))) }

// Forward applies the layer with the weight that it computes.
func (n *SpectralNorm) Forward(x autograd.Var) autograd.Var {
	if n == nil || n.Layer == nil || !has(n.Original) || n.U == nil || n.V == nil {
		panic(empty("spectral-norm", "NewSpectralNorm"))
	}
	t := x.Tape()
	func() {
		defer t.SetMode(t.SetMode(n.Mode))
		if t.Training() && !t.Replaying() {
			n.improve()
		}
	}()
	w := t.Param(n.Original)
	u, v := t.Const(n.U).MulScalar(1), t.Const(n.V).MulScalar(1) // copies: the next forward pass improves them
	sigma := flatRows(w).MatMul(v).Dot(u)
	defer t.Replace(n.Original, w)
	t.Replace(n.Original, w.Div(sigma))
	return n.Layer.Forward(x)
}

// String returns SpectralNorm(Linear(784 → 128)).
func (n *SpectralNorm) String() string {
	if n == nil || n.Layer == nil {
		return "SpectralNorm(empty)"
	}
	return text("SpectralNorm", fmt.Sprint(n.Layer), own(n.Mode))
}

// flatRows returns a weight as a matrix with a row for each index of its first
// axis.
func flatRows(w autograd.Var) autograd.Var {
	return w.Reshape(w.Dim(0), w.Value().Len()/max(1, w.Dim(0)))
}

// weightOf returns the weight and the bias of a layer that can have another weight.
func weightOf(op string, l Layer) (w, b *autograd.Param) {
	switch l := l.(type) {
	case *Linear:
		w, b = l.Weight, l.Bias
	case *Conv1d:
		w, b = l.Weight, l.Bias
	case *Conv2d:
		w, b = l.Weight, l.Bias
	case *ConvTranspose1d:
		w, b = l.Weight, l.Bias
	case *ConvTranspose2d:
		w, b = l.Weight, l.Bias
	}
	if !has(w) {
		tensor.BadArg(op, "a %T has no weight that could be replaced; want a Linear or a convolution", l)
	}
	return w, b
}
