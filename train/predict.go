package train

import (
	"slices"
	"sync"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// A Predictor asks a model for its output, in evaluation mode and without
// gradients. Any number of goroutines, such as those of an HTTP handler, may
// share one without a lock: each call borrows a tape of its own. [NewPredictor]
// makes one of a layer. For a model that takes something else, such as tokens or
// two inputs, fill in Forward:
//
//	p := &train.Predictor[[]int]{Forward: func(t *autograd.Tape, tokens []int) autograd.Var {
//		return model.Forward(t, tokens, 1, len(tokens))
//	}}
//
// The parameters and the buffers of the model must not change while a call runs:
// to serve a model that is still being trained, give the Predictor a copy. Forward
// must not write what another call reads, which layers of package nn do not do in
// evaluation mode. A Predictor must not be copied.
type Predictor[X any] struct {
	Forward func(t *autograd.Tape, x X) autograd.Var // runs the model on t

	tapes sync.Pool
}

// NewPredictor returns a Predictor of a layer. Its inputs are batches, such as
// [batch features]; one example x is the batch x.Unsqueeze(0).
func NewPredictor(model nn.Layer) *Predictor[*tensor.Tensor] {
	if model == nil {
		misuse("a Predictor needs a model")
	}
	return &Predictor[*tensor.Tensor]{Forward: func(t *autograd.Tape, x *tensor.Tensor) autograd.Var {
		return model.Forward(t.Const(x))
	}}
}

// Into writes the output of the model for x into dst, converted to its element
// type. It allocates nothing when it has seen as many calls at the same time, with
// inputs as large, before. It panics with a [*tensor.ShapeError] when dst does not
// have the shape of the output, and as the layers do when x does not fit the model.
func (p *Predictor[X]) Into(dst *tensor.Tensor, x X) {
	t := p.tape()
	y := p.Forward(t, x).Value()
	if !slices.Equal(dst.Shape(), y.Shape()) {
		panic(&tensor.ShapeError{Op: "predict", Shapes: [][]int{slices.Clone(dst.Shape()), slices.Clone(y.Shape())},
			Reason: "the destination must have the shape of the output"})
	}
	dst.CopyFrom(y)
	p.tapes.Put(t) // after a panic the tape is left alone
}

// Predict returns the output of the model for x, in a tensor of its own.
func (p *Predictor[X]) Predict(x X) *tensor.Tensor {
	t := p.tape()
	y := p.Forward(t, x).Value().Clone()
	p.tapes.Put(t)
	return y
}

// tape returns an empty tape for one call.
func (p *Predictor[X]) tape() *autograd.Tape {
	if p.Forward == nil {
		misuse("a Predictor needs Forward; NewPredictor makes one of a layer")
	}
	t, _ := p.tapes.Get().(*autograd.Tape)
	if t == nil {
		t = autograd.NewTape()
		t.SetMode(autograd.Eval)
		t.SetRecording(false)
	}
	t.Reset()
	return t
}
