package nn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

func TestSummaryMLP(t *testing.T) {
	r := tensor.NewRand(1)
	model := nn.Sequential{nn.NewLinear(r, 784, 128), nn.ReLU{}, nn.NewLinearNoBias(r, 128, 10)}
	s := nn.Summary(model, 64, 784)
	require.Equal(t, []int{64, 784}, s.Input)
	require.Equal(t, []nn.SummaryRow{
		{Name: "0", Op: "linear", Shape: []int{64, 128}, Params: 784*128 + 128, MACs: 64 * 784 * 128},
		{Op: "relu", Shape: []int{64, 128}},
		{Name: "2", Op: "linear", Shape: []int{64, 10}, Params: 128 * 10, MACs: 64 * 128 * 10},
	}, s.Rows)
	require.Equal(t, 784*128+128+128*10, s.Params())
	require.Equal(t, 64*(784*128+128*10), s.MACs())
	require.Equal(t, ""+
		"layer  op      output    parameters  multiply-adds\n"+
		"       input   [64 784]\n"+
		"0      linear  [64 128]     100,480      6,422,528\n"+
		"       relu    [64 128]\n"+
		"2      linear  [64 10]        1,280         81,920\n"+
		"       total                101,760      6,504,448\n", s.String())
}

func convnet(r *tensor.Rand) nn.Sequential {
	return nn.Sequential{
		nn.NewConv2d(r, 1, 8, nn.Conv2dOptions{Kernel: nn.Square(3), Padding: nn.Square(1)}), nn.NewBatchNorm2d(8), nn.ReLU{}, nn.MaxPool2d{Kernel: nn.Square(2)},
		nn.NewConv2dNoBias(r, 8, 16, nn.Conv2dOptions{Kernel: nn.Square(3), Groups: 4}), nn.ReLU{}, nn.AvgPool2d{Kernel: nn.Square(2)},
		nn.Flatten{}, nn.NewDropout(r, 0.5), nn.NewLayerNorm(16 * 6 * 6), nn.NewLinear(r, 16*6*6, 10), nn.NewBatchNorm1d(10),
	}
}

// The counts of a convolutional net are those that were made by hand. Nothing in
// the model changes. A batch of one example is enough.
func TestSummaryConvnet(t *testing.T) {
	for _, batch := range []int{1, 2} {
		r := tensor.NewRand(1)
		model := convnet(r)
		before, generator := snapshot(model), *r
		s := nn.Summary(model, batch, 1, 28, 28)
		require.Equal(t, before, snapshot(model))
		require.Equal(t, generator, *r)
		type row struct {
			name, op     string
			params, macs int
		}
		var rows []row
		for _, x := range s.Rows {
			rows = append(rows, row{x.Name, x.Op, x.Params, x.MACs})
		}
		require.Equal(t, []row{
			{"0", "conv2d", 8*9 + 8, batch * 8 * 28 * 28 * 9}, {"1", "batch-norm", 16, 0}, {"", "relu", 0, 0}, {"", "maxpool2d", 0, 0},
			{"4", "conv2d", 16 * 2 * 9, batch * 16 * 12 * 12 * 2 * 9}, {"", "relu", 0, 0}, {"", "avgpool2d", 0, 0}, {"", "reshape", 0, 0},
			{"", "mul", 0, 0}, {"9", "layer-norm", 2 * 576, 0}, {"10", "linear", 5770, batch * 5760}, {"11", "batch-norm", 20, 0},
		}, rows)
		require.Equal(t, []int{batch, 16, 12, 12}, s.Rows[4].Shape)
		total := 0
		for _, p := range nn.Params(model) {
			total += p.Value.Len()
		}
		require.Equal(t, total, s.Params())
	}
}

// odd has a tied weight, a layer that it applies twice, and a layer that it does
// not apply.
type odd struct {
	Embed  *nn.Embedding
	FC     *nn.Linear
	Norm   *nn.BatchNorm
	Unused *nn.Linear
	Scale  *autograd.Param
}

func (m *odd) Forward(x autograd.Var) autograd.Var {
	x = m.FC.Forward(m.Norm.Forward(m.FC.Forward(x).ReLU()))
	t := x.Tape()
	return x.MatMul(t.Param(m.Embed.Weight).T()).Mul(t.Param(m.Scale))
}

// Every parameter is counted once. Those that have no effect are listed.
func TestSummaryOfSharedAndUnused(t *testing.T) {
	r := tensor.NewRand(1)
	m := &odd{nn.NewEmbedding(r, 5, 4), nn.NewLinear(r, 4, 4), nn.NewBatchNorm1d(4), nn.NewLinear(r, 3, 3), autograd.NewParam(tensor.Ones(5))}
	m.Norm.Weight, m.Norm.Bias = nil, nil
	nn.To(m, tensor.Float64)
	s := nn.Summary(m, 2, 4)
	require.Equal(t, []nn.SummaryRow{
		{Name: "fc", Op: "linear", Shape: []int{2, 4}, Params: 20, MACs: 32},
		{Op: "relu", Shape: []int{2, 4}},
		{Op: "batch-norm", Shape: []int{2, 4}},
		{Name: "fc", Op: "linear", Shape: []int{2, 4}, MACs: 32},
		{Name: "embed", Op: "matmul", Shape: []int{2, 5}, Params: 20, MACs: 40},
		{Name: "scale", Op: "mul", Shape: []int{2, 5}, Params: 5},
		{Name: "unused", Op: "unused", Params: 12},
	}, s.Rows)
	require.Contains(t, s.String(), "\nunused  unused                      12\n")
}

// When the model panics, Summary still restores it.
func TestSummaryPanic(t *testing.T) {
	r := tensor.NewRand(1)
	model := nn.Sequential{nn.NewDropout(r, 0.5), nn.NewLinear(r, 3, 2)}
	before := *r
	require.Equal(t, "linear [2 4] × [2 3]: the input has 4 features, the layer wants 3", sentence(func() { nn.Summary(model, 2, 4) }))
	require.Equal(t, before, *r)
}
