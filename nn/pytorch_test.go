package nn_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// pytorch is nn.json: the initial weights and the results of PyTorch's layers.
type pytorch struct {
	Weights []struct {
		Layer   string
		Ints    []int
		Options struct {
			Bias       *bool
			Groups     int
			PaddingIdx *int `json:"padding_idx"`

			sequenceOptions
		}
		Seed   uint64
		Params []weights
	}
	Initialisers []initialiser
	Gains        []struct {
		Nonlinearity string
		Param        *float64
		Gain         float64
	}
	Dropouts []struct {
		Layer, Mode   string
		Seed          uint64
		P             float64
		Rand, Randn   int // how many numbers are drawn before
		Input, Output *fixture.Tensor
		After         fixture.Numbers // drawn afterwards
	}
	BatchNorms []struct {
		Layer    string
		Features int
		Options  map[string]any
		Weight   *fixture.Tensor
		Bias     *fixture.Tensor
		Train    []normStep
		Eval     normStep
	} `json:"batch_norms"`
	States []struct {
		Model string
		State []struct {
			Name  string
			Shape []int
			DType string
		}
		Parameters, Buffers []string
	}
}

// weights are the elements of a parameter: the first ones and a digest, or all.
type weights struct {
	Name        string
	Shape       []int
	First, Last fixture.Numbers
	Sum         float64
	SHA256      string
	Data        fixture.Numbers
}

type initialiser struct {
	Function string
	Seed     uint64
	Args     struct {
		Gain, A, B, Mean, Std, Val float64
		Mode, Nonlinearity         string
	}
	fixture.Tensor
}

type normStep struct {
	X, Y              *fixture.Tensor
	RunningMean       *fixture.Tensor `json:"running_mean"`
	RunningVar        *fixture.Tensor `json:"running_var"`
	NumBatchesTracked *float64        `json:"num_batches_tracked"`
}

func read(t *testing.T) *pytorch {
	t.Helper()
	var f pytorch
	fixture.Read(t, "testdata/nn.json", &f)
	return &f
}

// The same seed gives PyTorch's initial weights, to the last bit where no
// normal numbers are drawn.
func TestInitialWeights(t *testing.T) {
	cases := read(t).Weights
	require.Len(t, cases, 52)
	for _, c := range cases {
		t.Run(fmt.Sprint(c.Layer, c.Ints, c.Seed), func(t *testing.T) {
			r := tensor.NewRand(c.Seed)
			var layer any
			switch {
			case c.Layer == "Conv2d":
				layer = nn.NewConv2d(r, c.Ints[0], c.Ints[1], nn.Conv2dOptions{Kernel: nn.Square(c.Ints[2]), Groups: c.Options.Groups})
			case c.Layer == "Embedding" && c.Options.PaddingIdx != nil:
				layer = nn.NewEmbeddingPadded(r, c.Ints[0], c.Ints[1], *c.Options.PaddingIdx)
			case c.Layer == "Embedding":
				layer = nn.NewEmbedding(r, c.Ints[0], c.Ints[1])
			case c.Layer == "Linear" && c.Options.Bias != nil && !*c.Options.Bias:
				layer = nn.NewLinearNoBias(r, c.Ints[0], c.Ints[1])
			case c.Layer == "Linear":
				layer = nn.NewLinear(r, c.Ints[0], c.Ints[1])
			case c.Layer == "LSTM":
				layer = nn.NewLSTM(r, c.Ints[0], c.Ints[1], c.Options.recurrent())
			case c.Layer == "GRU":
				layer = nn.NewGRU(r, c.Ints[0], c.Ints[1], c.Options.recurrent())
			case c.Layer == "MultiheadAttention":
				layer = nn.NewMultiheadAttention(r, c.Ints[0], c.Ints[1], nn.MultiheadAttentionOptions{})
			case c.Layer == "TransformerEncoderLayer":
				layer = nn.NewTransformerBlock(r, c.Ints[0], nn.TransformerBlockOptions{Heads: c.Ints[1], Hidden: c.Options.Feedforward})
			}
			params := nn.State(layer)
			require.Len(t, params, len(c.Params))
			for i, want := range c.Params {
				require.Equal(t, want.Name, params[i].Name)
				want.check(t, params[i].Value)
			}
		})
	}
}

func (w *weights) check(t *testing.T, got *tensor.Tensor) {
	t.Helper()
	require.Equal(t, w.Shape, got.Shape())
	if w.SHA256 == "" {
		// PyTorch's vector code approximates log, sin and cos.
		require.NoError(t, (&fixture.Tensor{Shape: w.Shape, Data: w.Data}).Diff(got, 0, 3e-7))
		return
	}
	values := tensor.Values(got)
	require.Equal(t, []float64(w.First), values[:len(w.First)])
	require.Equal(t, []float64(w.Last), values[len(values)-len(w.Last):])
	var sum float64
	h := sha256.New()
	for _, v := range tensor.Data[float32](got) {
		sum += float64(v)
		require.NoError(t, binary.Write(h, binary.LittleEndian, v))
	}
	require.InDelta(t, w.Sum, sum, 1e-9)
	require.Equal(t, w.SHA256, hex.EncodeToString(h.Sum(nil)))
}

// The initialisers draw what torch.nn.init draws. Uniform numbers agree to the
// last bit, normal numbers within the error of PyTorch's vector code.
func TestInitialisers(t *testing.T) {
	cases := read(t).Initialisers
	require.Len(t, cases, 132)
	for _, c := range cases {
		t.Run(fmt.Sprint(c.Function, c.Shape, c.Args, c.Seed), func(t *testing.T) {
			w := tensor.Zeros(c.Shape...)
			require.NoError(t, c.Diff(w, 0, c.draw(tensor.NewRand(c.Seed), w)))
		})
	}
}

// draw fills w, and returns the tolerance of the comparison with PyTorch.
func (c *initialiser) draw(r *tensor.Rand, w *tensor.Tensor) (atol float64) {
	a := c.Args
	kaiming := nn.Kaiming{Slope: a.A, FanOut: a.Mode == "fan_out"}
	if a.Nonlinearity == "relu" {
		kaiming.Gain = nn.Gain("relu", 0)
	}
	switch c.Function {
	case "xavier_uniform_":
		nn.XavierUniform(r, w, a.Gain)
	case "kaiming_uniform_":
		nn.KaimingUniform(r, w, kaiming)
	case "uniform_":
		r.Uniform(w, a.A, a.B)
	case "constant_":
		w.Fill(a.Val)
	case "xavier_normal_":
		nn.XavierNormal(r, w, a.Gain)
		return 5e-7
	case "kaiming_normal_":
		nn.KaimingNormal(r, w, kaiming)
		return 5e-7
	case "normal_":
		r.Normal(w, a.Mean, a.Std)
		return 5e-7
	case "trunc_normal_":
		r.TruncNormal(w, a.Mean, a.Std, a.A, a.B)
		return 0
	case "orthogonal_":
		nn.Orthogonal(r, w, a.Gain)
		return 2e-6
	}
	return 0
}

func TestGains(t *testing.T) {
	cases := read(t).Gains
	require.Len(t, cases, 9)
	for _, c := range cases {
		param := 0.01
		if c.Param != nil {
			param = *c.Param
		}
		require.InDelta(t, c.Gain, nn.Gain(c.Nonlinearity, param), 1e-15, c.Nonlinearity)
	}
	require.Equal(t, `gain: "gelu" has none; want linear, conv2d, sigmoid, tanh, relu, leaky_relu or selu`,
		sentence(func() { nn.Gain("gelu", 0) }))
}

// Dropout draws PyTorch's masks, and leaves the generator where PyTorch does.
func TestDropoutMasks(t *testing.T) {
	cases := read(t).Dropouts
	require.Len(t, cases, 9)
	for _, c := range cases {
		t.Run(fmt.Sprint(c.Mode, c.Seed, c.P), func(t *testing.T) {
			r := tensor.NewRand(c.Seed)
			r.Uniform(tensor.Zeros(c.Rand), 0, 1)
			r.Normal(tensor.Zeros(c.Randn), 0, 1)
			x := tensor.Ones(c.Output.Shape...)
			tape := autograd.NewTape()
			if c.Mode == "eval" {
				tape.SetMode(autograd.Eval)
				x = c.Input.Tensor(tensor.Float32)
			}
			var l nn.Layer = nn.NewDropout(r, c.P)
			if c.Layer == "Dropout2d" {
				l = nn.NewDropout2d(r, c.P)
			}
			y := l.Forward(tape.Const(x))
			require.NoError(t, c.Output.Diff(y.Value(), 0, 0))
			for _, want := range c.After {
				require.Equal(t, float32(want), r.Float32())
			}
		})
	}
}

// An orthogonal weight has orthonormal rows when they are fewer than the columns,
// and orthonormal columns otherwise.
func TestOrthogonal(t *testing.T) {
	for _, shape := range [][]int{{5, 5}, {7, 3}, {3, 7}, {4, 2, 3, 3}, {1, 6}, {6, 1}, {40, 30}} {
		w := tensor.Zeros64(shape...)
		nn.Orthogonal(tensor.NewRand(1), w, 2)
		m := w.Reshape(shape[0], -1)
		if m.Dim(0) > m.Dim(1) {
			m = m.T()
		}
		product := tensor.MatMul(m, m.T())
		for i := range product.Dim(0) {
			for j := range product.Dim(1) {
				want := 0.0
				if i == j {
					want = 4
				}
				require.InDelta(t, want, product.At(i, j), 1e-13, "%v", shape)
			}
		}
	}
	w := tensor.Zeros(0, 3)
	nn.Orthogonal(tensor.NewRand(1), w, 1)
	require.Equal(t, "orthogonal [3]: want at least two axes", sentence(func() { nn.Orthogonal(tensor.NewRand(1), tensor.Zeros(3), 1) }))
}
