package nn_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// snapshot copies all values of a model.
func snapshot(model any) (values [][]float64) {
	for _, s := range nn.State(model) {
		values = append(values, tensor.Values(s.Value))
	}
	return values
}

func TestLoadState(t *testing.T) {
	a, b := newNested(tensor.NewRand(1)), newNested(tensor.NewRand(2))
	tape := autograd.NewTape()
	a.Features.Forward(tape.Const(normal(tensor.Float32, 1, 3, 1, 4, 4))) // fill the running statistics
	state := nn.Snapshot(a)
	require.NotEqual(t, snapshot(a), snapshot(b))
	weight := b.FC1.Weight

	slices.Reverse(state)
	require.NoError(t, nn.LoadState(b, state))
	require.Equal(t, snapshot(a), snapshot(b))
	require.Same(t, weight, b.FC1.Weight)
	require.Equal(t, 1.0, b.Features[1].(*nn.BatchNorm).NumBatchesTracked.Item())

	// The model owns its values: the state may change afterwards.
	state[0].Value.Fill(9)
	require.Equal(t, snapshot(a), snapshot(b))

	// Element types are converted, to those of the model.
	for i := range state {
		state[i].Value = state[i].Value.To(tensor.Float64)
	}
	require.NoError(t, nn.LoadState(a, state))
	require.Equal(t, tensor.Float32, a.FC1.Weight.Value.DType())
	require.Equal(t, 9.0, a.FC2.Weight.Value.At(0, 0))
}

// A state that does not fit is an error that says what differs, and the model
// stays as it was.
func TestLoadStateErrors(t *testing.T) {
	m := newNested(tensor.NewRand(1))
	fresh := func() []tensor.Named {
		state := nn.Snapshot(m)
		for _, s := range state {
			s.Value.Fill(7)
		}
		return state
	}
	last := len(fresh()) - 1
	before := snapshot(m)
	for _, c := range []struct {
		change func(s []tensor.Named) []tensor.Named
		want   string
	}{
		{func(s []tensor.Named) []tensor.Named { return s[:last] },
			`load state: the state has no tensor named "fc2.weight"; the model has 15 tensors, the state 14`},
		{func([]tensor.Named) []tensor.Named { return nil },
			`load state: the state has no tensor named "features.0.weight"; the model has 15 tensors, the state 0`},
		{func(s []tensor.Named) []tensor.Named {
			return append(s, tensor.Named{Name: "fc3.weight", Value: tensor.Zeros(1)})
		},
			`load state: the model has no tensor named "fc3.weight"; the nearest is "fc1.weight"`},
		{func(s []tensor.Named) []tensor.Named {
			return append(s, tensor.Named{Name: "optimizer", Value: tensor.Zeros(1)})
		},
			`load state: the model has no tensor named "optimizer"; the model has 15 tensors, the state 16`},
		{func(s []tensor.Named) []tensor.Named { s[last].Name = "fc2.weigth"; return s },
			`load state: the state has no tensor named "fc2.weight"; the nearest is "fc2.weigth"`},
		{func(s []tensor.Named) []tensor.Named { return append(s, s[0]) }, `load state: the state has two tensors named "features.0.weight"`},
		{func(s []tensor.Named) []tensor.Named { s[last].Value = tensor.Zeros(6, 2); return s },
			`load state: "fc2.weight" has shape [6 2], the model wants [2 6]`},
		{func(s []tensor.Named) []tensor.Named { s[last].Value = tensor.Zeros(12); return s },
			`load state: "fc2.weight" has shape [12], the model wants [2 6]`},
		{func(s []tensor.Named) []tensor.Named { s[last].Value = nil; return s }, `load state: the value of "fc2.weight" is nil`},
		{func(s []tensor.Named) []tensor.Named { s[last].Name = "module.fc2.weight"; return s },
			`load state: the state has no tensor named "fc2.weight"; the nearest is "module.fc2.weight"; RenamePrefix changes prefixes`},
	} {
		require.EqualError(t, nn.LoadState(m, c.change(fresh())), c.want)
		require.Equal(t, before, snapshot(m), c.want)
	}
	require.NoError(t, nn.LoadState(m, fresh()))
	require.NotEqual(t, before, snapshot(m))
}

// A state goes through a safetensors file unchanged.
func TestStateFile(t *testing.T) {
	for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
		a, b := newNested(tensor.NewRand(1)), newNested(tensor.NewRand(2))
		nn.To(a, dt)
		nn.To(b, dt)
		var file bytes.Buffer
		require.NoError(t, safetensors.Write(&file, &safetensors.File{Tensors: nn.State(a)}))
		f, err := safetensors.Read(&file)
		require.NoError(t, err)
		require.NoError(t, nn.LoadState(b, f.Tensors))
		require.Equal(t, snapshot(a), snapshot(b))
	}
}

// tiedNet is a net whose head uses the weight of its embedding, and which
// applies one layer twice.
type tiedNet struct {
	Embed       *nn.Embedding
	Head        *nn.Linear
	Left, Right *nn.Linear
	Blocks      []*nn.Linear
}

func newTied(seed uint64) *tiedNet {
	r := tensor.NewRand(seed)
	shared := nn.NewLinear(r, 2, 2)
	n := &tiedNet{Embed: nn.NewEmbedding(r, 3, 2), Head: nn.NewLinearNoBias(r, 2, 3), Left: shared, Right: shared, Blocks: []*nn.Linear{shared}}
	n.Head.Weight = n.Embed.Weight
	return n
}

// PyTorch lists a tied tensor under each of its names. A file may have all of
// them, or any one.
func TestLoadTiedState(t *testing.T) {
	from := newTied(1)
	require.Equal(t, []string{"embed.weight", "left.weight", "left.bias"}, names(from))
	embed, weight, bias := from.Embed.Weight.Value, from.Left.Weight.Value, from.Left.Bias.Value
	all := []tensor.Named{
		{Name: "embed.weight", Value: embed}, {Name: "head.weight", Value: embed.Clone()},
		{Name: "left.weight", Value: weight}, {Name: "left.bias", Value: bias}, {Name: "right.weight", Value: weight.Clone()},
		{Name: "right.bias", Value: bias}, {Name: "blocks.0.weight", Value: weight}, {Name: "blocks.0.bias", Value: bias},
	}
	for _, state := range [][]tensor.Named{all, nn.State(from), {all[1], all[4], all[7]}, {all[1], all[3], all[4], all[6]}} {
		to := newTied(2)
		require.NotEqual(t, snapshot(from), snapshot(to))
		require.NoError(t, nn.LoadState(to, state))
		require.Equal(t, snapshot(from), snapshot(to))
		require.Same(t, to.Head.Weight, to.Embed.Weight)
	}

	to := newTied(2)
	before := snapshot(to)
	all[4].Value.Fill(9)
	require.EqualError(t, nn.LoadState(to, all), `load state: "left.weight" and "right.weight" are one tensor in the model, but differ in the state`)
	all[4].Value = tensor.Zeros(3)
	require.EqualError(t, nn.LoadState(to, all), `load state: "right.weight" has shape [3], the model wants [2 2]`)
	require.EqualError(t, nn.LoadState(to, all[:2]), `load state: the state has no tensor named "left.weight"; the model has 3 tensors, the state 2`)
	require.Equal(t, before, snapshot(to))
}

// A state that fits in part sets that part. The rest is said by name.
func TestLoadMatching(t *testing.T) {
	r := tensor.NewRand(1)
	pretrained := nn.Sequential{nn.NewLinear(r, 4, 3), nn.ReLU{}, nn.NewLinear(r, 3, 10)}
	var state []tensor.Named
	for _, s := range nn.State(pretrained) {
		state = append(state, tensor.Named{Name: "module." + s.Name, Value: s.Value})
	}
	model := nn.Sequential{nn.NewLinear(r, 4, 3), nn.ReLU{}, nn.Tanh{}, nn.NewLinear(r, 3, 2)}
	before := nn.Snapshot(model)
	missing, extra, err := nn.LoadMatching(model, state)
	require.NoError(t, err)
	require.Equal(t, []string{"0.weight", "0.bias", "3.weight", "3.bias"}, missing)
	require.Equal(t, []string{"module.0.weight", "module.0.bias", "module.2.weight", "module.2.bias"}, extra)
	require.Equal(t, before, nn.Snapshot(model))

	renamed := nn.RenamePrefix(state, "module.", "")
	require.Equal(t, "module.0.weight", state[0].Name)
	missing, extra, err = nn.LoadMatching(model, renamed)
	require.NoError(t, err)
	require.Equal(t, []string{"3.weight", "3.bias"}, missing)
	require.Equal(t, []string{"2.weight", "2.bias"}, extra)
	require.Equal(t, snapshot(pretrained)[:2], snapshot(model)[:2])
	require.Equal(t, before[2:], nn.Snapshot(model)[2:])
	require.NoError(t, nn.LoadState(pretrained, renamed))

	before = nn.Snapshot(model)
	_, _, err = nn.LoadMatching(model, []tensor.Named{{Name: "0.bias", Value: tensor.Ones(3)}, {Name: "3.weight", Value: tensor.Ones(10, 3)}})
	require.EqualError(t, err, `load state: "3.weight" has shape [10 3], the model wants [2 3]`)
	require.Equal(t, before, nn.Snapshot(model))
}

// What a program reaches by several ways has a name for each, but a cycle ends.
func TestNamesOfCycles(t *testing.T) {
	loop := &self{W: param()}
	loop.Next = &self{W: param(), Next: loop}
	loop.All = []any{loop.Next, loop}
	require.Equal(t, []string{"w", "next.w"}, names(loop))
	require.NoError(t, nn.LoadState(loop, []tensor.Named{{Name: "w", Value: tensor.Ones(1)}, {Name: "all.0.w", Value: tensor.Ones(1)}}))
	require.Equal(t, 1.0, loop.Next.W.Value.Item())
}

// A snapshot keeps the state that the model had.
func TestSnapshot(t *testing.T) {
	m := nn.NewBatchNorm1d(2)
	best := nn.Snapshot(m)
	m.Weight.Value.Fill(7)
	m.RunningVar.Fill(7)
	require.Equal(t, 1.0, best[0].Value.At(0))
	require.NoError(t, nn.LoadState(m, best))
	require.Equal(t, [][]float64{{1, 1}, {0, 0}, {0, 0}, {1, 1}, {0}}, snapshot(m))
}
