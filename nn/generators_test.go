package nn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

func TestGenerators(t *testing.T) {
	a, b, c := tensor.NewRand(1), tensor.NewRand(2), tensor.NewRand(3)
	type inner struct {
		Drop  nn.Dropout
		quiet *tensor.Rand
		loop  any
	}
	model := &struct {
		Net   nn.Sequential
		Inner *inner
		None  *tensor.Rand
		Fixed tensor.Rand // held by value: it goes with the model, and nobody else has it
		Map   map[string]*tensor.Rand
	}{
		Net:   nn.Sequential{nn.NewLinear(a, 2, 2), nn.NewDropout(b, 0.5), nn.NewDropout(a, 0.5), nn.NewDropout(b, 0.1), nn.Func(nil), nil},
		Inner: &inner{Drop: nn.Dropout{Rand: a}, quiet: c},
	}
	model.Inner.loop = model
	got := nn.Generators(model)
	require.Len(t, got, 3)
	for i, want := range []*tensor.Rand{b, a, c} {
		require.Same(t, want, got[i])
	}
	require.Empty(t, nn.Generators(nil))
	require.Len(t, nn.Generators(nn.NewLSTM(a, 2, 3, nn.RecurrentOptions{Layers: 2, Dropout: 0.5})), 1)
}
