package course

import (
	"fmt"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// A Chart is a picture of curves in one frame.
type Chart struct {
	Title, X, Y              string // of the frame and of its axes
	LogX, LogY               bool   // logarithmic axes, on which only what is above 0 is drawn
	Curves                   []Curve
	LegendLeft, LegendBottom bool // the legend stands there, not at the right, not at the top
}

// A Curve is drawn through points. Points that are not finite are left out. With
// X nil, they are at 0, 1, 2 and so on.
type Curve struct {
	Name   string // in the legend; empty for none
	X, Y   []float64
	Dots   bool // points alone, without a line
	Dashed bool
}

// colours are those of the curves, in turn. They can be told apart by people who
// do not see red and green.
var colours = []color.RGBA{
	{0x00, 0x72, 0xb2, 255}, {0xd5, 0x5e, 0x00, 255}, {0x00, 0x9e, 0x73, 255}, {0xcc, 0x79, 0xa7, 255},
	{0xe6, 0x9f, 0x00, 255}, {0x56, 0xb4, 0xe9, 255}, {0x50, 0x50, 0x50, 255}, {0xb0, 0xa8, 0x20, 255},
}

// Save draws the chart into a file, PNG or SVG by its name.
func (c *Chart) Save(path string) error {
	plot.DefaultFont.Variant = "Sans"
	p := plot.New()
	p.Title.Text, p.Title.Padding, p.Title.TextStyle.Font.Size = c.Title, 12, 15
	p.X.Label.Text, p.Y.Label.Text = c.X, c.Y
	p.Legend.Top, p.Legend.Left, p.Legend.Padding, p.Legend.ThumbnailWidth = !c.LegendBottom, c.LegendLeft, 3, 26
	p.Legend.XOffs, p.Legend.YOffs = -8, -8
	if c.LegendLeft {
		p.Legend.XOffs = 8
	}
	if c.LegendBottom {
		p.Legend.YOffs = 8
	}
	logarithmic(&p.X, c.LogX)
	logarithmic(&p.Y, c.LogY)
	p.Add(plotter.NewGrid())
	for i, curve := range c.Curves {
		points := curve.points(c.LogX, c.LogY)
		if len(points) == 0 {
			continue
		}
		if err := curve.add(p, points, colours[i%len(colours)]); err != nil {
			return err
		}
	}
	return p.Save(24*vg.Centimeter, 14*vg.Centimeter, path)
}

func logarithmic(a *plot.Axis, on bool) {
	if on {
		a.Tick.Marker = plot.TickerFunc(decades)
	}
}

// decades returns the ticks of an axis of logarithms to base 10. (gonum has a
// logarithmic scale, but centres the name of the axis wrongly on it, and makes room
// for that.)
func decades(least, most float64) []plot.Tick {
	const slack = 1 + 1e-9
	ticks := powers(math.Pow(10, least)/slack, math.Pow(10, most)*slack)
	for i := range ticks {
		ticks[i].Value = math.Log10(ticks[i].Value)
	}
	return ticks
}

// powers returns the ticks of a logarithmic axis that lie on it: powers of ten,
// and where there are fewer than three of these, their multiples by 2 and 5.
func powers(least, most float64) (ticks []plot.Tick) {
	first, last := int(math.Floor(math.Log10(least))), int(math.Ceil(math.Log10(most)))
	few := last-first < 4
	every := max(1, (last-first+7)/8)
	for power := first; power <= last; power++ {
		for digit := 1; digit < 10; digit++ {
			v, err := strconv.ParseFloat(fmt.Sprintf("%de%d", digit, power), 64)
			if err != nil || v < least || v > most {
				continue
			}
			tick := plot.Tick{Value: v}
			if digit == 1 && (power-first)%every == 0 || few && (digit == 2 || digit == 5) {
				tick.Label = strconv.FormatFloat(v, 'g', -1, 64)
			}
			ticks = append(ticks, tick)
		}
	}
	return ticks
}

// points returns what can be drawn.
func (c *Curve) points(logX, logY bool) (points plotter.XYs) {
	for i, y := range c.Y {
		x := float64(i)
		if c.X != nil {
			x = c.X[i]
		}
		if drawable(x, logX) && drawable(y, logY) {
			points = append(points, plotter.XY{X: along(x, logX), Y: along(y, logY)})
		}
	}
	return points
}

// along returns the place of v on an axis.
func along(v float64, logarithmic bool) float64 {
	if logarithmic {
		return math.Log10(v)
	}
	return v
}

func drawable(v float64, logarithmic bool) bool {
	return !math.IsNaN(v) && !math.IsInf(v, 0) && (v > 0 || !logarithmic)
}

func (c *Curve) add(p *plot.Plot, points plotter.XYs, colour color.RGBA) error {
	if c.Dots {
		dots, err := plotter.NewScatter(points)
		if err != nil {
			return err
		}
		dots.GlyphStyle = draw.GlyphStyle{Color: colour, Radius: 2.5, Shape: draw.CircleGlyph{}}
		p.Add(dots)
		if c.Name != "" {
			p.Legend.Add(c.Name, dots)
		}
		return nil
	}
	line, err := plotter.NewLine(points)
	if err != nil {
		return err
	}
	line.Color, line.Width = colour, 2
	if c.Dashed {
		line.Dashes = []vg.Length{6, 4}
	}
	p.Add(line)
	if c.Name != "" {
		p.Legend.Add(c.Name, line)
	}
	return nil
}
