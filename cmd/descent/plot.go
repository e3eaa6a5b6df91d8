package main

import (
	"image/color"
	"io"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"

	"github.com/descent-ml/descent/train"
)

// The colours of the loss curve.
var (
	pale   = color.RGBA{170, 200, 230, 255}
	blue   = color.RGBA{31, 90, 160, 255}
	orange = color.RGBA{215, 90, 30, 255}
)

// plotLoss draws the loss curve as a PNG: the loss of every step, its mean over
// neighbouring steps, and the validation loss after each epoch, on a
// logarithmic scale.
func plotLoss(w io.Writer, title string, h *train.History) error {
	p := plot.New()
	p.Title.Text, p.Title.Padding = title, vg.Points(8)
	p.X.Label.Text, p.X.Min, p.X.Tick.Marker = "step", 0, plot.TickerFunc(wholeTicks)
	p.Y.Label.Text = "loss"
	p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	p.Legend.Top, p.Legend.XOffs, p.Legend.YOffs = true, vg.Points(-6), vg.Points(-6)
	p.Add(plotter.NewGrid())

	var steps, valid plotter.XYs
	for _, s := range h.Steps {
		steps = append(steps, at(s.Number, s.Loss))
	}
	for _, e := range h.Epochs {
		if math.IsNaN(e.Valid.Loss) || math.IsInf(e.Valid.Loss, 0) {
			continue // no scale can show it
		}
		valid = append(valid, at(e.Steps, e.Valid.Loss))
	}
	each, err := plotter.NewLine(steps)
	if err != nil {
		return err
	}
	each.Color, each.Width = pale, vg.Points(0.6)
	mean, err := plotter.NewLine(smooth(steps, 10))
	if err != nil {
		return err
	}
	mean.Color, mean.Width = blue, vg.Points(1.6)
	p.Add(each, mean)
	p.Legend.Add("each step", each)
	p.Legend.Add("mean of 21 steps", mean)
	if len(valid) > 0 {
		line, dots, err := plotter.NewLinePoints(valid)
		if err != nil {
			return err
		}
		line.Color, line.Width = orange, vg.Points(1.6)
		dots.Color, dots.Shape, dots.Radius = orange, draw.CircleGlyph{}, vg.Points(3)
		p.Add(line, dots)
		p.Legend.Add("validation", line, dots)
	}
	p.Y.Min, p.Y.Max = p.Y.Min/1.3, p.Y.Max*1.3 // two numbers even when all losses are equal

	c := vgimg.NewWith(vgimg.UseWH(18*vg.Centimeter, 11*vg.Centimeter), vgimg.UseDPI(150))
	p.Draw(draw.Crop(draw.New(c), vg.Points(6), vg.Points(-12), vg.Points(6), vg.Points(-8)))
	_, err = vgimg.PngCanvas{Canvas: c}.WriteTo(w)
	return err
}

// wholeTicks marks five to ten whole numbers between lo and hi, or all of them
// when there are fewer than five.
func wholeTicks(lo, hi float64) []plot.Tick {
	size := max(hi-lo, 1)
	step := math.Pow(10, math.Floor(math.Log10(size)))
	switch {
	case size < 2*step:
		step /= 5
	case size < 5*step:
		step /= 2
	}
	step = max(step, 1)
	var ticks []plot.Tick
	for v := math.Ceil(lo/step) * step; v <= hi; v += step {
		ticks = append(ticks, plot.Tick{Value: v, Label: strconv.FormatFloat(v, 'f', 0, 64)})
	}
	return ticks
}

// at returns a point that a logarithmic scale can show.
func at(step int, loss float64) plotter.XY {
	return plotter.XY{X: float64(step), Y: math.Max(loss, 1e-8)}
}

// smooth replaces each value by the mean of the values that stand at most reach
// places from it.
func smooth(points plotter.XYs, reach int) plotter.XYs {
	out := make(plotter.XYs, len(points))
	for i, p := range points {
		near := points[max(0, i-reach):min(len(points), i+reach+1)]
		out[i].X = p.X
		for _, q := range near {
			out[i].Y += q.Y / float64(len(near))
		}
	}
	return out
}
