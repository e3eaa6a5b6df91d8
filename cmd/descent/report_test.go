package main

import (
	"bytes"
	"image/png"
	"math"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

// confusion returns a matrix with the given rows.
func confusion(rows ...[]int) *metric.Confusion {
	var labels, answers []int
	for label, row := range rows {
		for answer, n := range row {
			for range n {
				labels, answers = append(labels, label), append(answers, answer)
			}
		}
	}
	return metric.NewConfusion(labels, answers, len(rows))
}

var confused = confusion([]int{12, 0, 1}, []int{0, 0, 0}, []int{1234, 0, 0})

func TestPrintConfusion(t *testing.T) {
	var b bytes.Buffer
	con := newConsole(&b, &b, nil)
	printConfusion(con, confused, nil)
	require.Equal(t, ""+
		"        0    1    2   correct\n"+
		"   0   12    ·    1    92.3 %\n"+
		"   1    ·    ·    ·\n"+
		"   2 1234    ·    ·     0.0 %\n", b.String())

	b.Reset()
	con.colours = true
	printConfusion(con, confusion([]int{12, 0}, []int{1, 0}), nil)
	require.Equal(t, "       0   1   correct\n   0  \x1b[32m12\x1b[0m   \x1b[2m·\x1b[0m   100.0 %\n"+
		"   1   \x1b[31m1\x1b[0m   \x1b[2m·\x1b[0m     0.0 %\n", b.String())
}

func TestWriteConfusion(t *testing.T) {
	var b strings.Builder
	require.NoError(t, writeConfusion(&b, confused, nil))
	require.Equal(t, "label,0,1,2\n0,12,0,1\n1,0,0,0\n2,1234,0,0\n", b.String())
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567"} {
		require.Equal(t, want, thousands(n))
	}
}

func TestColoursAreAskedFor(t *testing.T) {
	t.Setenv("NO_COLOR", "")
	t.Setenv("TERM", "xterm")
	require.True(t, wantsColours())
	t.Setenv("TERM", "dumb")
	require.False(t, wantsColours())
	t.Setenv("TERM", "xterm")
	t.Setenv("NO_COLOR", "1")
	require.False(t, wantsColours())

	file, err := os.Create(t.TempDir() + "/out")
	require.NoError(t, err)
	defer file.Close()
	con := newConsole(file, file, nil)
	require.False(t, con.colours || con.progress)
}

func TestProgress(t *testing.T) {
	var b bytes.Buffer
	con := newConsole(&b, &b, nil)
	p := newProgress(con, 2, 100, "images")
	p.step(train.Step{Epoch: 1, Number: 1, Examples: 50, Loss: 2})
	p.clear()
	require.Empty(t, b.String()) // no terminal, no bar

	con.progress, con.width = true, func() int { return 100 }
	p = newProgress(con, 2, 100, "images")
	p.began = time.Now().Add(-time.Minute)
	p.step(train.Step{Epoch: 1, Number: 1, Examples: 50, Loss: 2})
	require.Contains(t, b.String(), "epoch 1/2, loss 2.0000, 3m0s left")
	time.Sleep(redraw)
	p.step(train.Step{Epoch: 1, Number: 2, Examples: 50, Loss: 2})
	require.Contains(t, b.String(), " 25%  ██████░")
	require.Contains(t, b.String(), "images/s) epoch 1/2, loss 2.0000, 1m0s left")
	p.step(train.Step{Epoch: 2, Number: 3, Examples: 100, Loss: 2})
	require.Zero(t, p.left(time.Now()))
	p.clear()
	require.Empty(t, strings.TrimSpace(b.String()[strings.LastIndex(b.String(), "\r")+1:]))
}

// The line of progress takes one line of every terminal, since a second line
// would stay behind.
func TestProgressFitsTheTerminal(t *testing.T) {
	for _, width := range []int{200, 80, 58, 40, 20, 8, 2, 1} {
		var b bytes.Buffer
		con := newConsole(&b, &b, nil)
		con.progress, con.width = true, func() int { return width }
		p := newProgress(con, 1000, 100, "images")
		for i := range 3 {
			p.redrew = time.Time{}
			p.step(train.Step{Epoch: 999, Number: i + 1, Examples: 50, Loss: 123456})
			time.Sleep(redraw)
		}
		p.clear()
		longest := 0
		for _, line := range strings.FieldsFunc(b.String(), func(r rune) bool { return r == '\r' || r == '\n' }) {
			longest = max(longest, utf8.RuneCountInString(line))
		}
		require.Less(t, longest, width)
		if width >= 100 {
			require.Contains(t, b.String(), " epoch 999/1000, loss 123456.0000, ")
		}
	}
}

// A single step, and a loss of zero, still make a picture.
func TestPlotOfLittle(t *testing.T) {
	for _, losses := range [][]float64{{2.3}, {0}, {0.5, 0.5}, {3e38, 0}} {
		h := &train.History{}
		for i, loss := range losses {
			h.Steps = append(h.Steps, train.Step{Epoch: 1, Number: i + 1, Loss: loss})
		}
		var b bytes.Buffer
		for _, loss := range []float64{0.5, math.NaN(), math.Inf(1)} {
			h.Epochs = append(h.Epochs, train.Epoch{Number: len(h.Epochs) + 1, Steps: 1, Valid: &train.Score{Loss: loss}})
		}
		require.NoError(t, plotLoss(&b, "little", h))
		_, err := png.Decode(&b)
		require.NoError(t, err)
	}
}
