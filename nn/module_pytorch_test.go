package nn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A moduleCase is a case of modules.json.
type moduleCase struct {
	Layer, Name string
	Options     settings
	Initial     []fixture.Numbers // of parameters, made after seeding with 42
	Params      []struct {
		Name string
		fixture.Tensor
	}
	Wrap    string // weight_norm or spectral_norm around the layer
	Buffers []struct {
		Name string
		fixture.Tensor
	}
	Inputs       []*fixture.Tensor
	Index        []int // where the maxima stand that are put back
	Output, Seed *fixture.Tensor
	Grads        []*fixture.Tensor // by inputs and parameters
}

// moduleFile is modules.json.
type moduleFile struct {
	Cases  []moduleCase
	Tables []tableCase
}

// settings are the settings of a layer by their names in PyTorch.
type settings map[string]any

// number returns a setting, 0 when it is not there.
func (s settings) number(name string) float64 {
	v, _ := s[name].(float64)
	return v
}

func (s settings) int(name string) int { return int(s.number(name)) }

// pair returns a setting for height and width; a list of one is for both.
func (s settings) pair(name string) [2]int {
	if list, ok := s[name].([]any); ok {
		return [2]int{int(list[0].(float64)), int(list[len(list)-1].(float64))}
	}
	return nn.Square(s.int(name))
}

// is reports whether a setting has a value.
func (s settings) is(name string, value any) bool { return s[name] == value }

// withoutBias reports whether the layer has no bias.
func (s settings) withoutBias() bool { return s.is("bias", false) }

// make returns the layer of a case.
func (c *moduleCase) make(r *tensor.Rand) any {
	switch l := c.layer(r); c.Wrap {
	case "weight_norm":
		return nn.NewWeightNorm(l.(nn.Layer))
	case "spectral_norm":
		return nn.NewSpectralNorm(r, l.(nn.Layer))
	default:
		return l
	}
}

func (c *moduleCase) layer(r *tensor.Rand) any {
	for _, f := range []func(*moduleCase, settings, *tensor.Rand) any{(*moduleCase).conv, (*moduleCase).pool, (*moduleCase).norm, (*moduleCase).shaped} {
		if l := f(c, c.Options, r); l != nil {
			return l
		}
	}
	return nil
}

func (c *moduleCase) conv(s settings, r *tensor.Rand) any {
	if c.Layer == "Linear" {
		if s.withoutBias() {
			return nn.NewLinearNoBias(r, s.int("in_features"), s.int("out_features"))
		}
		return nn.NewLinear(r, s.int("in_features"), s.int("out_features"))
	}
	in, out := s.int("in_channels"), s.int("out_channels")
	one := nn.Conv1dOptions{Kernel: s.int("kernel_size"), Stride: s.int("stride"), Padding: s.int("padding"), Dilation: s.int("dilation"),
		Groups: s.int("groups"), Same: s.is("padding", "same")}
	two := nn.Conv2dOptions{Kernel: s.pair("kernel_size"), Stride: s.pair("stride"), Padding: s.pair("padding"), Dilation: s.pair("dilation"),
		Groups: one.Groups, Same: one.Same}
	back1 := nn.ConvTranspose1dOptions{Kernel: one.Kernel, Stride: one.Stride, Padding: one.Padding, OutputPadding: s.int("output_padding"),
		Dilation: one.Dilation, Groups: one.Groups}
	back2 := nn.ConvTranspose2dOptions{Kernel: two.Kernel, Stride: two.Stride, Padding: two.Padding, OutputPadding: s.pair("output_padding"),
		Dilation: two.Dilation, Groups: two.Groups}
	switch c.Layer {
	case "Conv1d":
		if s.withoutBias() {
			return nn.NewConv1dNoBias(r, in, out, one)
		}
		return nn.NewConv1d(r, in, out, one)
	case "Conv2d":
		return nn.NewConv2d(r, in, out, two)
	case "ConvTranspose1d":
		if s.withoutBias() {
			return nn.NewConvTranspose1dNoBias(r, in, out, back1)
		}
		return nn.NewConvTranspose1d(r, in, out, back1)
	case "ConvTranspose2d":
		if s.withoutBias() {
			return nn.NewConvTranspose2dNoBias(r, in, out, back2)
		}
		return nn.NewConvTranspose2d(r, in, out, back2)
	}
	return nil
}

func (c *moduleCase) pool(s settings, _ *tensor.Rand) any {
	size, step, edge, gap := s.pair("kernel_size"), s.pair("stride"), s.pair("padding"), s.pair("dilation")
	kernel, stride, padding, dilation := size[0], step[0], edge[0], gap[0]
	ceil, exclude := s.is("ceil_mode", true), s.is("count_include_pad", false)
	switch c.Layer {
	case "MaxPool1d":
		return nn.MaxPool1d{Kernel: kernel, Stride: stride, Padding: padding, Dilation: dilation, Ceil: ceil}
	case "MaxUnpool1d":
		return nn.MaxUnpool1d{Kernel: kernel, Stride: stride, Padding: padding}
	case "MaxUnpool2d":
		return nn.MaxUnpool2d{Kernel: size, Stride: step, Padding: edge}
	case "LPPool1d":
		return nn.LPPool1d{Norm: s.number("norm_type"), Kernel: kernel, Stride: stride, Ceil: ceil}
	case "LPPool2d":
		return nn.LPPool2d{Norm: s.number("norm_type"), Kernel: size, Stride: step, Ceil: ceil}
	case "AvgPool1d":
		return nn.AvgPool1d{Kernel: kernel, Stride: stride, Padding: padding, Ceil: ceil, ExcludePadding: exclude}
	case "MaxPool2d":
		return nn.MaxPool2d{Kernel: size, Stride: step, Padding: edge, Dilation: gap, Ceil: ceil}
	case "AvgPool2d":
		return nn.AvgPool2d{Kernel: size, Stride: step, Padding: edge, Ceil: ceil, ExcludePadding: exclude}
	case "AdaptiveAvgPool1d":
		return nn.AdaptiveAvgPool1d{Size: s.int("output_size")}
	case "AdaptiveMaxPool1d":
		return nn.AdaptiveMaxPool1d{Size: s.int("output_size")}
	case "AdaptiveAvgPool2d":
		return nn.AdaptiveAvgPool2d{Size: s.pair("output_size")}
	case "AdaptiveMaxPool2d":
		return nn.AdaptiveMaxPool2d{Size: s.pair("output_size")}
	}
	return nil
}

func (c *moduleCase) norm(s settings, _ *tensor.Rand) any {
	affine, eps := s.is("affine", true), s.number("eps")
	instance := func(channels, dims int) any {
		n := nn.NewInstanceNorm1d(channels)
		switch {
		case affine && dims == 3:
			n = nn.NewInstanceNorm3dAffine(channels)
		case dims == 3:
			n = nn.NewInstanceNorm3d(channels)
		case affine && dims == 1:
			n = nn.NewInstanceNorm1dAffine(channels)
		case affine:
			n = nn.NewInstanceNorm2dAffine(channels)
		case dims == 2:
			n = nn.NewInstanceNorm2d(channels)
		}
		n.Eps = eps
		return n
	}
	switch c.Layer {
	case "GroupNorm":
		g := nn.NewGroupNorm(s.int("num_groups"), s.int("num_channels"))
		if g.Eps = eps; s.is("affine", false) {
			g.Weight, g.Bias = nil, nil
		}
		return g
	case "InstanceNorm1d":
		return instance(s.int("num_features"), 1)
	case "InstanceNorm2d":
		return instance(s.int("num_features"), 2)
	case "InstanceNorm3d":
		return instance(s.int("num_features"), 3)
	case "BatchNorm3d":
		return nn.NewBatchNorm3d(s.int("num_features"))
	case "LocalResponseNorm":
		return nn.LocalResponseNorm{Size: s.int("size"), Alpha: s.number("alpha"), Beta: s.number("beta"), K: s.number("k")}
	}
	return nil
}

func (c *moduleCase) shaped(s settings, r *tensor.Rand) any {
	switch c.Layer {
	case "PReLU":
		return nn.NewPReLU(max(1, s.int("num_parameters")))
	case "Dropout1d":
		return nn.NewDropout1d(r, s.number("p"))
	case "Dropout2d":
		return nn.NewDropout2d(r, s.number("p"))
	case "AlphaDropout":
		return nn.NewAlphaDropout(r, s.number("p"))
	case "Upsample":
		f := s.number("scale_factor")
		if len(c.Inputs[0].Shape) == 3 {
			return nn.Upsample1d{Size: s.int("size"), Scale: f, Linear: s.is("mode", "linear"), AlignCorners: s.is("align_corners", true)}
		}
		return nn.Upsample{Size: s.pair("size"), Scale: [2]float64{f, f}, Bilinear: s.is("mode", "bilinear"), AlignCorners: s.is("align_corners", true)}
	case "Bilinear":
		if in1, in2, out := s.int("in1_features"), s.int("in2_features"), s.int("out_features"); s.withoutBias() {
			return nn.NewBilinearNoBias(r, in1, in2, out)
		} else {
			return nn.NewBilinear(r, in1, in2, out)
		}
	case "RReLU":
		l := nn.NewRReLU(r)
		l.Lower, l.Upper = s.number("lower"), s.number("upper")
		return l
	case "PixelShuffle":
		return nn.PixelShuffle{Factor: s.int("upscale_factor")}
	case "PixelUnshuffle":
		return nn.PixelUnshuffle{Factor: s.int("downscale_factor")}
	case "Unflatten":
		size := s.pair("unflattened_size")
		return nn.Unflatten{Axis: new(s.int("dim")), Shape: size[:]}
	case "Identity":
		return nn.Identity{}
	}
	return nil
}

// run applies the layer to inputs.
func (c *moduleCase) run(t *testing.T, model any, in []autograd.Var) autograd.Var {
	switch m := model.(type) {
	case *nn.Bilinear:
		return m.Forward(in[0], in[1])
	case nn.MaxUnpool1d:
		y, index := nn.MaxPool1d{Kernel: m.Kernel, Stride: m.Stride, Padding: m.Padding}.ForwardIndices(in[0])
		require.Equal(t, c.Index, index)
		return m.ForwardSize(y, index, c.Options.pair("output_size")[1])
	case nn.MaxUnpool2d:
		y, index := nn.MaxPool2d{Kernel: m.Kernel, Stride: m.Stride, Padding: m.Padding}.ForwardIndices(in[0])
		require.Equal(t, c.Index, index)
		return m.ForwardSize(y, index, c.Options.pair("output_size"))
	}
	return model.(nn.Layer).Forward(in[0])
}

// Layers have PyTorch's initial weights, and its outputs and gradients, by inputs
// and every parameter.
func TestPyTorchModules(t *testing.T) {
	var f moduleFile
	fixture.Read(t, "testdata/modules.json", &f)
	require.Len(t, f.Cases, 106)
	for _, c := range f.Cases {
		for dt, tol := range [][2]float64{{rtol32, atol32}, {rtol64, atol64}} {
			dt := tensor.DType(dt)
			t.Run(c.Name+" "+dt.String(), func(t *testing.T) {
				r := tensor.NewRand(42)
				model := c.make(r)
				params := nn.State(model)
				require.Len(t, nn.Params(model), len(c.Params))
				for i, p := range nn.Params(model) {
					if c.Params[i].Name == "parametrizations.weight.original0" { // a norm, whose last bit depends on the order of its sum
						require.InDeltaSlice(t, []float64(c.Initial[i]), tensor.Values(p.Value), 1e-6)
						continue
					}
					require.Equal(t, []float64(c.Initial[i]), tensor.Values(p.Value), "initial %s", c.Params[i].Name)
				}
				nn.To(model, dt)
				for i, want := range c.Params {
					require.Equal(t, want.Name, params[i].Name)
					nn.Params(model)[i].Value.CopyFrom(want.Tensor.Tensor(dt))
				}
				for i, want := range c.Buffers {
					b := nn.State(model)[len(c.Params)+i]
					require.Equal(t, want.Name, b.Name)
					require.NoError(t, want.Diff(b.Value, 0, 2e-6), "initial %s", b.Name)
					b.Value.CopyFrom(want.Tensor.Tensor(dt))
				}
				tape := autograd.NewTape()
				var in []autograd.Var
				for _, x := range c.Inputs {
					in = append(in, tape.Var(x.Tensor(dt)))
				}
				r.Seed(7)
				y := c.run(t, model, in)
				require.NoError(t, c.Output.Diff(y.Value(), tol[0], tol[1]), "output")
				grads := y.BackwardSeed(c.Seed.Tensor(dt))
				for i, want := range c.Grads {
					if i < len(in) {
						require.NoError(t, want.Diff(grads.Of(in[i]), tol[0], tol[1]), "gradient by input %d", i)
						continue
					}
					require.NoError(t, want.Diff(grads.Of(nn.Params(model)[i-len(in)]), tol[0], tol[1]), "gradient by %s", c.Params[i-len(in)].Name)
				}
			})
		}
	}
}
