package nn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A lossCase is a loss of losses.json. testdata/fixtures/losses.py explains it.
type lossCase struct {
	Loss, Name string
	Options    lossOptions
	Labels     []int
	Lengths    []int // of the labels of sequences
	Steps      []int
	Weight     *fixture.Tensor
	Inputs     []*fixture.Tensor
	Output     *fixture.Tensor
	Seed       *fixture.Tensor
	Grads      []*fixture.Tensor // nil for inputs without
}

// lossOptions are PyTorch's keyword arguments, nil where they are not given.
type lossOptions struct {
	Reduction                            string
	ZeroInfinity                         bool `json:"zero_infinity"`
	Blank                                int
	LogTarget                            bool  `json:"log_target"`
	LogInput                             *bool `json:"log_input"`
	Full, Swap                           bool
	Eps, Alpha, Gamma, Smooth, Margin, P *fixture.Number
}

func (o lossOptions) reduction() nn.Reduction {
	return map[string]nn.Reduction{"": nn.Mean, "mean": nn.Mean, "batchmean": nn.Mean, "sum": nn.Sum, "none": nn.None}[o.Reduction]
}

// exactly returns the setting that says *v, and nothing for nil.
func exactly(v *fixture.Number) float64 {
	switch {
	case v == nil:
		return 0
	case *v == 0:
		return nn.Zero
	}
	return float64(*v)
}

// of computes the loss.
func (c *lossCase) of(x []autograd.Var) autograd.Var {
	o, r, dt := c.Options, c.Options.reduction(), x[0].DType()
	switch c.Loss {
	case "BCE":
		return nn.BCELoss{Reduction: r}.Of(x[0], x[1])
	case "KLDiv":
		return nn.KLDivLoss{LogTarget: o.LogTarget, BatchMean: o.Reduction == "batchmean", Reduction: r}.Of(x[0], x[1])
	case "GaussianNLL":
		return nn.GaussianNLLLoss{Full: o.Full, Eps: exactly(o.Eps), Reduction: r}.Of(x[0], x[1], x[2])
	case "PoissonNLL":
		return nn.PoissonNLLLoss{Rates: o.LogInput != nil && !*o.LogInput, Full: o.Full, Eps: exactly(o.Eps), Reduction: r}.Of(x[0], x[1])
	case "SigmoidFocal":
		return nn.SigmoidFocalLoss{Alpha: exactly(o.Alpha), Gamma: exactly(o.Gamma), Reduction: r}.Of(x[0], x[1])
	case "Dice":
		return nn.DiceLoss{Smooth: exactly(o.Smooth), Reduction: r}.Of(x[0], x[1])
	case "Hinge":
		return nn.HingeLoss{Margin: exactly(o.Margin), Reduction: r}.Of(x[0], x[1])
	case "HingeEmbedding":
		return nn.HingeEmbeddingLoss{Margin: exactly(o.Margin), Reduction: r}.Of(x[0], x[1])
	case "SoftMargin":
		return nn.SoftMarginLoss{Reduction: r}.Of(x[0], x[1])
	case "MarginRanking":
		return nn.MarginRankingLoss{Margin: exactly(o.Margin), Reduction: r}.Of(x[0], x[1], x[2])
	case "MultiMargin":
		return nn.MultiMarginLoss{P: int(exactly(o.P)), Margin: exactly(o.Margin), Weights: of(dt, c.Weight), Reduction: r}.Of(x[0], c.Labels)
	case "MultiLabelMargin":
		return nn.MultiLabelMarginLoss{Reduction: r}.Of(x[0], x[1])
	case "MultiLabelSoftMargin":
		return nn.MultiLabelSoftMarginLoss{Weights: of(dt, c.Weight), Reduction: r}.Of(x[0], x[1])
	case "TripletMargin":
		return nn.TripletMarginLoss{Margin: exactly(o.Margin), P: exactly(o.P), Eps: exactly(o.Eps), Swap: o.Swap, Reduction: r}.Of(x[0], x[1], x[2])
	case "CTC":
		l := nn.CTCLoss{Blank: o.Blank, ZeroInfinity: o.ZeroInfinity, Reduction: r}
		return l.Of(x[0].LogSoftmax(-1), c.Labels, c.Steps, c.Lengths)
	case "CosineEmbedding":
		return nn.CosineEmbeddingLoss{Margin: exactly(o.Margin), Reduction: r}.Of(x[0], x[1], x[2])
	}
	panic("no such loss: " + c.Loss)
}

// Losses have PyTorch's values and gradients with every setting, in float32 too.
func TestPyTorchLossSettings(t *testing.T) {
	var f struct{ Cases []lossCase }
	fixture.Read(t, "testdata/losses.json", &f)
	require.Equal(t, 214, len(f.Cases))
	for _, c := range f.Cases {
		for dt, tol := range map[tensor.DType][2]float64{tensor.Float64: {1e-10, 1e-12}, tensor.Float32: {2e-5, 1e-5}} {
			t.Run(c.Name+" "+dt.String(), func(t *testing.T) {
				tape := autograd.NewTape()
				in := make([]autograd.Var, len(c.Inputs))
				for i, x := range c.Inputs {
					if v := x.Tensor(dt); c.Grads[i] == nil {
						in[i] = tape.Const(v)
					} else {
						in[i] = tape.Var(v)
					}
				}
				y := c.of(in)
				require.NoError(t, c.Output.Diff(y.Value(), tol[0], tol[1]), "value")
				grads := y.BackwardSeed(c.Seed.Tensor(dt))
				for i, want := range c.Grads {
					if want != nil {
						require.NoError(t, want.Diff(grads.Of(in[i]), tol[0], tol[1]), "gradient %d", i)
					}
				}
			})
		}
	}
}
