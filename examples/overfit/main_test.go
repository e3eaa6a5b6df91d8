package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
)

var (
	reading = coursetest.Reading{Run: run}
	lesson  = reading.Text
	folder  = reading.Folder
)

func TestMain(m *testing.M) { os.Exit(reading.Main(m)) }

// rows returns the numbers in parentheses of all places where the pattern fits.
func rows(t *testing.T, want int, pattern string) (numbers [][]float64) {
	t.Helper()
	found := regexp.MustCompile(`(?m)`+pattern).FindAllStringSubmatch(lesson(), -1)
	require.Len(t, found, want, pattern)
	for _, m := range found {
		var row []float64
		for _, text := range m[1:] {
			v, err := strconv.ParseFloat(text, 64)
			require.NoError(t, err)
			row = append(row, v)
		}
		numbers = append(numbers, row)
	}
	return numbers
}

func TestTestLossFallsAndRises(t *testing.T) {
	curve := rows(t, 6, `^ +(\d+) +(\d\.\d{4}) +(\d\.\d{3}) +(\d+\.\d) %$`)
	for i := range 5 {
		require.Less(t, curve[i+1][1], curve[i][1], "the training loss")
	}
	require.Greater(t, curve[5][2], 2*curve[2][2], "the test loss")
	end := rows(t, 1, `test loss was (\S+) after\n(\d+) epochs and is (\S+) at the end. The errors grew less, from (\S+) % to (\S+) %`)[0]
	require.Less(t, end[1], 150.0)
	require.Greater(t, end[2], 2*end[0])
	require.Less(t, end[4]/end[3], end[2]/end[0])
	best := rows(t, 1, `test loss of (\S+) and (\S+) % errors`)[0]
	require.InDelta(t, 0.19, best[0], 0.01)
	require.Less(t, best[0], end[0])
	require.Less(t, best[1], end[3])
}

func TestOverfittingAndItsCuresOnOtherPoints(t *testing.T) {
	test := moons(tests, 2000)
	best := measure(nn.Func(oracle), test)
	decay, jitter := plain, plain
	decay.Decay, jitter.Jitter = 3, 0.2
	for seed := uint64(6); seed <= 10; seed++ {
		points := moons(few, seed)
		nothing := measure(plain.on(points, seed), test)
		require.Greater(t, nothing.loss, 0.45)
		require.Less(t, measure(decay.on(points, seed), test).loss, 0.75*nothing.loss)
		require.Less(t, measure(jitter.on(points, seed), test).loss, 0.75*nothing.loss)
		require.Greater(t, nothing.errors, best.errors)
	}
}

func TestCapacityHasAMiddle(t *testing.T) {
	table := rows(t, 5, `^ +(0|4|16|64|256) +(0\.\d+) +(\d\.\d+) +(\S+) %$`)
	for i := range 4 {
		require.Less(t, table[i+1][1], table[i][1], "training")
	}
	middle := min(table[1][2], table[2][2])
	require.Less(t, middle, table[0][2])
	require.Less(t, middle, table[3][2])
	require.Less(t, table[3][2], table[4][2])
}

func TestDataClosesTheGap(t *testing.T) {
	table := rows(t, 4, `^    (20|60|200|600) +(0\.\d+) +(\d\.\d+) +(\S+) %$`)
	for i := range 3 {
		require.Less(t, table[i][1], table[i+1][1], "training")
	}
	require.Less(t, table[2][2], table[1][2])
	require.Less(t, table[3][2], table[2][2])
	require.Less(t, table[3][2]-table[3][1], 0.1)
	require.Greater(t, table[1][2]-table[1][1], 0.5)
}

func TestLayersDoNotGeneralise(t *testing.T) {
	table := rows(t, 4, `^ +([0124]) +(\S+) +(\S+) +(\S+) % +(\S+)$`)
	require.Less(t, table[1][2], table[0][2])
	require.Less(t, table[1][4], table[0][4])
	for _, further := range table[2:] {
		require.Greater(t, further[4], table[1][4]-0.01)
	}
	require.Less(t, table[1][2], table[2][2])
	require.Less(t, table[2][2], table[3][2])
}

func TestCures(t *testing.T) {
	nothing := rows(t, 1, `^    nothing +(\S+) +(\S+) +(\S+) %$`)[0]
	loss := map[string]float64{}
	for _, name := range []string{"ensemble of 5", "dropout 0.5", "early stopping", "weight decay 3", "augmentation 0.2"} {
		row := rows(t, 1, `^    `+name+` +(\S+) +(\S+) +(\S+) % +(\d) of 5 sets$`)[0]
		require.GreaterOrEqual(t, row[3], 4.0, name)
		loss[name] = row[1]
	}
	best := rows(t, 1, `^    the formula +(\S+) +(\S+) %$`)[0][0]
	require.Less(t, loss["ensemble of 5"], nothing[1])
	for _, name := range []string{"early stopping", "weight decay 3", "augmentation 0.2"} {
		require.Less(t, loss[name]-best, (nothing[1]-best)/2, "%s undoes most of the overfitting", name)
		require.Less(t, loss[name], loss["ensemble of 5"])
	}
	alone := rows(t, 1, `they have (\S+) alone and (\S+) together`)[0]
	require.Less(t, alone[1], alone[0])
}

func TestEnsembleAnswersWithTheMeanOfProbabilities(t *testing.T) {
	points := moons(20, 3)
	s := setting{Layers: 1, Units: 4, Epochs: 20}
	a, b := s.on(points, 1), s.on(points, 2)
	probabilities := func(model nn.Layer) *tensor.Tensor {
		return tensor.Softmax(train.NewPredictor(model).Predict(points.X), 1)
	}
	mean := tensor.MulScalar(tensor.Add(probabilities(a), probabilities(b)), 0.5)
	require.InDeltaSlice(t, tensor.Values(mean), tensor.Values(probabilities(ensemble{a, b})), 1e-6)
}

func TestFoldsChooseWithoutTheTestSet(t *testing.T) {
	for _, row := range rows(t, 5, `^ +([1-5]) +(\d+) +(\d+) +(\d+) +(\S+) +(\S+) +(\S+)$`) {
		require.Zero(t, row[1])
		require.Positive(t, row[2])
		require.Less(t, row[5], 0.7*row[4])
		require.LessOrEqual(t, row[5], row[6]+0.12)
	}
}

func TestLessonReadsWell(t *testing.T) {
	coursetest.ReadsWell(t, lesson(), folder(), 91)
}

func TestSameSeedGivesTheSameBits(t *testing.T) {
	points := moons(few, 1)
	s := plain
	s.Epochs, s.Jitter, s.Dropout = 20, 0.2, 0.5
	require.Equal(t, measure(s.on(points, 1), points), measure(s.on(points, 1), points))
}

func TestPicture(t *testing.T) {
	path := filepath.Join(folder(), "overfit.png")
	require.Contains(t, lesson(), path)
	m := coursetest.Picture(t, path)
	require.Greater(t, m.Bounds().Dx(), 1000)
}
