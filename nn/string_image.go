package nn

import (
	"fmt"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/tensor"
)

// filtersText describes the filters of a convolution from in to out channels.
func filtersText(name string, in, out int, w *tensor.Tensor, s tensor.ConvShape, same bool, outputPadding [2]int, bias *autograd.Param) string {
	return text(name, fmt.Sprintf("%d → %d, kernel %s", in, out, size(w.Shape()[2:]...)),
		pair("stride", s.Stride, 1), when(same, "padding same"), when(!same, "%s", pair("padding", s.Padding, 0)), pair("output padding", outputPadding, 0),
		pair("dilation", s.Dilation, 1), when(s.Groups > 1, "groups %d", s.Groups), when(bias == nil, "no bias"))
}

// oneNumber returns s with both numbers of each pair equal, so that one is shown.
func oneNumber(s tensor.ConvShape) tensor.ConvShape {
	for _, p := range []*[2]int{&s.Stride, &s.Padding, &s.Dilation} {
		p[0] = p[1]
	}
	return s
}

// String returns Conv2d(1 → 8, kernel 5×5, padding 2).
func (c *Conv2d) String() string {
	if c == nil || !has(c.Weight) {
		return "Conv2d(empty)"
	}
	w := c.Weight.Value
	return filtersText("Conv2d", w.Dim(1)*max(1, c.Shape.Groups), w.Dim(0), w, c.Shape, c.Same, [2]int{}, c.Bias)
}

// String returns Conv1d(1 → 8, kernel 5, padding 2).
func (c *Conv1d) String() string {
	if c == nil || !has(c.Weight) {
		return "Conv1d(empty)"
	}
	w := c.Weight.Value
	return filtersText("Conv1d", w.Dim(1)*max(1, c.Shape.Groups), w.Dim(0), w, oneNumber(c.Shape), c.Same, [2]int{}, c.Bias)
}

// String returns ConvTranspose2d(8 → 1, kernel 2×2, stride 2).
func (c *ConvTranspose2d) String() string {
	if c == nil || !has(c.Weight) {
		return "ConvTranspose2d(empty)"
	}
	w := c.Weight.Value
	return filtersText("ConvTranspose2d", w.Dim(0), w.Dim(1)*max(1, c.Shape.Groups), w, c.Shape, false, c.OutputPadding, c.Bias)
}

// String returns ConvTranspose1d(8 → 1, kernel 2, stride 2).
func (c *ConvTranspose1d) String() string {
	if c == nil || !has(c.Weight) {
		return "ConvTranspose1d(empty)"
	}
	w := c.Weight.Value
	return filtersText("ConvTranspose1d", w.Dim(0), w.Dim(1)*max(1, c.Shape.Groups), w, oneNumber(c.Shape), false, Square(c.OutputPadding), c.Bias)
}

// String returns MaxPool2d(kernel 2×2).
func (p MaxPool2d) String() string {
	return text("MaxPool2d", "kernel "+size(p.Kernel[:]...), pair("stride", p.Stride, 0), pair("padding", p.Padding, 0),
		pair("dilation", p.Dilation, 1), when(p.Ceil, "ceil"))
}

// String returns MaxPool1d(kernel 2).
func (p MaxPool1d) String() string {
	return text("MaxPool1d", "kernel "+size(p.Kernel), pair("stride", Square(p.Stride), 0), pair("padding", Square(p.Padding), 0),
		pair("dilation", Square(p.Dilation), 1), when(p.Ceil, "ceil"))
}

// String returns MaxUnpool2d(kernel 2×2).
func (p MaxUnpool2d) String() string {
	return text("MaxUnpool2d", "kernel "+size(p.Kernel[:]...), pair("stride", p.Stride, 0), pair("padding", p.Padding, 0))
}

// String returns MaxUnpool1d(kernel 2).
func (p MaxUnpool1d) String() string {
	return text("MaxUnpool1d", "kernel "+size(p.Kernel), pair("stride", Square(p.Stride), 0), pair("padding", Square(p.Padding), 0))
}

// String returns LPPool2d(norm 2, kernel 2×2).
func (p LPPool2d) String() string {
	return text("LPPool2d", fmt.Sprintf("norm %v", p.Norm), "kernel "+size(p.Kernel[:]...), pair("stride", p.Stride, 0), when(p.Ceil, "ceil"))
}

// String returns LPPool1d(norm 2, kernel 2).
func (p LPPool1d) String() string {
	return text("LPPool1d", fmt.Sprintf("norm %v", p.Norm), "kernel "+size(p.Kernel), pair("stride", Square(p.Stride), 0), when(p.Ceil, "ceil"))
}

// String returns AvgPool2d(kernel 2×2).
func (p AvgPool2d) String() string {
	return text("AvgPool2d", "kernel "+size(p.Kernel[:]...), pair("stride", p.Stride, 0), pair("padding", p.Padding, 0),
		when(p.Ceil, "ceil"), when(p.ExcludePadding, "padding excluded"))
}

// String returns AvgPool1d(kernel 2).
func (p AvgPool1d) String() string {
	return text("AvgPool1d", "kernel "+size(p.Kernel), pair("stride", Square(p.Stride), 0), pair("padding", Square(p.Padding), 0),
		when(p.Ceil, "ceil"), when(p.ExcludePadding, "padding excluded"))
}

// String returns AdaptiveAvgPool2d(1×1).
func (p AdaptiveAvgPool2d) String() string { return text("AdaptiveAvgPool2d", size(p.Size[:]...)) }

// String returns AdaptiveMaxPool2d(1×1).
func (p AdaptiveMaxPool2d) String() string { return text("AdaptiveMaxPool2d", size(p.Size[:]...)) }

// String returns AdaptiveAvgPool1d(1).
func (p AdaptiveAvgPool1d) String() string { return text("AdaptiveAvgPool1d", size(p.Size)) }

// String returns AdaptiveMaxPool1d(1).
func (p AdaptiveMaxPool1d) String() string { return text("AdaptiveMaxPool1d", size(p.Size)) }

// String returns GroupNorm(groups 4, 32).
func (g *GroupNorm) String() string {
	if g == nil || g.Groups == 0 {
		return "GroupNorm(empty)"
	}
	channels := ""
	if has(g.Weight) {
		channels = fmt.Sprint(g.Weight.Value.Len())
	}
	return text("GroupNorm", fmt.Sprintf("groups %d", g.Groups), channels, when(g.Eps != 0, "eps %v", setting(g.Eps, 0)),
		when(g.Weight == nil, "no weight"), when(g.Bias == nil, "no bias"))
}

// String returns InstanceNorm2d(32).
func (n *InstanceNorm) String() string {
	if n == nil {
		return "InstanceNorm(empty)"
	}
	name := "InstanceNorm"
	if n.Dims != 0 {
		name += fmt.Sprintf("%dd", n.Dims)
	}
	return text(name, when(n.Channels != 0, "%d", n.Channels), when(n.Eps != 0, "eps %v", setting(n.Eps, 0)), when(n.Momentum != 0, "momentum %v", setting(n.Momentum, 0)),
		when(has(n.Weight), "affine"), when(n.RunningMean != nil, "tracked"))
}

// String returns LocalResponseNorm(5).
func (l LocalResponseNorm) String() string {
	return text("LocalResponseNorm", fmt.Sprint(l.Size), when(l.Alpha != 0, "alpha %v", setting(l.Alpha, 0)), when(l.Beta != 0, "beta %v", setting(l.Beta, 0)),
		when(l.K != 0, "k %v", setting(l.K, 0)))
}

// String returns Identity().
func (Identity) String() string { return "Identity()" }

// String returns Unflatten(axis 1, 8×7×7).
func (u Unflatten) String() string {
	return text("Unflatten", fmt.Sprintf("axis %d", index(u.Axis, 1)), size(u.Shape...))
}

// String returns PixelShuffle(2).
func (p PixelShuffle) String() string { return fmt.Sprintf("PixelShuffle(%d)", p.Factor) }

// String returns PixelUnshuffle(2).
func (p PixelUnshuffle) String() string { return fmt.Sprintf("PixelUnshuffle(%d)", p.Factor) }

// String returns the layers, as that of a [Sequential] does.
func (r Residual) String() string { return Describe(r) }

// String returns the branches with a line for each of their layers.
func (c Concat) String() string { return Describe(c) }

// String returns PReLU(1).
func (p *PReLU) String() string {
	if p == nil || !has(p.Weight) {
		return "PReLU(empty)"
	}
	return fmt.Sprintf("PReLU(%d)", p.Weight.Value.Len())
}

// String returns RReLU().
func (l *RReLU) String() string {
	if l == nil {
		return "RReLU(empty)"
	}
	return text("RReLU", when(l.Lower != 0, "lower %v", setting(l.Lower, 0)), when(l.Upper != 0, "upper %v", setting(l.Upper, 0)), own(l.Mode))
}

// String returns CELU(alpha 1).
func (l CELU) String() string { return fmt.Sprintf("CELU(alpha %v)", setting(l.Alpha, 1)) }

// String returns Softshrink(lambda 0.5).
func (l Softshrink) String() string {
	return fmt.Sprintf("Softshrink(lambda %v)", setting(l.Lambda, 0.5))
}

// String returns Hardshrink(lambda 0.5).
func (l Hardshrink) String() string {
	return fmt.Sprintf("Hardshrink(lambda %v)", setting(l.Lambda, 0.5))
}

// String returns Tanhshrink().
func (Tanhshrink) String() string { return "Tanhshrink()" }

// String returns Threshold(threshold 0.1, value 20).
func (l Threshold) String() string {
	return fmt.Sprintf("Threshold(threshold %v, value %v)", l.Threshold, l.Value)
}

// String returns GLU(axis -1).
func (l GLU) String() string { return fmt.Sprintf("GLU(axis %d)", index(l.Axis, -1)) }

// String returns SwiGLU(axis -1).
func (l SwiGLU) String() string { return fmt.Sprintf("SwiGLU(axis %d)", index(l.Axis, -1)) }
