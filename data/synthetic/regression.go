package synthetic

import (
	"math"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/tensor"
)

// The three houses of the article that the project grew from, with the price
// at which each was sold.
var (
	areas  = [...]float64{1000, 2000, 3000}
	prices = [...]float64{1500, 2500, 3000}
)

// The line through the three houses by least squares.
const (
	housePrice = 2500.0 / 3 // of a house without area
	areaPrice  = 0.75       // of a unit of area
)

// Houses makes a table of n houses: X [n 1] is the area and Y [n 1] the price.
// The first three are those of the article that the project grew from:
//
//	area   1000  2000  3000
//	price  1500  2500  3000
//
// The others have an area drawn evenly from 1000 to 3000, and the price
//
//	2500/3 + 0.75 · area
//
// with normal noise of the given deviation. That line is the least-squares fit
// of the three houses, so a model of any number of houses comes near it. The
// houses stay in this order. Scale the numbers before training: gradient
// descent on areas in the thousands diverges unless its steps are tiny.
func Houses(n int, noise float64, r *tensor.Rand) *data.Examples {
	check("houses", n, noise, r)
	if n > len(areas) && r == nil {
		tensor.BadArg("houses", "want a generator for more than three houses, got %d", n)
	}
	x, y := make([]float32, n), make([]float32, n)
	for i := range n {
		if i < len(areas) {
			x[i], y[i] = float32(areas[i]), float32(prices[i])
			continue
		}
		area := 1000 + 2000*r.Float64()
		x[i], y[i] = float32(area), float32(housePrice+areaPrice*area+normal(r, noise))
	}
	return &data.Examples{X: tensor.New(x, n, 1), Y: tensor.New(y, n, 1)}
}

// Sines makes n sine waves of the given length: X [n length 1] is
//
//	sin(2π (t/period + phase)) + noise     t = 0, 1, …, length−1
//
// and Y [n 1] is what comes next, the wave at t = length without noise. The period is
// drawn evenly from 8 to 32 steps and the phase from 0 to 1, both anew for each
// wave; the noise is normal with the given deviation. Since the period is not
// known, nothing but what has been seen so far tells how the wave goes on.
func Sines(n, length int, noise float64, r *tensor.Rand) *data.Examples {
	check("sines", n, noise, r)
	if length < 1 {
		tensor.BadArg("sines", "want a length of one step or more, got %d", length)
	}
	if n > 0 && r == nil {
		tensor.BadArg("sines", "want a generator for periods and phases")
	}
	s := &data.Examples{X: tensor.Zeros(n, length, 1), Y: tensor.Zeros(n, 1)}
	x, y := tensor.Data[float32](s.X), tensor.Data[float32](s.Y)
	for i := range n {
		period, phase := 8+24*r.Float64(), r.Float64()
		wave := func(t int) float64 { return math.Sin(2 * math.Pi * (float64(t)/period + phase)) }
		for t := range length {
			x[i*length+t] = float32(wave(t) + normal(r, noise))
		}
		y[i] = float32(wave(length))
	}
	return s
}
