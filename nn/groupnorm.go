package nn

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// GroupNorm divides the channels of each example into groups, and standardizes
// each group over its channels and over all axes after them
// (https://arxiv.org/abs/1803.08494).
//
//	y = (x − mean)/√(variance + ε) · weight + bias
//
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html.
type GroupNorm struct {
	Weight, Bias *autograd.Param // [channels]; nil for none
	Groups       int             // must divide the channels
	Eps          float64         // ε; 0 stands for 1e-5
}

// NewGroupNorm returns a layer with weights of 1 and biases of 0. It panics when
// the groups do not divide the channels.
func NewGroupNorm(groups, channels int) *GroupNorm {
	if groups < 1 || channels%groups != 0 {
		tensor.BadArg("group-norm", "%d groups do not divide %d channels", groups, channels)
	}
	return &GroupNorm{Weight: autograd.NewParam(tensor.Ones(channels)), Bias: autograd.NewParam(tensor.Zeros(channels)), Groups: groups}
}

// Forward keeps the shape, which is [batch channels …].
func (g *GroupNorm) Forward(x autograd.Var) autograd.Var {
	if g == nil || g.Groups == 0 {
		panic(empty("group-norm", "NewGroupNorm"))
	}
	if x.Rank() > 1 {
		checkChannels("group-norm", x, 1, g.Weight, 0)
	}
	return x.GroupNorm(g.Groups, lift(x, g.Weight), lift(x, g.Bias), setting(g.Eps, 1e-5))
}

// InstanceNorm standardizes each channel of each example over the axes after the
// channels (https://arxiv.org/abs/1607.08022). With RunningMean and RunningVar it
// keeps running statistics in training, and uses them in evaluation, as
// [BatchNorm] does.
//
//	y = (x − mean)/√(variance + ε) · weight + bias
//
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html.
type InstanceNorm struct {
	Weight, Bias            *autograd.Param // [channels]; nil for none, which is PyTorch's default
	RunningMean, RunningVar *tensor.Tensor  // [channels]; nil for none, which is PyTorch's default
	NumBatchesTracked       *tensor.Tensor  // PyTorch saves it and leaves it 0; nil for none
	Channels                int             // 0 for any number
	Eps                     float64         // ε; 0 stands for 1e-5
	Momentum                float64         // the share of a new batch in the running statistics; 0 stands for 0.1
	Dims                    int             // axes after the channels: 1 for sequences, 2 for images, 3 for volumes, 0 for any number
	Mode                    autograd.Mode   // the zero value inherits the mode of the tape
}

// NewInstanceNorm1d returns a layer for sequences [batch channels length] or
// [channels length], without weights and biases, as PyTorch's default is.
func NewInstanceNorm1d(channels int) *InstanceNorm { return &InstanceNorm{Channels: channels, Dims: 1} }

// NewInstanceNorm2d returns a layer for images [batch channels height width] or
// [channels height width], without weights and biases, as PyTorch's default is.
func NewInstanceNorm2d(channels int) *InstanceNorm { return &InstanceNorm{Channels: channels, Dims: 2} }

// NewInstanceNorm3d returns a layer for volumes [batch channels depth height width]
// or [channels depth height width], without weights and biases, as PyTorch's
// default is.
func NewInstanceNorm3d(channels int) *InstanceNorm { return &InstanceNorm{Channels: channels, Dims: 3} }

// NewInstanceNorm1dAffine is [NewInstanceNorm1d] with weights of 1 and biases of 0:
// PyTorch's affine=True.
func NewInstanceNorm1dAffine(channels int) *InstanceNorm { return newInstanceNormAffine(channels, 1) }

// NewInstanceNorm2dAffine is [NewInstanceNorm2d] with weights of 1 and biases of 0:
// PyTorch's affine=True.
func NewInstanceNorm2dAffine(channels int) *InstanceNorm { return newInstanceNormAffine(channels, 2) }

// NewInstanceNorm3dAffine is [NewInstanceNorm3d] with weights of 1 and biases of 0:
// PyTorch's affine=True.
func NewInstanceNorm3dAffine(channels int) *InstanceNorm { return newInstanceNormAffine(channels, 3) }

func newInstanceNormAffine(channels, dims int) *InstanceNorm {
	return &InstanceNorm{
		Weight: autograd.NewParam(tensor.Ones(channels)), Bias: autograd.NewParam(tensor.Zeros(channels)), Channels: channels, Dims: dims,
	}
}

// Tracked gives the layer running statistics, and returns it: PyTorch's
// track_running_stats=True. The layer must know the number of its channels.
func (n *InstanceNorm) Tracked() *InstanceNorm {
	if n == nil || n.Channels < 1 {
		tensor.BadArg("instance-norm", "the layer does not know how many channels to keep statistics of; set Channels")
	}
	n.RunningMean, n.RunningVar, n.NumBatchesTracked = tensor.Zeros(n.Channels), tensor.Ones(n.Channels), tensor.Zeros64()
	return n
}

// Forward keeps the shape. Where it uses the statistics of the example it needs
// more than one value for each channel.
func (n *InstanceNorm) Forward(x autograd.Var) autograd.Var {
	op, batched := n.check(x)
	if !batched {
		x = x.Unsqueeze(0)
	}
	channels := n.Channels
	if n.RunningMean != nil {
		channels = n.RunningMean.Len()
	}
	checkChannels(op, x, 1, n.Weight, channels)
	t := x.Tape()
	defer t.SetMode(t.SetMode(n.Mode))
	w, b, eps := lift(x, n.Weight), lift(x, n.Bias), setting(n.Eps, 1e-5)
	rest := x.Value().Len() / max(1, x.Dim(0)*x.Dim(1))
	switch {
	case n.RunningMean != nil && !t.Training():
		x = x.NormalizeChannels(t.Const(n.RunningMean), t.Const(n.RunningVar), w, b, eps)
	case rest == 1:
		tensor.BadShape(op, "one value for each channel has no variance", x.Value())
	case n.RunningMean != nil && rest > 0:
		x = n.track(x, w, b, eps, rest)
	default:
		x = x.GroupNorm(max(1, x.Dim(1)), w, b, eps)
	}
	if !batched {
		x = x.Squeeze(0)
	}
	return x
}

// check panics when x is not an input of the layer. It reports whether x is a
// batch.
func (n *InstanceNorm) check(x autograd.Var) (op string, batched bool) {
	if n == nil {
		panic(empty("instance-norm", "NewInstanceNorm1d or nn.NewInstanceNorm2d"))
	}
	op = [...]string{"instance-norm", "instance-norm-1d", "instance-norm-2d", "instance-norm-3d"}[max(0, min(n.Dims, 3))]
	rank := x.Rank()
	switch {
	case n.Dims < 0 || n.Dims > 3:
		tensor.BadArg("instance-norm", "Dims is %d; want 0, 1, 2 or 3", n.Dims)
	case (n.RunningMean == nil) != (n.RunningVar == nil):
		tensor.BadArg(op, "want both RunningMean and RunningVar, or neither")
	case n.Dims == 0 && rank < 3:
		tensor.BadShape(op, "want [batch channels …]", x.Value())
	case n.Dims > 0 && rank != n.Dims+1 && rank != n.Dims+2:
		axes := [...]string{1: "length", 2: "height width", 3: "depth height width"}[n.Dims]
		tensor.BadShape(op, fmt.Sprintf("want [batch channels %s] or [channels %s]", axes, axes), x.Value())
	}
	return op, n.Dims == 0 || rank == n.Dims+2
}

// track normalizes a batch with so many values for each channel of an example, and
// moves the running statistics. All channels of all examples are those of one.
func (n *InstanceNorm) track(x, w, b autograd.Var, eps float64, rest int) autograd.Var {
	var dims [tensor.MaxRank]int
	shape := append(dims[:0], x.Shape()...)
	y, mean, variance := x.Reshape(1, shape[0]*shape[1], rest).BatchNorm(autograd.Var{}, autograd.Var{}, eps)
	x.Tape().Track((*instances)(n), mean, variance, float64(rest))
	y = y.Reshape(shape[0], shape[1], rest)
	if !w.IsZero() {
		y = y.Mul(w.Unsqueeze(-1))
	}
	if !b.IsZero() {
		y = y.Add(b.Unsqueeze(-1))
	}
	return y.Reshape(shape...)
}

// instances is an InstanceNorm as the keeper of its running statistics.
type instances InstanceNorm

// Track moves the running statistics towards the mean of those of all examples of
// a batch, with n values for each: running += momentum (batch − running). The
// variance is the unbiased one.
func (n *instances) Track(mean, variance *tensor.Tensor, values float64) {
	momentum := setting(n.Momentum, 0.1)
	channels := n.RunningMean.Len()
	examples := mean.Len() / channels
	keep, share := 1-momentum, momentum/float64(examples)
	for i := range examples {
		var m, v tensor.Tensor
		m.AsView().Slice(mean, 0, i*channels, (i+1)*channels, 1)
		v.AsView().Slice(variance, 0, i*channels, (i+1)*channels, 1)
		n.RunningMean.Blend(&m, keep, share)
		n.RunningVar.Blend(&v, keep, share*values/(values-1))
		keep = 1
	}
}

// checkChannels panics when x does not have as many channels as a layer: those of
// its weight, or the given number, unless that is 0.
func checkChannels(op string, x autograd.Var, axis int, weight *autograd.Param, channels int) {
	if has(weight) {
		channels = weight.Value.Len()
	}
	if channels != 0 && channels != x.Dim(axis) {
		tensor.BadShape(op, fmt.Sprintf("the input has %d channels, the layer wants %d", x.Dim(axis), channels), x.Value())
	}
}

// LocalResponseNorm divides each element by a power of the mean square of its
// neighbours: the elements at the same place in the Size channels around it.
//
//	y = x/(K + Alpha · mean of x²)^Beta
//
// See https://docs.pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html.
type LocalResponseNorm struct {
	Size  int     // the number of neighbours, with the element itself; must be set
	Alpha float64 // 0 stands for 1e-4
	Beta  float64 // 0 stands for 0.75
	K     float64 // 0 stands for 1
}

// Forward keeps the shape, which is [batch channels …].
func (l LocalResponseNorm) Forward(x autograd.Var) autograd.Var {
	const op = "local-response-norm"
	checkSet(op, "LocalResponseNorm", "Size", "5", []int{l.Size})
	if x.Rank() < 3 {
		tensor.BadShape(op, "want [batch channels …] with at least one axis after the channels", x.Value())
	}
	shape := x.Shape()
	rest := 1
	for _, d := range shape[2:] {
		rest *= d
	}
	near := x.Square().Reshape(shape[0], shape[1], rest).Pad(0, 0, 0, l.Size/2, (l.Size-1)/2, 0, 0)
	mean := near.AvgPool2d(tensor.PoolShape{Kernel: [2]int{l.Size, 1}, Stride: [2]int{1, 1}}).Reshape(shape...)
	return x.Div(mean.MulScalar(setting(l.Alpha, 1e-4)).AddScalar(setting(l.K, 1)).PowScalar(setting(l.Beta, 0.75)))
}
