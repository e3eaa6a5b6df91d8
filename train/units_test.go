package train_test

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

func TestUnits(t *testing.T) {
	for _, dt := range []tensor.DType{tensor.Float32, tensor.Float64} {
		var u train.Units
		see := func(x *tensor.Tensor) (dead, all int) {
			u.Watch(nn.ReLU{}).Forward(autograd.NewTape().Const(x.To(dt)))
			return u.Dead()
		}
		count := func(dead, all int) string { return fmt.Sprint(dead, " of ", all) }
		require.Equal(t, "0 of 0", count(u.Dead()))
		require.Equal(t, "2 of 3", count(see(tensor.New([]float32{1, -1, -1, 2, 0, -3}, 2, 3))))
		require.Equal(t, "1 of 3", count(see(tensor.New([]float32{-1, -1, 5}, 1, 3))))
		u.Reset()
		require.Equal(t, "3 of 3", count(see(tensor.New([]float32{-1, -1, -5}, 1, 3))))
		// Channels of images: one is active in its last pixel.
		require.Equal(t, "1 of 2", count(see(tensor.New([]float32{-1, -1, -1, -1, -1, -1, -1, 1}, 1, 2, 2, 2))))
		require.Equal(t, "1 of 2", count(see(tensor.Zeros(0, 2))))
		require.PanicsWithError(t, "units [3]: want [batch units …]", func() { see(tensor.Ones(3)) })
	}
	var u train.Units
	layer := u.Watch(nn.ReLU{})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { layer.Forward(autograd.NewTape().Const(tensor.Ones(2, 100))) })
	}
	all.Wait()
	dead, n := u.Dead()
	require.Equal(t, [2]int{0, 100}, [2]int{dead, n})
}

// Too large a step kills units, and Units tells.
func ExampleUnits() {
	r := tensor.NewRand(1)
	var units train.Units
	model := nn.Sequential{nn.NewLinear(r, 1, 32), units.Watch(nn.ReLU{}), nn.NewLinear(r, 32, 1)}
	houses := synthetic.Houses(256, 100, r)
	houses.X, houses.Y = tensor.MulScalar(houses.X, 1e-3), tensor.MulScalar(houses.Y, 1e-3)
	fit := &train.Fit[data.Batch]{
		Model: model, Objective: train.Regress(model, nn.MSE), Opt: optim.NewSGD(nn.Params(model), optim.SGD{LR: 1}),
		Train: &data.Loader[data.Batch]{Set: houses, Batch: 32, Shuffle: r}, Epochs: 2, Clip: 3,
		OnEpoch: func(e train.Epoch) error {
			dead, all := units.Dead()
			units.Reset()
			fmt.Printf("epoch %d: more than half of the units are dead: %t\n", e.Number, dead > all/2)
			return nil
		},
	}
	if _, err := fit.Run(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// epoch 1: more than half of the units are dead: false
	// epoch 2: more than half of the units are dead: true
}
