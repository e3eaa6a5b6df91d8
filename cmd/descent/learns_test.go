package main

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/tensor"
)

// writeTable writes a CSV file of two columns of numbers, and returns them.
func writeTable(t *testing.T, path, head string, x, y []float64) {
	t.Helper()
	var b strings.Builder
	b.WriteString(head + "\n")
	for i := range x {
		fmt.Fprintf(&b, "%g,%g\n", x[i], y[i])
	}
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o666))
}

// A linear net learns house prices as well as the least-squares line, whose
// error no line can beat.
func TestHousesToLeastSquares(t *testing.T) {
	dir := t.TempDir()
	houses, run := filepath.Join(dir, "houses.csv"), filepath.Join(dir, "run")
	set := synthetic.Houses(300, 100, tensor.NewRand(1))
	area, price := tensor.Values(set.X), tensor.Values(set.Y)
	writeTable(t, houses, "area,price", area, price)
	trained(t, "--data", houses, "--target", "price", "--model", "linear", "--out", run)
	code, predicted, stderr := descent(background, "predict", run, houses)
	require.Zero(t, code, stderr)

	n, mx, my := float64(len(area)), 0.0, 0.0
	for i := range area {
		mx += area[i] / n
		my += price[i] / n
	}
	sxx, sxy := 0.0, 0.0
	for i := range area {
		sxx += (area[i] - mx) * (area[i] - mx)
		sxy += (area[i] - mx) * (price[i] - my)
	}
	line, net := 0.0, 0.0
	for i, row := range parseCSV(t, predicted)[1:] {
		guess, err := strconv.ParseFloat(row[2], 64)
		require.NoError(t, err)
		net += (price[i] - guess) * (price[i] - guess)
		best := price[i] - my - sxy/sxx*(area[i]-mx)
		line += best * best
	}
	require.GreaterOrEqual(t, net, line)
	require.Less(t, math.Sqrt(net/line), 1.01) // the net has seen four houses of five
}

// The net that train chooses for a table separates spirals completely.
func TestSpiralCompletely(t *testing.T) {
	dir := t.TempDir()
	spiral, run := filepath.Join(dir, "spiral.csv"), filepath.Join(dir, "run")
	set := synthetic.Spirals(900, 3, 0.75, 0, tensor.NewRand(1))
	var b strings.Builder
	b.WriteString("x,y,arm\n")
	points := tensor.Values(set.X)
	for i, arm := range set.Labels {
		fmt.Fprintf(&b, "%g,%g,%c\n", points[2*i], points[2*i+1], 'a'+arm)
	}
	require.NoError(t, os.WriteFile(spiral, []byte(b.String()), 0o666))
	stdout := trained(t, "--data", spiral, "--target", "arm", "--out", run)
	require.Contains(t, lastLine(stdout), "100.00 %")
}
