package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train/metric"
)

// Sections 1 and 2, for five seeds.
func TestRareIllness(t *testing.T) {
	for seed := range uint64(5) {
		r := tensor.NewRand(seed)
		model := learn(patients(r, 3000, 0.02), seed, 8, 12)
		test, common := patients(r, 3000, 0.02), patients(r, 2000, 0.2)
		s, sc := scores(model, test), scores(model, common)

		never := make([]int, test.Len())
		require.Greater(t, accuracy(test.Labels, never), 0.965)
		require.InDelta(t, accuracy(test.Labels, answers(s, 0.5)), accuracy(test.Labels, never), 0.01, "the net is hardly better")
		require.Less(t, accuracy(test.Labels, answers(s, 1.0/51)), accuracy(test.Labels, never), "and worse when it looks")
		require.Less(t, cost(test.Labels, answers(s, 1.0/51)), 0.6*cost(test.Labels, never))
		require.Less(t, cost(test.Labels, answers(s, 1.0/51)), 0.75*cost(test.Labels, answers(s, 0.5)))
		half, low := metric.NewConfusion(test.Labels, answers(s, 0.5), 2).Class(1), metric.NewConfusion(test.Labels, answers(s, 1.0/51), 2).Class(1)
		require.Less(t, half.Recall, 0.5)
		require.Greater(t, low.Recall, half.Recall+0.3)
		require.Less(t, low.Precision, half.Precision)

		auc, aucCommon := metric.ROCAUC(s, test.Labels), metric.ROCAUC(sc, common.Labels)
		require.InDelta(t, auc, aucCommon, 0.06)
		require.InDelta(t, bestAUC(), aucCommon, 0.03)
		require.InDelta(t, auc, pairs(s, test.Labels), 1e-9)
		require.Greater(t, metric.AveragePrecision(sc, common.Labels), metric.AveragePrecision(s, test.Labels)+0.2)
	}
}

func TestCostCountsBothErrors(t *testing.T) {
	require.Equal(t, (50.0+2)/5, cost([]int{1, 1, 0, 0, 0}, []int{0, 1, 1, 1, 0}))
}

func TestPatients(t *testing.T) {
	s := patients(tensor.NewRand(1), 4000, 0.25)
	var sum, count [2]float64
	for i, label := range s.Labels {
		sum[label] += s.X.At(i, 0)
		count[label]++
	}
	require.InDelta(t, 1000, count[1], 100)
	require.InDelta(t, 0, sum[0]/count[0], 0.1)
	require.InDelta(t, shift, sum[1]/count[1], 0.15)
	require.InDelta(t, 0.9332, bestAUC(), 1e-4)
}

func TestAnswersAreThoseOfProbability(t *testing.T) {
	require.Equal(t, []int{0, 1, 1}, answers([]float64{-0.1, 0.1, 5}, 0.5))
	require.Equal(t, []int{1, 1, 1}, answers([]float64{-0.1, 0.1, 5}, 0.2))
	require.Equal(t, []int{0, 0, 1}, answers([]float64{-0.1, 0.1, 5}, 0.9))
}

// Section 3. The numbers of the intervals are those of any table.
func TestIntervals(t *testing.T) {
	low, high := wald(0.8, 100)
	require.InDelta(t, 0.7216, low, 1e-4)
	require.InDelta(t, 0.8784, high, 1e-4)
	low, high = wilson(0.8, 100)
	require.InDelta(t, 0.7112, low, 1e-4)
	require.InDelta(t, 0.8666, high, 1e-4)
	low, high = wilson(1, 50)
	require.InDelta(t, 0.9286, low, 1e-4)
	require.InDelta(t, 1, high, 1e-12)
	for seed := range uint64(5) {
		byWald, byWilson := coverage(seed, 0.98, 50, 1000)
		require.InDelta(t, 0.64, byWald, 0.06)
		require.InDelta(t, 0.92, byWilson, 0.04)
		byWald, byWilson = coverage(seed, 0.8, 1000, 300)
		require.InDelta(t, 0.95, byWald, 0.05)
		require.InDelta(t, 0.95, byWilson, 0.05)
	}
}

// Section 4.
func TestTheChosenOneLooksBetterThanItIs(t *testing.T) {
	for seed := range uint64(5) {
		one, fresh := guessers(seed, 1, 100, 100)
		require.InDelta(t, 0.5, one, 0.02)
		require.InDelta(t, 0.5, fresh, 0.02)
		best, fresh := guessers(seed, 25, 100, 100)
		require.InDelta(t, 0.597, best, 0.02)
		require.InDelta(t, 0.5, fresh, 0.02)
	}
	c1, f1 := contests(12, 1, 20)
	c12, f12 := contests(12, 12, 20)
	require.Greater(t, c12, c1)
	require.Greater(t, c12-c1, f12-f1)
}

func TestLesson(t *testing.T) {
	folder := t.TempDir()
	var out bytes.Buffer
	require.NoError(t, run(&out, folder))
	text, path := out.String(), filepath.Join(folder, "evaluate.png")
	coursetest.ReadsWell(t, text, folder, 91)
	numbers := func(pattern string) (all []float64) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			for _, s := range m[1:] {
				v, err := strconv.ParseFloat(s, 64)
				require.NoError(t, err)
				all = append(all, v)
			}
		}
		return all
	}
	rows := numbers(`(?m)^    (?:never ill|net, p > \S+) +(\S+) % +(\S+) % +(\S+) % +(\S+) +(\S+)$`)
	require.Len(t, rows, 25)
	require.InDelta(t, rows[0], rows[5], 1, "never ill, and p > 0.5")
	require.Greater(t, rows[0], rows[15], "never ill, and p > 1/51")
	for k := range 5 {
		require.GreaterOrEqual(t, rows[5*k+4], rows[19], "the cost is least at p > 1/51")
		if k > 0 {
			p, r := rows[5*k+1]/100, rows[5*k+2]/100
			require.InDelta(t, 2/(1/p+1/r), rows[5*k+3], 0.003)
		}
	}
	v := numbers(`(?m)^    +(\d+) %   (\S+) +(\S+)   (\S+) +(\S+) %$`)
	require.Len(t, v, 10)
	require.Equal(t, v[1], v[2])
	require.Equal(t, v[6], v[7])
	require.InDelta(t, v[1], v[6], 0.05)
	require.Greater(t, v[9], v[4]+20)
	v = numbers(`(?m)^ +98 % +50 +(\S+) % +(\S+) % `)
	require.Less(t, v[0], 72.0)
	require.Greater(t, v[1], 88.0)
	v = numbers(`(?m)^    k = +\d+ +(\S+) % +(\S+) % +(\S+) % +(\S+) %$`)
	require.Len(t, v, 12)
	require.Greater(t, v[8], v[0]+7)
	require.InDelta(t, v[9], 50, 2)
	v = numbers(`gained (\S+) points where it\nwas chosen, and (\S+) on new`)
	require.Greater(t, v[0], v[1]+1)

	m := coursetest.Picture(t, path)
	seen := map[[3]uint32]int{}
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			r, g, b, _ := m.At(x, y).RGBA()
			seen[[3]uint32{r >> 8, g >> 8, b >> 8}]++
		}
	}
	for _, colour := range [][3]uint32{{0x00, 0x72, 0xb2}, {0xd5, 0x5e, 0x00}, {0x00, 0x9e, 0x73}, {0xcc, 0x79, 0xa7}, {0xe6, 0x9f, 0x00}} {
		require.Greater(t, seen[colour], 200, "%x", colour)
	}
}

func TestMissingFolderIsAnError(t *testing.T) {
	require.ErrorIs(t, run(new(bytes.Buffer), filepath.Join(t.TempDir(), "missing")), os.ErrNotExist)
}
