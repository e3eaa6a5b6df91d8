// Xor teaches a net the exclusive or, the smallest problem that needs a hidden
// layer. It shows that a linear model cannot learn it, how two hidden units
// do, how often they fail to, and one gradient operation by operation.
//
//	go run ./examples/xor [-out folder]
package main

import (
	"fmt"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"github.com/guptarohit/asciigraph"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
)

func main() { course.Main("xor", run) }

var (
	inputs  = tensor.New([]float32{0, 0, 0, 1, 1, 0, 1, 1}, 4, 2)
	targets = tensor.New([]float32{0, 1, 1, 0}, 4, 1)
)

const (
	rate  = 0.2
	steps = 2000
)

// A net has one hidden layer.
type net struct {
	Hidden, Out *nn.Linear
}

func newNet(seed uint64, units int) *net {
	r := tensor.NewRand(seed)
	return &net{nn.NewLinear(r, 2, units), nn.NewLinear(r, units, 1)}
}

func (n *net) hidden(x autograd.Var) autograd.Var  { return n.Hidden.Forward(x).Tanh() }
func (n *net) Forward(x autograd.Var) autograd.Var { return n.Out.Forward(n.hidden(x)) }

// train takes steps of gradient descent on all four examples and returns the
// loss before each.
func train(model nn.Layer) (losses []float64) {
	tape := autograd.NewTape()
	opt := optim.NewSGD(nn.Params(model), optim.SGD{LR: rate})
	for range steps {
		tape.Reset()
		loss := nn.MSE(model.Forward(tape.Const(inputs)), tape.Const(targets))
		opt.Step(loss.Backward())
		losses = append(losses, loss.Item())
	}
	return losses
}

// evaluate returns what a layer makes of x, without recording it.
func evaluate(f func(autograd.Var) autograd.Var, x *tensor.Tensor) *tensor.Tensor {
	tape := autograd.NewTape()
	tape.SetMode(autograd.Eval)
	tape.SetRecording(false)
	return f(tape.Const(x)).Value()
}

// answers returns what a model says to the four inputs, to four decimals.
func answers(model nn.Layer) []float64 {
	values := tensor.Values(evaluate(model.Forward, inputs))
	for i, v := range values {
		values[i] = math.Round(v*1e4)/1e4 + 0 // + 0 makes −0 a plain 0
	}
	return values
}

func run(out io.Writer, folder string) error {
	say := course.Printer(out)

	line := nn.NewLinear(tensor.NewRand(1), 2, 1)
	flat := train(line)
	y := answers(line)
	say("1. A LINE CANNOT\n\nThe exclusive or of two inputs is 1 when one of them is 1 and the other 0. A linear")
	say("model, ŷ = w₁ x₁ + w₂ x₂ + b, after %d steps down the mean squared error:\n\n    x₁ x₂   y        ŷ", steps)
	for i, v := range y {
		say("    %2.0f %2.0f  %2.0f   %6.4f", inputs.At(i, 0), inputs.At(i, 1), targets.At(i, 0), v)
	}
	say("\nIt says ½ to everything, a coin toss, at a loss of %.4f, and that is the best it can", flat[steps-1])
	say("do: for any linear model ŷ(0,0) + ŷ(1,1) = ŷ(0,1) + ŷ(1,0), here %.0f = %.0f, where XOR", y[0]+y[3], y[1]+y[2])
	say("wants 0 on the left and 2 on the right. No straight cut gets more than 3 of 4 right.\n")

	stuck, model := newNet(1, 2), newNet(2, 2)
	stuckLosses, losses := train(stuck), train(model)
	say("2. TWO HIDDEN UNITS CAN\n\nNow two units h = tanh(W x + b) stand between, and ŷ = v·h + c. The same descent,")
	say("from weights that seed 2 draws, ends at a loss of %.0e:\n\n    x₁ x₂   y        ŷ       h₁      h₂", losses[steps-1])
	h := evaluate(model.hidden, inputs)
	for i, v := range answers(model) {
		say("    %2.0f %2.0f  %2.0f   %6.4f   %6.3f  %6.3f", inputs.At(i, 0), inputs.At(i, 1), targets.At(i, 0), v, h.At(i, 0), h.At(i, 1))
	}
	say("\nThe hidden layer moves the corners of the square so that a line can part them: it")
	say("puts both corners with y = 0 into nearly one place. Seen from the inputs, ŷ is a valley")
	say("between two slopes (x₁ to the right, x₂ upwards, blank is 0 and solid 1):\n\n%s", surface(model))

	say("3. BUT NOT ALWAYS\n\nSeed 1 came first, and got stuck at a loss of %.3f, just above ⅛. It says", stuckLosses[steps-1])
	say("%.2f, right at two corners and ½ at two: with hidden units the loss is", answers(stuck))
	say("no bowl any more, and has flat places where descent hardly moves. Of seeds 1 to 20:\n")
	say("    hidden units   solved   stuck")
	drawn := course.Sheet{Columns: 10, Scale: 2}
	for _, units := range []int{2, 3, 4} {
		var failed []uint64
		for seed := uint64(1); seed <= 20; seed++ {
			n := newNet(seed, units)
			if h := train(n); h[steps-1] > 0.01 {
				failed = append(failed, seed)
			}
			if units == 2 {
				drawn.Tiles = append(drawn.Tiles, outputs(n, 45, 45))
			}
		}
		say("    %12d %8d %7d   %v", units, 20-len(failed), len(failed), failed)
	}
	path := filepath.Join(folder, "xor.png")
	if err := drawn.Save(path); err != nil {
		return err
	}
	say("\nMore units than it needs make a net easy to train. What the twenty with two units say,")
	say("white for 1 and black for 0, is in %s.\n", path)

	say("4. THE LOSS\n\n%s\n", asciigraph.PlotMany([][]float64{flat, stuckLosses, losses}, asciigraph.LowerBound(0),
		asciigraph.Width(64), asciigraph.Height(12), asciigraph.XAxisRange(0, steps), asciigraph.Precision(2), asciigraph.Offset(4),
		asciigraph.SeriesChars(asciigraph.CreateCharSet("·"), asciigraph.CreateCharSet("~")),
		asciigraph.Caption("loss by step   · linear   ~ two units, seed 1   ─ two units, seed 2")))

	gradient(say)
	return nil
}

// gradient takes one gradient apart: of the untrained net, for one example.
func gradient(say func(string, ...any)) {
	model := newNet(2, 2)
	nn.To(model, tensor.Float64)
	x, y := tensor.New([]float64{1, 0}, 1, 2), tensor.New([]float64{1}, 1, 1)
	forward := func() autograd.Var {
		tape := autograd.NewTape()
		return nn.MSE(model.Forward(tape.Const(x)), tape.Const(y))
	}

	loss := forward()
	operations := slices.Collect(loss.Tape().Operations())
	for _, v := range operations {
		v.RetainGrad()
	}
	grads := loss.Backward()
	say("5. ONE GRADIENT, STEP BY STEP\n\nBack before the first step of seed 2, with x = (1, 0) and y = 1 alone. Going down, each")
	say("operation computes its value. Going up again, its rule takes dy, the derivative of the")
	say("loss by its value, and gives those by its operands, the first to the row above:\n")
	say("    operation   value               dy                  rule")
	for _, v := range operations {
		op, rule := v.Op()
		say("    %-9s   %-17s   %-17s   %s", op, row(v.Value()), row(grads.Of(v)), rule)
	}
	say("\nThe parameters are the other operands of linear. To check their gradients we move each")
	say("weight by ±10⁻⁶ and watch the loss (x₂ is 0, so two weights have no say):\n")
	say("    parameter            value    gradient   (L₊ − L₋) / (2·10⁻⁶)")
	for name, p := range nn.NamedParams(model) {
		weights, g := tensor.Data[float64](p.Value), tensor.Values(grads.Of(p))
		for i, w := range weights {
			weights[i] = w + 1e-6
			above := forward().Item()
			weights[i] = w - 1e-6
			below := forward().Item()
			weights[i] = w
			say("    %-16s %9.4f  %10.7f   %10.7f", fmt.Sprintf("%s[%d]", name, i), w, g[i], (above-below)/2e-6)
		}
	}
	before := loss.Item()
	optim.NewSGD(nn.Params(model), optim.SGD{LR: rate}).Step(grads)
	say("\nOne step, w ← w − %v dw for each, takes the loss from %.4f to %.4f.", rate, before, forward().Item())
}

// row writes the elements of a small tensor in one line.
func row(t *tensor.Tensor) string {
	return strings.Trim(fmt.Sprintf("%7.4f", tensor.Values(t)), "[]")
}

// outputs returns what a model says to inputs from −½ to 1½, x₁ to the right and x₂
// upwards, as a picture.
func outputs(model nn.Layer, width, height int) *tensor.Tensor {
	var points []float32
	for i := range height {
		for j := range width {
			points = append(points, -0.5+2*float32(j)/float32(width-1), 1.5-2*float32(i)/float32(height-1))
		}
	}
	return evaluate(model.Forward, tensor.New(points, width*height, 2)).Clone().Reshape(height, width)
}

// surface shades the outputs of a model for the terminal, with the targets at the
// corners of the unit square.
func surface(model nn.Layer) string {
	const width, height = 49, 17 // of characters, which are about twice as high as wide
	out := outputs(model, width, height)
	shades := []rune(" ·░▒▓█")
	var b strings.Builder
	for i := range height {
		b.WriteString("    ")
		for j := range width {
			x1, x2 := -0.5+2*float32(j)/(width-1), 1.5-2*float32(i)/(height-1)
			v := min(max(out.At(i, j), 0), 1)
			switch {
			case (x1 == 0 || x1 == 1) && (x2 == 0 || x2 == 1) && x1 != x2:
				b.WriteByte('1')
			case (x1 == 0 || x1 == 1) && (x2 == 0 || x2 == 1):
				b.WriteByte('0')
			default:
				b.WriteRune(shades[int(v*float64(len(shades)-1)+0.5)])
			}
		}
		b.WriteByte('\n')
	}
	return b.String()
}
