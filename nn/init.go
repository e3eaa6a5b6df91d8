package nn

import (
	"fmt"
	"math"

	"github.com/descent-ml/descent/tensor"
)

// Initialisers fill a tensor in place with what torch.nn.init draws from the
// same generator. The fan-in of a weight is the number of inputs of a unit, the
// fan-out the number of its outputs. For a weight [out in kernel…] they are in
// and out times the size of the kernel.
// See https://docs.pytorch.org/docs/stable/nn.init.html.

// fans returns fan-in and fan-out of a weight.
func fans(w *tensor.Tensor) (in, out int) {
	s := w.Shape()
	if len(s) < 2 {
		tensor.BadShape("init", "fan-in and fan-out need at least two axes", w)
	}
	kernel := 1
	for _, d := range s[2:] {
		kernel *= d
	}
	return s[1] * kernel, s[0] * kernel
}

// Gain returns the factor by which weights before a nonlinearity should be
// larger: "linear", "conv2d", "sigmoid", "tanh", "relu", "leaky_relu" or "selu".
// param is the slope of "leaky_relu". Gain panics for other names.
// See https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.calculate_gain.
func Gain(nonlinearity string, param float64) float64 {
	switch nonlinearity {
	case "linear", "conv2d", "sigmoid":
		return 1
	case "tanh":
		return 5.0 / 3
	case "relu":
		return math.Sqrt2
	case "leaky_relu":
		return math.Sqrt(2 / (1 + param*param))
	case "selu":
		return 3.0 / 4
	}
	panic(&tensor.ArgError{Op: "gain", Reason: fmt.Sprintf("%q has none; want linear, conv2d, sigmoid, tanh, relu, leaky_relu or selu", nonlinearity)})
}

// XavierUniform draws evenly from ±gain·√(6/(fan-in + fan-out))
// (https://proceedings.mlr.press/v9/glorot10a.html).
// See https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.xavier_uniform_.
func XavierUniform(r *tensor.Rand, w *tensor.Tensor, gain float64) {
	in, out := fans(w)
	bound := math.Sqrt(3) * (gain * math.Sqrt(2/float64(max(1, in+out))))
	r.Uniform(w, -bound, bound)
}

// XavierNormal draws normally with standard deviation
// gain·√(2/(fan-in + fan-out)).
// See https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.xavier_normal_.
func XavierNormal(r *tensor.Rand, w *tensor.Tensor, gain float64) {
	in, out := fans(w)
	r.Normal(w, 0, gain*math.Sqrt(2/float64(max(1, in+out))))
}

// Kaiming are the settings of Kaiming initialisation. The zero value is
// PyTorch's default: fan-in, and leaky ReLU of slope 0, which is ReLU.
type Kaiming struct {
	Slope  float64 // of leaky ReLU; 0 is ReLU
	FanOut bool    // keep the size of the gradients, not that of the activations
	Gain   float64 // 0 stands for the gain of leaky ReLU
}

// std returns the standard deviation for w.
func (k Kaiming) std(w *tensor.Tensor) float64 {
	fan, out := fans(w)
	if k.FanOut {
		fan = out
	}
	return setting(k.Gain, Gain("leaky_relu", k.Slope)) / math.Sqrt(float64(max(1, fan)))
}

// KaimingUniform draws evenly from ±√3·gain/√fan (https://arxiv.org/abs/1502.01852).
// See https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.kaiming_uniform_.
func KaimingUniform(r *tensor.Rand, w *tensor.Tensor, k Kaiming) {
	bound := math.Sqrt(3) * k.std(w)
	r.Uniform(w, -bound, bound)
}

// KaimingNormal draws normally with standard deviation gain/√fan.
// See https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.kaiming_normal_.
func KaimingNormal(r *tensor.Rand, w *tensor.Tensor, k Kaiming) { r.Normal(w, 0, k.std(w)) }

// Orthogonal fills w with an orthogonal matrix times gain
// (https://arxiv.org/abs/1312.6120). The rows of the matrix are the first axis
// of w. When there are fewer rows than columns, the rows are orthonormal,
// otherwise the columns are.
// See https://docs.pytorch.org/docs/stable/nn.init.html#torch.nn.init.orthogonal_.
func Orthogonal(r *tensor.Rand, w *tensor.Tensor, gain float64) {
	if w.Rank() < 2 {
		tensor.BadShape("orthogonal", "want at least two axes", w)
	}
	rows := w.Dim(0)
	if w.Len() == 0 {
		return
	}
	cols := w.Len() / rows
	drawn := tensor.ZerosOf(w.DType(), rows, cols)
	r.Normal(drawn, 0, 1)
	q := drawn.To(tensor.Float64)
	if rows < cols {
		q = q.T()
	}
	q = orthonormal(q.Clone())
	if rows < cols {
		q = q.T()
	}
	w.CopyFrom(tensor.MulScalar(q.Clone(), gain).Reshape(w.Shape()...))
}

// orthonormal makes the columns of q orthonormal: it takes from each column its
// projections on the columns before it. The result is the Q of a QR
// decomposition whose R has a positive diagonal. It projects twice, so that
// rounding leaves the columns orthogonal.
func orthonormal(q *tensor.Tensor) *tensor.Tensor {
	for j := range q.Dim(1) {
		col := q.Slice(1, j, j+1, 1).Reshape(-1)
		for range 2 {
			for i := range j {
				before := q.Slice(1, i, i+1, 1).Reshape(-1)
				tensor.SubTo(col, col, tensor.MulScalar(before, tensor.MatMul(before, col).Item()))
			}
		}
		tensor.MulScalarTo(col, col, 1/tensor.NormOf(col))
	}
	return q
}
