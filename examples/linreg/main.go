// Linreg fits a line through the prices of three houses by gradient descent,
// and goes wrong first in each of the ways that such programs do: a gradient
// of the wrong shape, the wrong sign, steps that are too long, no bias, inputs
// that were not scaled. Each fault is shown by its numbers, then cured.
//
//	go run ./examples/linreg [-out folder]
package main

import (
	"fmt"
	"image/color"
	"io"
	"math"
	"path/filepath"
	"slices"

	"github.com/guptarohit/asciigraph"
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

func main() { course.Main("linreg", run) }

var (
	areas  = tensor.New([]float64{1000, 2000, 3000}, 3, 1)
	prices = tensor.New([]float64{1500, 2500, 3000}, 3)
)

// withBias adds a column of ones to x, for the bias to be multiplied with.
func withBias(x *tensor.Tensor) *tensor.Tensor {
	return tensor.Concat(1, x, tensor.Ones(3, 1).To(tensor.Float64))
}

// mse returns the mean squared error of the predictions x w.
func mse(x *tensor.Tensor, w autograd.Var) autograd.Var {
	return nn.MSE(w.Tape().Const(x).MatMul(w), w.Tape().Const(prices))
}

// descend takes steps w ← w − rate · dL/dw from w = 0. The losses begin with step 0.
func descend(x *tensor.Tensor, rate float64, steps int) (w, losses []float64) {
	weights := autograd.NewParam(tensor.Zeros64(x.Dim(1)))
	w = tensor.Data[float64](weights.Value)
	tape := autograd.NewTape()
	for {
		tape.Reset()
		loss := mse(x, tape.Param(weights))
		if losses = append(losses, loss.Item()); len(losses) > steps {
			return w, losses
		}
		grads := loss.Backward()
		for i, g := range tensor.Data[float64](grads.Of(weights)) {
			w[i] -= rate * g
		}
	}
}

// curvatures returns the least and the greatest second derivative of the loss
// in any direction: the eigenvalues of its Hessian, which is 1×1 or 2×2.
func curvatures(x *tensor.Tensor) (least, greatest float64) {
	w := autograd.NewTape().Var(tensor.Zeros64(x.Dim(1)))
	h := autograd.Hessian(mse(x, w), w)
	if h.Len() == 1 {
		return h.Item(), h.Item()
	}
	a, b, d := h.At(0, 0), h.At(0, 1), h.At(1, 1)
	greatest = (a+d)/2 + math.Hypot((a-d)/2, b)
	return (a*d - b*b) / greatest, greatest // their product is the determinant
}

// derivative returns −2/n Σ (y − w x) x, worked out by hand.
func derivative(w float64) (sum float64) {
	for i, x := range tensor.Data[float64](areas) {
		sum += (prices.At(i) - w*x) * x
	}
	return -2 * sum / 3
}

// leastSquares solves the normal equations XᵀX w = Xᵀy for slope and bias.
func leastSquares(x *tensor.Tensor) (slope, bias float64) {
	a, c := tensor.MatMul(x.T(), x), tensor.MatMul(x.T(), prices)
	det := a.At(0, 0)*a.At(1, 1) - a.At(0, 1)*a.At(1, 0)
	return (a.At(1, 1)*c.At(0) - a.At(0, 1)*c.At(1)) / det, (a.At(0, 0)*c.At(1) - a.At(1, 0)*c.At(0)) / det
}

func run(out io.Writer, folder string) error {
	say := course.Printer(out)
	say("Three houses, their areas x and their prices y:\n\n    x %6.0f\n    y %6.0f\n", tensor.Values(areas), tensor.Values(prices))
	say("A tutorial predicts ŷ = w x and repeats, 1000 times, with a rate of 0.01:\n\n    dw = 2 (y − ŷ) x\n    w  = w − rate dw\n")
	say("It cannot find a line. We mend it, one fault at a time.\n")

	const printed = -0.01190986
	w := autograd.NewTape().Var(tensor.New([]float64{printed}, 1))
	hand, taped := derivative(printed), mse(areas, w).Backward().Of(w).Item()
	say("1. THE DERIVATIVE\n\nThe loss is L = 1/n Σ (y − ŷ)²; by the chain rule dL/dw = −2/n Σ (y − ŷ) x.")
	say("At w = %v, where the tutorial says it ends:\n", printed)
	say("    by hand      %.10f\n    by the tape  %.10f", hand, taped)
	say("    difference   %13.10f, %.1g of the number\n", taped-hand, math.Abs((taped-hand)/hand))
	say("The tape divides each error by n before it sums, the hand divides the sum: one")
	say("number, rounded in two places. Do not forget the sum. Without it, errors [3]")
	say("times areas [3 1] make all pairs of houses, which no single weight can take:\n")
	func() {
		defer func() { say("    %v\n", recover()) }()
		tensor.SubTo(w.Value(), w.Value(), tensor.Mul(prices, areas))
	}()

	const short = 1e-7
	_, uphill := descend(areas, -short, 40)
	_, downhill := descend(areas, short, 1000)
	say("2. THE SIGN\n\nWith the sum, but still without the minus, w − rate dw climbs. The rate is")
	say("%.0e here, so that nothing but the sign differs:\n\n    step   loss, their sign   loss, with the minus", short)
	for k := range 6 {
		say("    %4d %18.0f %22.0f", k, uphill[k], downhill[k])
	}

	_, steep := curvatures(areas)
	limit := 2 / steep
	_, long := descend(areas, 0.01, 40)
	say("\n3. THE STEP\n\nNow the right sign with their rate of 0.01:\n")
	for k := range 4 {
		say("    step %2d   loss %8.1e   grows by %.1e", k, long[k], long[k+1]/long[k])
	}
	say("    step %2d   loss %8.1e\n", slices.Index(long, math.Inf(1)), math.Inf(1))
	say("The loss is a parabola. Its second derivative, the Hessian, is λ = %.0f.", steep)
	say("A step multiplies the distance from the lowest point by 1 − rate λ, which brings")
	say("it closer only while rate < 2/λ = %.3e: 0.01 is %.0f times too long.", limit, 0.01/limit)
	say("After 1000 steps on either side of the limit:\n")
	for _, part := range []float64{0.99, 1.01} {
		_, losses := descend(areas, part*limit, 1000)
		say("    rate %.2f × 2/λ   loss %.3e", part, losses[1000])
	}

	raw := withBias(areas)
	slope, bias := leastSquares(raw)
	best := mse(raw, autograd.NewTape().Const(tensor.New([]float64{slope, bias}, 2))).Item()
	biased, slow := descend(raw, short, 1000)
	say("\n4. THE BIAS\n\nIt converges, but to the wrong line: ŷ = w x must pass through the origin, and")
	say("its loss never falls below %.0f. A bias, ŷ = w x + b, allows %.0f. To the", downhill[1000], best)
	say("engine it is one more weight, whose input is always 1. And yet:\n")
	say("    1000 steps without bias   loss %.1f\n    1000 steps with bias      loss %.1f   b = %.4f instead of %.2f\n",
		downhill[1000], slow[1000], biased[1], bias)

	flat, steep := curvatures(raw)
	mean := tensor.Mean(areas).Item()
	centred := tensor.AddScalar(areas, -mean)
	deviation := math.Sqrt(tensor.Mean(tensor.Square(centred)).Item())
	scaled := withBias(tensor.MulScalar(centred, 1/deviation))
	say("5. THE SCALE\n\nIn its steepest direction the loss curves by %.0f, in its flattest by %.2f.", steep, flat)
	say("The steep one limits the rate; the flat one then needs about as many steps as the")
	say("ratio of the two, the condition number. Areas measured from their mean, in units of")
	say("their standard deviation, turn the valley into a round bowl:\n\n    inputs         least λ   greatest λ   condition   longest step")
	show := func(name string, x *tensor.Tensor) {
		least, greatest := curvatures(x)
		say("    %-12s %9.3g %12.4g %11.3g %14.3g", name, least, greatest, greatest/least, 2/greatest)
	}
	show("area", raw)
	show("area / 1000", withBias(tensor.MulScalar(areas, 0.001)))
	show("standardised", scaled)
	fitted, good := descend(scaled, 0.1, 100)
	say("\nA rate of 0.1 now leaves (1 − 0.1 × 2)² = 64 %% of the excess loss at each step:\n")
	for _, k := range []int{0, 1, 2, 5, 10, 20, 40, 100} {
		say("    step %3d   loss %14.4f   excess %14.4f", k, good[k], good[k]-best)
	}

	errors := tensor.Sub(prices, tensor.AddScalar(tensor.MulScalar(areas.Reshape(3), slope), bias))
	say("\n6. THE HISTORY\n\nThe tutorial draws the squared errors of the houses after a fit by a library,")
	say("%.0f, as its loss curve. A loss curve has a point for each step,", tensor.Values(tensor.Square(errors)))
	say("and is best drawn on a logarithmic scale. With a bias, without and with scaling:\n")
	say("%s\n", asciigraph.PlotMany([][]float64{logs(slow), logs(good)},
		asciigraph.Width(60), asciigraph.Height(12), asciigraph.XAxisRange(0, 40),
		asciigraph.YAxisValueFormatter(func(y float64) string { return fmt.Sprintf("%12.1e", math.Pow(10, y)) }),
		asciigraph.SeriesChars(asciigraph.CreateCharSet("·")), asciigraph.Caption("loss   · areas as they are   ─ areas scaled")))
	path := filepath.Join(folder, "linreg.png")
	if err := picture(path, []curve{
		{"rate 0.01, far too long", long, color.RGBA{0xc0, 0x39, 0x2b, 255}, nil},
		{"wrong sign", uphill, color.RGBA{0xf3, 0x9c, 0x12, 255}, nil},
		{"no bias", downhill, color.RGBA{0x8e, 0xb8, 0xe5, 255}, nil},
		{"bias, areas as they are", slow, color.RGBA{0x2c, 0x3e, 0x75, 255}, []vg.Length{7, 5}},
		{"bias, areas scaled", good, color.RGBA{0x1e, 0x9e, 0x5a, 255}, nil},
		{"least squares", slices.Repeat([]float64{best}, 41), color.RGBA{0x80, 0x80, 0x80, 255}, []vg.Length{2, 4}},
	}); err != nil {
		return err
	}
	say("All five runs are drawn in %s.\n", path)

	w1, w0 := fitted[0]/deviation, fitted[1]-fitted[0]*mean/deviation
	say("7. THE ANSWER\n\nIn the units of the question, beside the closed form (XᵀX)⁻¹ Xᵀy:\n")
	say("               descent   closed form   difference")
	say("    slope %12.6f  %12.6f   %10.0e", w1, slope, w1-slope)
	say("    bias  %12.6f  %12.6f   %10.0e\n", w0, bias, w0-bias)
	say("A house of 2500 should cost %.2f × 2500 + %.2f = %.2f.", w1, w0, w1*2500+w0)
	return nil
}

// logs returns log₁₀ of the first 41 losses, of infinite ones as the largest number.
func logs(losses []float64) (ys []float64) {
	for _, loss := range losses[:41] {
		ys = append(ys, math.Log10(min(loss, math.MaxFloat64)))
	}
	return ys
}

// A curve is a loss history as it is to be drawn.
type curve struct {
	name   string
	losses []float64
	color  color.RGBA
	dashes []vg.Length
}

// picture draws the first 40 steps of the curves into a PNG file.
func picture(path string, curves []curve) error {
	plot.DefaultFont.Variant = "Sans"
	p := plot.New()
	p.Title.Text, p.Title.Padding, p.Title.TextStyle.Font.Size = "Five descents to the price of a house", 14, 16
	p.X.Label.Text, p.Y.Label.Text = "step", "mean squared error"
	p.Legend.Top, p.Legend.XOffs, p.Legend.YOffs, p.Legend.Padding, p.Legend.ThumbnailWidth = true, -10, -10, 4, 30
	p.Add(plotter.NewGrid())
	for _, c := range curves {
		var points plotter.XYs
		for k, y := range logs(c.losses) {
			points = append(points, plotter.XY{X: float64(k), Y: y})
		}
		line, err := plotter.NewLine(points)
		if err != nil {
			return err
		}
		line.Color, line.Width, line.Dashes = c.color, 2.5, c.dashes
		p.Add(line)
		p.Legend.Add(c.name, line)
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 40, 3.9, 8.6
	p.Y.Tick.Marker = plot.ConstantTicks{{Value: 4, Label: "10⁴"}, {Value: 5, Label: "10⁵"},
		{Value: 6, Label: "10⁶"}, {Value: 7, Label: "10⁷"}, {Value: 8, Label: "10⁸"}}
	return p.Save(24*vg.Centimeter, 14*vg.Centimeter, path)
}
