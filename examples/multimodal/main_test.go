package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
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

// numbers returns the numbers in parentheses of all places where the pattern fits.
func numbers(t *testing.T, places int, pattern string) (v []float64) {
	t.Helper()
	found := regexp.MustCompile(`(?m)`+pattern).FindAllStringSubmatch(lesson(), -1)
	require.Len(t, found, places, pattern)
	for _, m := range found {
		for _, text := range m[1:] {
			n, err := strconv.ParseFloat(text, 64)
			require.NoError(t, err)
			v = append(v, n)
		}
	}
	return v
}

func TestFusion(t *testing.T) {
	picture, sentence := numbers(t, 2, `^    picture alone +(\S+) %   `), numbers(t, 2, `^    sentence alone +(\S+) %   `)
	late, early := numbers(t, 2, `^    late fusion +(\S+) %   [█·]`), numbers(t, 2, `^    early fusion +(\S+) %   [█·]`)
	require.InDelta(t, 50, sentence[0], 4)
	require.InDelta(t, 54, picture[0], 8)
	require.Greater(t, late[0], picture[0]+20)
	require.InDelta(t, late[0], early[0], 5)
	for _, tossed := range []float64{picture[1], sentence[1], late[1]} {
		require.InDelta(t, 50, tossed, 4)
	}
	require.Greater(t, early[1], 60.0)
}

func TestMissingPart(t *testing.T) {
	late := numbers(t, 1, `^    late fusion +(\S+) % +(\S+) % +(\S+) %$`)
	early := numbers(t, 1, `^    early fusion +(\S+) % +(\S+) % +(\S+) %$`)
	hidden := numbers(t, 1, `^    early fusion, parts hidden +(\S+) % +(\S+) % +(\S+) %$`)
	require.Less(t, early[1], late[1]-4)
	require.Greater(t, hidden[1], early[1]+3)
	require.InDelta(t, early[0], hidden[0], 4)
	won := numbers(t, 1, `by (\d+\.\d)\npoints, than one that never had it. To hide parts in training wins back (\S+) of`)
	require.InDelta(t, late[1]-early[1], won[0], 0.11)
	require.InDelta(t, hidden[1]-early[1], won[1], 0.11)
}

func TestOtherSeeds(t *testing.T) {
	for seed := uint64(20); seed < 22; seed++ {
		r, _, _ := try(10, rows, naming, seed)
		require.Greater(t, r.late, r.picture+15)
		require.Greater(t, r.early, r.picture+15)
		require.Greater(t, r.hiddenP, r.earlyP)
		r, _, _ = try(2, rows, asking, seed)
		require.Greater(t, r.early, 58.0)
		require.InDelta(t, 50, r.late, 7)
	}
}

func TestSentencesSayWhatTheyShould(t *testing.T) {
	s := newSet(200, 3, 10, naming)
	for i, digit := range s.Labels {
		total := 0.0
		for w := range words {
			total += s.X.At(i, pixels+w)
		}
		require.Equal(t, 6.0, total)
		pair := digit / 2 * 2
		require.Equal(t, 1.0, s.X.At(i, pixels+pair)+s.X.At(i, pixels+pair+1))
	}
	r := tensor.NewRand(1)
	for digit := range 10 {
		word, label := asking(digit, r)
		odd := word >= 12
		require.Equal(t, odd == (digit%2 == 1), label == 1)
	}
}

func TestLateFusionMultiplies(t *testing.T) {
	say := func(p ...float32) nn.Layer {
		return nn.Func(func(x autograd.Var) autograd.Var { return x.Tape().Const(tensor.New(p, 1, 2)).Log() })
	}
	both := train.NewPredictor(late(say(0.2, 0.8), say(0.5, 0.5))).Predict(tensor.Zeros(1, 1))
	require.InDeltaSlice(t, []float64{0.2, 0.8}, tensor.Values(tensor.Softmax(both, 1)), 1e-6)
}

func TestSameSeedGivesTheSameBits(t *testing.T) {
	a, _, _ := try(2, 100, asking, 1)
	b, _, _ := try(2, 100, asking, 1)
	require.Equal(t, a, b)
}

func TestLessonReadsWell(t *testing.T) {
	coursetest.ReadsWell(t, lesson(), folder(), 91)
}

func TestPicture(t *testing.T) {
	path := filepath.Join(folder(), "multimodal.png")
	require.Contains(t, lesson(), path)
	m := coursetest.Picture(t, path)
	require.Greater(t, m.Bounds().Dx(), 800)
}
