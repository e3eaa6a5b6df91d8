package nn_test

import (
	"cmp"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A sample is one on which PyTorch tries its own modules.
type sample struct {
	Layer, Name                 string
	Training                    bool
	Options                     settings
	Weight                      *fixture.Tensor // of a loss
	State, Inputs, Grads, After []namedTensor   // After are the buffers after the step
	Outputs                     []*fixture.Tensor
}

type namedTensor struct {
	Name string
	Bool bool
	fixture.Tensor
}

// vars are the inputs of a sample by their names in PyTorch; a missing one is the
// empty Var.
type vars = map[string]autograd.Var

// integers returns an input of integers, nil without one.
func (c *sample) integers(name string) (list []int) {
	for _, x := range c.Inputs {
		if x.Name == name {
			for _, v := range x.Data {
				list = append(list, int(v))
			}
		}
	}
	return list
}

// seedOf returns the weights of a gradient's seed, by the formula of the script.
func seedOf(y autograd.Var) *tensor.Tensor {
	w := tensor.Zeros64(y.Shape()...)
	for i := range w.Len() {
		tensor.Data[float64](w)[i] = float64(i*37%97-48) / 32
	}
	return w.To(y.DType())
}

// differs compares a tensor with PyTorch's float64: to ten digits, or in float32, whose
// roundings add up in a model, to a few in 10⁵ of the largest element.
func differs(want *fixture.Tensor, got *tensor.Tensor) error {
	largest := 1.0
	for _, v := range want.Data {
		if v < 1e300 && v > -1e300 {
			largest = max(largest, v, -v)
		}
	}
	if got.DType() == tensor.Float64 {
		return want.Diff(got, 1e-10, 1e-12*largest)
	}
	return want.Diff(got, rtol32, 3*atol32*largest)
}

// check runs the sample there and back.
func (c *sample) check(t *testing.T, dt tensor.DType) {
	r := tensor.NewRand(1)
	model := c.make(r)
	nn.To(model, dt)
	state := nn.State(model)
	require.Len(t, state, len(c.State))
	for i, want := range c.State {
		require.Equal(t, want.Name, state[i].Name)
		state[i].Value.CopyFrom(want.Tensor.Tensor(state[i].Value.DType()))
	}
	tape := autograd.NewTape()
	if !c.Training {
		tape.SetMode(autograd.Eval)
	}
	in, leaves := vars{}, map[string]autograd.Source{}
	for _, x := range c.Inputs {
		in[x.Name] = tape.Var(x.Tensor.Tensor(dt))
		leaves[x.Name] = in[x.Name]
	}
	for name, p := range nn.NamedParams(model) {
		leaves[name] = p
	}
	outputs := c.run(model, tape, in)
	require.Len(t, outputs, len(c.Outputs))
	var total autograd.Var
	for i, y := range outputs {
		require.NoError(t, differs(c.Outputs[i], y.Value()), "output %d", i)
		s := y.Mul(tape.Const(seedOf(y))).Sum()
		if i > 0 {
			s = total.Add(s)
		}
		total = s
	}
	grads := total.Backward()
	for _, want := range c.Grads {
		g := grads.Of(leaves[want.Name])
		if g == nil {
			g = tensor.ZerosOf(dt, want.Shape...)
		}
		require.NoError(t, differs(&want.Tensor, g), "gradient by %s", want.Name)
	}
	state = nn.State(model)
	for i, want := range c.After {
		got := state[len(state)-len(c.After)+i]
		require.Equal(t, want.Name, got.Name)
		require.NoError(t, differs(&want.Tensor, got.Value), "%s after the step", want.Name)
	}
}

// The samples on which PyTorch tries its own modules: some of them, or all, in the
// file that DESCENT_SAMPLES names (testdata/fixtures/modulesamples.py writes it).
func TestSamples(t *testing.T) {
	var f struct{ Cases []sample }
	fixture.Read(t, cmp.Or(os.Getenv("DESCENT_SAMPLES"), "testdata/samples.json"), &f)
	require.NotEmpty(t, f.Cases)
	agree := 0
	for _, c := range f.Cases {
		ok := t.Run(c.Name, func(t *testing.T) {
			defer func() {
				if p := recover(); p != nil {
					t.Errorf("it panics: %v", p)
				}
			}()
			for _, dt := range []tensor.DType{tensor.Float64, tensor.Float32} {
				c.check(t, dt)
			}
		})
		if ok {
			agree++
		}
	}
	t.Logf("%d of %d samples agree", agree, len(f.Cases))
}
