package benchmarks

import (
	"testing"
	"time"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// differentiated are layers with the shape of one example.
func differentiated(r *tensor.Rand) []struct {
	name  string
	layer nn.Layer
	shape []int
} {
	return []struct {
		name  string
		layer nn.Layer
		shape []int
	}{
		{"linear_784_128", nn.NewLinear(r, 784, 128), []int{784}},
		{"conv2d_16_32_3x3", nn.NewConv2d(r, 16, 32, nn.Conv2dOptions{Kernel: nn.Square(3), Padding: nn.Square(1)}), []int{16, 16, 16}},
		{"layer_norm_512", nn.NewLayerNorm(512), []int{512}},
		{"attention_t64_d128", nn.NewMultiheadAttention(r, 128, 4, nn.MultiheadAttentionOptions{}), []int{64, 128}},
	}
}

const samples = 32

// BenchmarkPerSample compares the gradients of 32 examples one by one with that of
// their sum.
func BenchmarkPerSample(b *testing.B) {
	r := tensor.NewRand(1)
	for _, d := range differentiated(r) {
		b.Run(d.name, func(b *testing.B) {
			x := tensor.Randn(r, append([]int{samples}, d.shape...)...)
			params := nn.Params(d.layer)
			tape := autograd.NewTape()
			var batch, single []time.Duration
			for b.Loop() {
				began := time.Now()
				tape.Reset()
				d.layer.Forward(tape.Const(x)).Square().Sum().Backward()
				batch = append(batch, time.Since(began))
				began = time.Now()
				autograd.PerSample(params, samples, func(t *autograd.Tape, i int) autograd.Var {
					return d.layer.Forward(t.Const(x.Slice(0, i, i+1, 1))).Square().Sum()
				})
				single = append(single, time.Since(began))
			}
			b.ReportMetric(median(batch)/1e3, "batch-µs")
			b.ReportMetric(median(single)/1e3, "per-sample-µs")
			b.ReportMetric(median(single)/median(batch), "times")
		})
	}
}

// BenchmarkJVP compares the derivative in a direction, which is two reverse
// passes, with the gradient, and with the value.
func BenchmarkJVP(b *testing.B) {
	r := tensor.NewRand(1)
	for _, d := range differentiated(r) {
		b.Run(d.name, func(b *testing.B) {
			x, v := tensor.Randn(r, append([]int{samples}, d.shape...)...), tensor.Randn(r, append([]int{samples}, d.shape...)...)
			tape := autograd.NewTape()
			times := make([][]time.Duration, 3)
			measure := func(i int, f func(x autograd.Var)) {
				tape.Reset()
				began := time.Now()
				f(tape.Var(x))
				times[i] = append(times[i], time.Since(began))
			}
			for b.Loop() {
				measure(0, func(x autograd.Var) { d.layer.Forward(x) })
				measure(1, func(x autograd.Var) { d.layer.Forward(x).Sum().Backward() })
				measure(2, func(x autograd.Var) {
					autograd.JVP(d.layer.Forward(x), []autograd.Var{x}, []autograd.Var{tape.Const(v)})
				})
			}
			value := median(times[0])
			b.ReportMetric(value/1e3, "value-µs")
			b.ReportMetric(median(times[1])/value, "gradient-times")
			b.ReportMetric(median(times[2])/value, "jvp-times")
		})
	}
}
