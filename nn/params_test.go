package nn_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// param returns a parameter of one element.
func param() *autograd.Param { return autograd.NewParam(tensor.Zeros(1)) }

func names(model any) []string {
	list := []string{}
	for _, s := range nn.State(model) {
		list = append(list, s.Name)
	}
	return list
}

func paramNames(model any) []string {
	list := []string{}
	for name := range nn.NamedParams(model) {
		list = append(list, name)
	}
	return list
}

type block struct {
	W     *autograd.Param
	Count *tensor.Tensor
}

type (
	Base   struct{ Scale *autograd.Param }
	inner  struct{ Shift *autograd.Param }
	byBase struct {
		Base
		*inner
		Tagged `nn:"deep"`
		Last   *autograd.Param
	}
	Tagged struct{ W *autograd.Param }
	self   struct {
		W    *autograd.Param
		Next *self
		All  []any
	}
	byValue  struct{ W autograd.Param }
	embedded struct {
		*autograd.Param
		*tensor.Tensor
	}
)

// Names follow the fields, as those of PyTorch's modules follow attributes.
func TestNames(t *testing.T) {
	b := func() *block { return &block{param(), tensor.Zeros(1)} }
	loop := &self{W: param()}
	loop.Next, loop.All = loop, []any{nil, loop, nil}
	loop.All[2] = loop.All
	first := &struct{ Inner block }{*b()}
	for name, c := range map[string]struct {
		model any
		want  []string
	}{
		"nothing":   {nil, []string{}},
		"nil model": {(*block)(nil), []string{}},
		"struct":    {b(), []string{"w", "count"}},
		"by value":  {*b(), []string{"w", "count"}},
		"tags": {&struct {
			A *block `nn:"encoder"`
			B *block `nn:"-"`
			C block  `nn:"dec.oder"`
		}{b(), b(), *b()}, []string{"encoder.w", "encoder.count", "dec.oder.w", "dec.oder.count"}},
		"embedded":              {&byBase{Base{param()}, &inner{param()}, Tagged{param()}, param()}, []string{"scale", "shift", "deep.w", "last"}},
		"embedded parameter":    {&embedded{param(), tensor.Zeros(1)}, []string{"param", "tensor"}},
		"parameter by value":    {&byValue{*param()}, []string{"w"}},
		"parameter not in use":  {&byValue{}, []string{}},
		"slices and arrays":     {&struct{ Layers [2][]*block }{[2][]*block{{b()}, {nil, b()}}}, []string{"layers.0.0.w", "layers.0.0.count", "layers.1.1.w", "layers.1.1.count"}},
		"parameters in a slice": {[]*autograd.Param{param(), param()}, []string{"0", "1"}},
		"interfaces":            {&struct{ L any }{any(b())}, []string{"l.w", "l.count"}},
		"nil fields": {&struct {
			L *nn.Linear
			I nn.Layer
			P *autograd.Param
			T *tensor.Tensor
			S nn.Sequential
			B *block
		}{B: b()}, []string{"b.w", "b.count"}},
		"cycles":                   {loop, []string{"w"}},
		"the address of an owner":  {first, []string{"inner.w", "inner.count"}},
		"a map without parameters": {&struct{ Index map[string]int }{map[string]int{"a": 1}}, []string{}},
		"numbers": {&struct {
			N int
			S string
			F func()
			C chan int
			D []float64
		}{}, []string{}},
		"snake": {&struct{ FC1, InProj, HTTPServer, Conv2D, W, Fc1Out, FC2Out, Block2Norm, X2Y, WeightIH *autograd.Param }{
			param(), param(), param(), param(), param(), param(), param(), param(), param(), param(),
		}, []string{"fc1", "in_proj", "http_server", "conv2d", "w", "fc1_out", "fc2_out", "block2_norm", "x2y", "weight_ih"}},
	} {
		require.Equal(t, c.want, names(c.model), name)
	}
}

// A tied parameter is there once, under the first of its names.
func TestTiedParameters(t *testing.T) {
	r := tensor.NewRand(1)
	shared := nn.NewLinear(r, 2, 2)
	model := &struct {
		Embed        *nn.Embedding
		Head         *nn.Linear
		Left, Right  *nn.Linear
		Mean, Second *tensor.Tensor
	}{Embed: nn.NewEmbedding(r, 3, 2), Head: nn.NewLinear(r, 2, 3), Left: shared, Right: shared}
	model.Head.Weight = model.Embed.Weight
	model.Mean = tensor.Zeros(2)
	model.Second = model.Mean
	want := []string{"embed.weight", "head.bias", "left.weight", "left.bias"}
	require.Equal(t, want, paramNames(model))
	require.Equal(t, append(want, "mean"), names(model))
	require.Len(t, nn.Params(model), 4)
	require.Same(t, model.Head.Weight, nn.Params(model)[0])

	nn.To(model, tensor.Float64)
	require.Same(t, model.Head.Weight, model.Embed.Weight)
	require.Same(t, model.Mean, model.Second)
	require.Equal(t, tensor.Float64, model.Second.DType())
	require.Equal(t, append(want, "mean"), names(model))
}

type (
	hiding struct {
		FC   *nn.Linear
		body *nn.Linear
	}
	deep struct {
		Blocks []any
	}
	hidingDeep struct {
		cache struct{ layers map[string][]nn.Layer }
		L     nn.Layer
	}
	hidingParam struct{ w *autograd.Param }
	hidingValue struct{ w autograd.Param }
	hidingFace  struct{ l nn.Layer }
	hidingTag   struct {
		w *autograd.Param           `nn:"-"`
		b *tensor.Tensor            `nn:"-"`
		m map[string]*tensor.Tensor `nn:"-"`
	}
	hidingBuffer struct {
		FC    *nn.Linear
		stats struct{ mean *tensor.Tensor }
	}
	mapped struct{ Layers map[string]*nn.Linear }
)

// A parameter that would not be trained is a panic that says where it is.
func TestHiddenParameters(t *testing.T) {
	lin := nn.NewLinear(tensor.NewRand(1), 1, 1)
	unexported := func(place string) string {
		return "nn: the parameter " + place + " stands behind an unexported field and would not be trained; export the field, or tag it `nn:\"-\"`"
	}
	const isMap = " is a map with parameters or tensors, whose order is not fixed; use a slice or a struct, or tag it `nn:\"-\"`"
	buffer := &hidingBuffer{}
	buffer.stats.mean = tensor.Zeros(1)
	cached := &hidingDeep{}
	cached.cache.layers = map[string][]nn.Layer{"a": {nil, lin}}
	for _, c := range []struct {
		model any
		want  string
	}{
		{&hiding{body: lin}, unexported("hiding.body.Weight")},
		{hiding{body: lin}, unexported("hiding.body.Weight")},
		{&hidingParam{param()}, unexported("hidingParam.w")},
		{&hidingValue{*param()}, unexported("hidingValue.w")},
		{&hidingFace{lin}, unexported("hidingFace.l.Weight")},
		{&hidingFace{nn.Sequential{nn.ReLU{}, lin}}, unexported("hidingFace.l[1].Weight")},
		{&deep{[]any{1, []any{&hidingFace{lin}}}}, unexported("deep.Blocks[1][0].l.Weight")},
		{struct{ x *nn.Linear }{lin}, unexported("model.x.Weight")},
		{buffer, "nn: the tensor hidingBuffer.stats.mean stands behind an unexported field and would not be saved; export the field, or tag it `nn:\"-\"`"},
		{&struct{ Cache map[int]*tensor.Tensor }{map[int]*tensor.Tensor{1: tensor.Zeros(1)}}, "nn: model.Cache" + isMap},
		{cached, "nn: hidingDeep.cache.layers" + isMap},
		{&mapped{map[string]*nn.Linear{"a": lin}}, "nn: mapped.Layers" + isMap},
		{map[string]any{"a": map[string]any{"b": lin}}, "nn: model" + isMap},
		{byValue{*param()}, "nn: the parameter byValue.W is a copy; pass a pointer to the model"},
	} {
		for _, f := range []func(any){func(m any) { nn.Params(m) }, func(m any) { nn.State(m) }, func(m any) { nn.To(m, tensor.Float64) }} {
			require.Equal(t, c.want, sentence(func() { f(c.model) }))
			require.IsType(t, &tensor.ArgError{}, panicOf(func() { f(c.model) }))
		}
	}
	require.Equal(t, tensor.Float32, lin.Weight.Value.DType(), "To has changed a part of the model before it panicked")

	// A parameter that is found elsewhere may also stand behind an unexported
	// field or in a map.
	require.Len(t, nn.Params(&hiding{FC: lin, body: lin}), 2)
	require.Len(t, nn.Params(&struct {
		body *nn.Linear
		FC   *nn.Linear
	}{lin, lin}), 2)
	cached.L = lin
	require.Len(t, nn.Params(cached), 2)
	buffer.FC = lin
	buffer.stats.mean = lin.Bias.Value
	require.Len(t, nn.State(buffer), 2)
	tagged := &hidingTag{param(), tensor.Zeros(1), map[string]*tensor.Tensor{"a": tensor.Zeros(1)}}
	require.Empty(t, nn.Params(tagged))
	require.Empty(t, nn.State(tagged))
	m := map[string]any{}
	m["self"] = m
	require.Empty(t, nn.Params(m))
}

// Two tensors of one name could not be told apart in a file.
func TestNameTwice(t *testing.T) {
	model := &struct {
		FC1 *autograd.Param
		Fc1 *tensor.Tensor
	}{param(), tensor.Zeros(1)}
	require.Equal(t, "nn: model.FC1 and model.Fc1 are both named \"fc1\"; tag one of them `nn:\"name\"`", sentence(func() { nn.State(model) }))
	require.Len(t, nn.Params(model), 1)
}

// To converts everything. Then the model computes in the other type.
func TestTo(t *testing.T) {
	m := newNested(tensor.NewRand(1))
	before := tensor.Values(m.FC1.Weight.Value)
	nn.To(m, tensor.Float64)
	for _, s := range nn.State(m) {
		require.Equal(t, tensor.Float64, s.Value.DType(), s.Name)
	}
	require.Equal(t, before, tensor.Values(m.FC1.Weight.Value))
	tape := autograd.NewTape()
	y := m.Features.Forward(tape.Const(normal(tensor.Float64, 1, 3, 1, 4, 4)))
	require.Equal(t, tensor.Float64, y.DType())
	require.Equal(t, 1.0, m.Features[1].(*nn.BatchNorm).NumBatchesTracked.Item())
	nn.To(m, tensor.Float32)
	require.Equal(t, before, tensor.Values(m.FC1.Weight.Value))
}

func TestFreeze(t *testing.T) {
	r := tensor.NewRand(1)
	model := &struct{ Encoder, Encoder2, Head nn.Layer }{
		nn.Sequential{nn.NewLinear(r, 2, 2), nn.ReLU{}}, nn.NewLinear(r, 2, 2), nn.NewLinear(r, 2, 1),
	}
	frozen := func() (names []string) {
		for name, p := range nn.NamedParams(model) {
			if p.Frozen {
				names = append(names, name)
			}
		}
		return names
	}
	nn.Freeze(model, "encoder", "head.bias")
	require.Equal(t, []string{"encoder.0.weight", "encoder.0.bias", "head.bias"}, frozen())
	nn.Unfreeze(model, "encoder.0.bias")
	require.Equal(t, []string{"encoder.0.weight", "head.bias"}, frozen())
	nn.Unfreeze(model)
	require.Empty(t, frozen())
	nn.Freeze(model)
	require.Len(t, frozen(), 6)
	nn.Unfreeze(model)
	require.PanicsWithError(t, `freeze: no parameter is called "encoder2.wight" or begins with "encoder2.wight."; the nearest is "encoder2.weight"`,
		func() { nn.Freeze(model, "head", "encoder2.wight") })
	require.Empty(t, frozen()) // nothing is done by half
	require.PanicsWithError(t, `unfreeze: no parameter is called "tail" or begins with "tail."; the parameters are `+
		"encoder.0.weight, encoder.0.bias, encoder2.weight, encoder2.bias, head.weight, head.bias", func() { nn.Unfreeze(model, "tail") })
}

func ExampleFreeze() {
	r := tensor.NewRand(1)
	model := nn.Sequential{nn.NewLinear(r, 4, 8), nn.ReLU{}, nn.NewLinear(r, 8, 2)}
	nn.Freeze(model, "0") // the first layer stays as it is
	tape := autograd.NewTape()
	grads := model.Forward(tape.Const(tensor.Ones(1, 4))).Sum().Backward()
	for name, p := range nn.NamedParams(model) {
		fmt.Println(name, grads.Of(p) != nil)
	}
	// Output:
	// 0.weight false
	// 0.bias false
	// 2.weight true
	// 2.bias true
}
