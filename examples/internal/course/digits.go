package course

import (
	"context"
	"strings"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

// SmallDigits draws n digits, of half the height and width of those of
// [synthetic.Digits]: a pixel is the mean of four. X has the shape [n 1 14 14].
func SmallDigits(n int, seed uint64) *data.Examples {
	d := synthetic.Digits(n, seed)
	d.X = tensor.AvgPool2d(d.X, tensor.PoolShape{Kernel: nn.Square(2)})
	return d
}

// Accuracy returns the share of the examples that a classifier names rightly.
func Accuracy(model nn.Layer, set *data.Examples) float64 {
	loader := &data.Loader[data.Batch]{Set: set, Batch: 100}
	score, err := train.Evaluate(context.Background(), train.Classify(model, nn.CrossEntropy), loader, &metric.Accuracy{})
	if err != nil {
		panic(err) // a set in memory has no errors
	}
	return score.Of("accuracy")
}

// Shade draws pictures [height width] side by side for the terminal, two
// characters for a pixel: 0 is blank, and 1 or more is full.
func Shade(pictures ...*tensor.Tensor) string {
	shades := []rune(" ·░▒▓█")
	var b strings.Builder
	for y := range pictures[0].Dim(0) {
		var row strings.Builder
		for i, p := range pictures {
			if i > 0 {
				row.WriteString("  ")
			}
			for x := range p.Dim(1) {
				c := string(shades[int(min(max(p.At(y, x), 0), 1)*float64(len(shades)-1)+0.5)])
				row.WriteString(c + c)
			}
		}
		b.WriteString(strings.TrimRight(row.String(), " ") + "\n")
	}
	return b.String()
}
