package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
)

// read runs the lesson and returns what it prints, with the folder of its picture
// left out.
func read() string {
	folder, err := os.MkdirTemp("", "xor")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(folder)
	var out bytes.Buffer
	if err := run(&out, folder); err != nil {
		panic(err)
	}
	if _, err := os.Stat(filepath.Join(folder, "xor.png")); err != nil {
		panic(err)
	}
	return strings.ReplaceAll(out.String(), folder+string(filepath.Separator), "")
}

var lesson = sync.OnceValue(read)

func TestLinearModelSaysOneHalf(t *testing.T) {
	for seed := range uint64(5) {
		line := nn.NewLinear(tensor.NewRand(seed), 2, 1)
		losses := train(line)
		require.InDelta(t, 0.25, losses[steps-1], 1e-6)
		for _, v := range answers(line) {
			require.InDelta(t, 0.5, v, 1e-3)
		}
		tape := autograd.NewTape()
		loss := nn.MSE(line.Forward(tape.Const(inputs)), tape.Const(targets))
		require.Less(t, loss.Backward().Norm(), 1e-5, "the best there is has no slope")
	}
}

func TestNoStraightCutSolvesIt(t *testing.T) {
	most := 0
	for angle := range 360 {
		w1, w2 := math.Cos(float64(angle)*math.Pi/180), math.Sin(float64(angle)*math.Pi/180)
		for b := -2.0; b <= 2; b += 0.01 {
			right := 0
			for i := range 4 {
				if (w1*inputs.At(i, 0)+w2*inputs.At(i, 1)+b > 0) == (targets.At(i, 0) == 1) {
					right++
				}
			}
			most = max(most, right)
		}
	}
	require.Equal(t, 3, most)
}

func TestSeedsOfTheLesson(t *testing.T) {
	stuck, solved := newNet(1, 2), newNet(2, 2)
	require.InDelta(t, 0.126, train(stuck)[steps-1], 0.0015)
	require.Less(t, train(solved)[steps-1], 1e-9)
	require.InDeltaSlice(t, []float64{0, 1, 1, 0}, answers(solved), 1e-3)

	h := evaluate(solved.hidden, inputs)
	for unit := range 2 {
		require.InDelta(t, h.At(0, unit), h.At(3, unit), 0.03, "corners with y = 0 share a place")
		require.Greater(t, math.Abs(h.At(0, unit)-h.At(1, unit)), 0.2)
	}
}

func TestSomeSeedsGetStuckWithTwoUnitsAndNoneWithFour(t *testing.T) {
	counts := map[string]int{}
	for _, m := range regexp.MustCompile(`(?m)^ +([234]) +(\d+) +(\d+)   \[(.*)\]$`).FindAllStringSubmatch(lesson(), -1) {
		solved, _ := strconv.Atoi(m[2])
		failed, _ := strconv.Atoi(m[3])
		require.Equal(t, 20, solved+failed)
		require.Len(t, strings.Fields(m[4]), failed)
		counts[m[1]] = failed
	}
	require.Len(t, counts, 3)
	require.Positive(t, counts["2"])
	require.Zero(t, counts["4"])
}

func TestSurfaceHasTheCornersOnTheirSide(t *testing.T) {
	model := newNet(2, 2)
	train(model)
	rows := strings.Split(strings.TrimSuffix(surface(model), "\n"), "\n")
	require.Len(t, rows, 17)
	digits := map[rune]int{}
	for i, row := range rows {
		cells := []rune(row)
		require.Len(t, cells, 4+49)
		for j, c := range cells {
			if c != '0' && c != '1' {
				continue
			}
			digits[c]++
			x1, x2 := float64(j-4)/24-0.5, 1.5-float64(i)/8
			require.Equal(t, c == '1', x1 != x2, "the corner (%v, %v)", x1, x2)
			if c == '1' {
				require.Contains(t, "▓█", string(cells[j-1]))
			} else {
				require.Contains(t, " ·", string(cells[j-1]))
			}
		}
	}
	require.Equal(t, map[rune]int{'0': 2, '1': 2}, digits)
}

func TestGradientsAgreeWithDifferences(t *testing.T) {
	rows := regexp.MustCompile(`(?m)^ +(\w+\.\w+\[\d\]) +\S+ +(\S+) +(\S+)$`).FindAllStringSubmatch(lesson(), -1)
	require.Len(t, rows, 9)
	for _, m := range rows {
		g, err := strconv.ParseFloat(m[2], 64)
		require.NoError(t, err)
		d, err := strconv.ParseFloat(m[3], 64)
		require.NoError(t, err)
		require.InDelta(t, g, d, 1e-6, m[1])
	}
}

func TestGradientShowsEveryOperationWithItsRule(t *testing.T) {
	text := lesson()
	var ops []string
	for _, m := range regexp.MustCompile(`(?m)^    (\w+) .*\d\.\d{4} +(2? ?dy.*)$`).FindAllStringSubmatch(text, -1) {
		ops = append(ops, m[1])
	}
	require.Equal(t, []string{"linear", "tanh", "linear", "sub", "square", "mean"}, ops)
	require.Contains(t, text, "dy (1 − y²)")

	m := regexp.MustCompile(`takes the loss from (\S+) to (\S+)\.\n`).FindStringSubmatch(text)
	require.NotNil(t, m)
	before, _ := strconv.ParseFloat(m[1], 64)
	after, _ := strconv.ParseFloat(m[2], 64)
	require.Less(t, after, before)
}

func TestLessonReadsWell(t *testing.T) {
	text := lesson()
	coursetest.ReadsWell(t, text, "", 90)
}

func TestLessonIsTheSameEveryTime(t *testing.T) { require.Equal(t, lesson(), read()) }

// The picture tells stuck nets from solved ones: at its corners.
func TestPictureShowsTheAnswers(t *testing.T) {
	model := newNet(2, 2)
	train(model)
	p := outputs(model, 45, 45)
	at := func(x1, x2 int) float64 { return p.At(33-22*x2, 11+22*x1) }
	require.InDeltaSlice(t, []float64{0, 1, 1, 0}, []float64{at(0, 0), at(0, 1), at(1, 0), at(1, 1)}, 1e-2)
}

func TestMissingFolderIsAnError(t *testing.T) {
	require.ErrorIs(t, run(new(bytes.Buffer), filepath.Join(t.TempDir(), "missing")), os.ErrNotExist)
}
