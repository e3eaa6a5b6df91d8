package nn

import (
	"fmt"
	"slices"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// BatchNorm standardizes each channel over the batch in training, and by
// running statistics in evaluation. Set Weight and Bias to nil for PyTorch's
// affine=False, the running statistics to nil for track_running_stats=False.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html.
type BatchNorm struct {
	Weight, Bias            *autograd.Param // [channels]
	RunningMean, RunningVar *tensor.Tensor  // [channels]
	NumBatchesTracked       *tensor.Tensor  // float64, no axes
	Eps                     float64         // 0 means 1e-5
	Momentum                float64         // weight of a new batch in the running statistics; 0 means 0.1
	Cumulative              bool            // average over all batches instead: PyTorch's momentum=None
	Frozen                  bool            // leave the running statistics as they are: PyTorch's momentum=0

	op   string
	want string // the axes of inputs, which are lo to hi
	lo   int
	hi   int
}

// NewBatchNorm1d returns a layer for inputs [batch channels] or [batch channels
// length].
func NewBatchNorm1d(channels int) *BatchNorm {
	b := newBatchNorm(channels)
	b.op, b.want, b.lo, b.hi = "batch-norm-1d", "[batch channels] or [batch channels length]", 2, 3
	return b
}

// NewBatchNorm2d returns a layer for inputs [batch channels height width].
func NewBatchNorm2d(channels int) *BatchNorm {
	b := newBatchNorm(channels)
	b.op, b.want, b.lo, b.hi = "batch-norm-2d", "images [batch channels height width]", 4, 4
	return b
}

func newBatchNorm(channels int) *BatchNorm {
	return &BatchNorm{
		Weight: autograd.NewParam(tensor.Ones(channels)), Bias: autograd.NewParam(tensor.Zeros(channels)),
		RunningMean: tensor.Zeros(channels), RunningVar: tensor.Ones(channels),
		NumBatchesTracked: tensor.Zeros64(),
	}
}

// Forward keeps the shape. Where it uses the statistics of the batch it needs
// more than one value for each channel.
func (b *BatchNorm) Forward(x autograd.Var) autograd.Var {
	b.check(x.Value())
	t := x.Tape()
	w, bias := lift(x, b.Weight), lift(x, b.Bias)
	if !t.Training() && b.RunningMean != nil {
		return x.NormalizeChannels(t.Const(b.RunningMean), t.Const(b.RunningVar), w, bias, or(b.Eps, 1e-5))
	}
	n := x.Value().Len() / max(1, x.Dim(1))
	if n == 1 && !t.Replaying() { // which Summary does
		panic(misfit(b.name(), "one value for each channel has no variance; want a larger batch, or a tape in evaluation mode", x.Value()))
	}
	y, mean, variance := x.BatchNorm(w, bias, or(b.Eps, 1e-5))
	if t.Training() && b.RunningMean != nil && !t.Replaying() {
		b.track(mean, variance, float64(n))
	}
	return y
}

func (b *BatchNorm) name() string {
	if b.op == "" {
		return "batch-norm"
	}
	return b.op
}

// check panics when x is not an input of the layer.
func (b *BatchNorm) check(x *tensor.Tensor) {
	if r := x.Rank(); r < 2 || b.hi > 0 && (r < b.lo || r > b.hi) {
		want := b.want
		if want == "" {
			want = "[batch channels …]"
		}
		panic(misfit(b.name(), "want "+want, x))
	}
	channels := -1
	switch {
	case b.Weight != nil:
		channels = b.Weight.Value.Len()
	case b.RunningMean != nil:
		channels = b.RunningMean.Len()
	}
	if channels >= 0 && channels != x.Dim(1) {
		panic(misfit(b.name(), fmt.Sprintf("the input has %d channels, the layer wants %d", x.Dim(1), channels), x))
	}
}

// track moves the running statistics towards those of a batch with n values
// for each channel: running += momentum (batch − running), with the unbiased
// variance.
func (b *BatchNorm) track(mean, variance *tensor.Tensor, n float64) {
	momentum := or(b.Momentum, 0.1)
	if b.NumBatchesTracked != nil {
		b.NumBatchesTracked.Set(b.NumBatchesTracked.Item() + 1)
		if b.Cumulative {
			momentum = 1 / b.NumBatchesTracked.Item()
		}
	}
	if n == 0 || b.Frozen {
		return
	}
	b.RunningMean.Blend(mean, 1-momentum, momentum)
	b.RunningVar.Blend(variance, 1-momentum, momentum*n/(n-1))
}

// LayerNorm standardizes each example over its trailing axes.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html.
type LayerNorm struct {
	Weight, Bias *autograd.Param // the shape of the trailing axes; nil for none
	Eps          float64         // 0 means 1e-5

	shape []int
}

// NewLayerNorm returns a layer that standardizes over trailing axes of the
// given shape.
func NewLayerNorm(shape ...int) *LayerNorm {
	return &LayerNorm{
		Weight: autograd.NewParam(tensor.Ones(shape...)), Bias: autograd.NewParam(tensor.Zeros(shape...)),
		shape: append([]int{}, shape...),
	}
}

// Forward keeps the shape.
func (l *LayerNorm) Forward(x autograd.Var) autograd.Var {
	checkTrailing("layer-norm", x, l.shape)
	return x.LayerNorm(len(l.shape), lift(x, l.Weight), lift(x, l.Bias), or(l.Eps, 1e-5))
}

// RMSNorm divides each example by its root mean square over its trailing axes.
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html.
type RMSNorm struct {
	Weight *autograd.Param // the shape of the trailing axes; nil for none
	Eps    float64         // 0 means the ε of the element type

	shape []int
}

// NewRMSNorm returns a layer that normalizes over trailing axes of the given
// shape.
func NewRMSNorm(shape ...int) *RMSNorm {
	return &RMSNorm{Weight: autograd.NewParam(tensor.Ones(shape...)), shape: append([]int{}, shape...)}
}

// Forward keeps the shape.
func (l *RMSNorm) Forward(x autograd.Var) autograd.Var {
	checkTrailing("rms-norm", x, l.shape)
	eps := 0x1p-23
	if x.DType() == tensor.Float64 {
		eps = 0x1p-52
	}
	return x.RMSNorm(len(l.shape), lift(x, l.Weight), or(l.Eps, eps))
}

// checkTrailing panics when the trailing axes of x do not have a shape.
func checkTrailing(op string, x autograd.Var, want []int) {
	shape, lead := x.Shape(), x.Rank()-len(want)
	for i, d := range want {
		if lead < 0 || shape[lead+i] != d {
			panic(misfit(op, fmt.Sprintf("the trailing axes must have shape %v", slices.Clone(want)), x.Value()))
		}
	}
}
