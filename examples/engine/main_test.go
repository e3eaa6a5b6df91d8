package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/autograd"
	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/tensor"
)

var (
	reading = coursetest.Reading{Run: run}
	lesson  = reading.Text
	folder  = reading.Folder
)

func TestMain(m *testing.M) { os.Exit(reading.Main(m)) }

// all has every operation that has a rule.
type all[V any] interface {
	number[V]
	Log() V
	Sqrt() V
	ReLU() V
}

// formulas use the ten rules, alone and together, with numbers above 0.
func formulas[V all[V]]() map[string]func(a, b V) V {
	return map[string]func(a, b V) V{
		"add":    func(a, b V) V { return a.Add(b) },
		"sub":    func(a, b V) V { return a.Sub(b) },
		"mul":    func(a, b V) V { return a.Mul(b) },
		"div":    func(a, b V) V { return a.Div(b) },
		"neg":    func(a, b V) V { return a.Neg().Mul(b) },
		"exp":    func(a, b V) V { return a.Exp().Mul(b) },
		"log":    func(a, b V) V { return a.Log().Mul(b) },
		"square": func(a, b V) V { return a.Square().Mul(b) },
		"sqrt":   func(a, b V) V { return a.Sqrt().Mul(b) },
		"relu":   func(a, b V) V { return a.ReLU().Mul(b) },
		"relu0":  func(a, b V) V { return a.Neg().ReLU().Add(b) },
		"all": func(a, b V) V {
			c := a.Mul(b).Add(a.Div(b)).Sub(b.Neg().Exp())
			return c.Square().Sqrt().Log().Mul(c.ReLU()).Add(c).Div(a.Add(a))
		},
	}
}

func TestEachRuleHasTheBitsOfAutograd(t *testing.T) {
	r := tensor.NewRand(1)
	theirs := autograd.NewTape()
	ours, others := formulas[*Value](), formulas[autograd.Var]()
	require.Len(t, ours, 12)
	for name, f := range ours {
		for range 50 {
			a, b := 0.1+3*r.Float64(), 0.1+3*r.Float64()
			tape := new(Tape)
			x, y := tape.Var(a), tape.Var(b)
			l := f(x, y)
			l.Backward()

			theirs.Reset()
			u, v := theirs.Var(tensor.New([]float64{a})), theirs.Var(tensor.New([]float64{b}))
			m := others[name](u, v)
			grads := m.Backward()
			require.Equal(t, m.Item(), l.Number, name)
			require.Equal(t, grads.Of(u).Item(), x.Grad, "%s by a at %v, %v", name, a, b)
			require.Equal(t, grads.Of(v).Item(), y.Grad, "%s by b at %v, %v", name, a, b)
		}
	}
}

func TestEachRuleAgreesWithDifferences(t *testing.T) {
	const a, b, h = 1.3, 0.7, 1e-6
	for name, f := range formulas[*Value]() {
		at := func(a, b float64) float64 { tape := new(Tape); return f(tape.Var(a), tape.Var(b)).Number }
		tape := new(Tape)
		x, y := tape.Var(a), tape.Var(b)
		f(x, y).Backward()
		require.InDelta(t, (at(a+h, b)-at(a-h, b))/(2*h), x.Grad, 1e-8, "%s by a", name)
		require.InDelta(t, (at(a, b+h)-at(a, b-h))/(2*h), y.Grad, 1e-8, "%s by b", name)
	}
}

// What sections 1, 3 and 4 say holds for other points and other first weights.
func TestNetsOfFiveSeeds(t *testing.T) {
	theirs := autograd.NewTape()
	for seed := range uint64(5) {
		start, examples := begin(seed, 20, 5)
		require.Len(t, start, 21)
		_, grad := byTape(start, examples, (*Value).Backward)
		_, numbers := byAutograd(theirs, start, examples)
		require.Equal(t, numbers, grad)
		_, matrices := byMatrices(theirs, start, examples)
		_, part := differ(grad, matrices)
		require.Less(t, part, 1e-14)

		errors := map[float64]float64{}
		for _, h := range []float64{1e-1, 1e-3, 1e-5, 1e-9, 1e-13} {
			_, errors[h] = differ(grad, byDifferences(start, examples, h))
		}
		require.Less(t, errors[1e-5], 1e-8)
		require.Greater(t, errors[1e-5], 1e-13, "differences are not exact")
		require.InEpsilon(t, 1e4, errors[1e-1]/errors[1e-3], 0.5, "the error is that of h², while h is large")
		require.Greater(t, errors[1e-9], 10*errors[1e-5])
		require.Greater(t, errors[1e-13], 100*errors[1e-9])

		const steps = 200
		ours := func(w []float64) (float64, []float64) { return byTape(w, examples, (*Value).Backward) }
		end, losses := descend(start, 0.2, steps, ours)
		other, otherLosses := descend(start, 0.2, steps, func(w []float64) (float64, []float64) { return byAutograd(theirs, w, examples) })
		require.Equal(t, other, end)
		require.Equal(t, otherLosses, losses)
		require.Less(t, losses[steps], 0.7*losses[0])
		_, faulty := descend(start, 0.2, steps, func(w []float64) (float64, []float64) { return byTape(w, examples, overwriting) })
		require.Greater(t, faulty[steps], 1.1*losses[steps], "seed %d", seed)
		_, up := descend(start, -0.2, 1, ours)
		require.Greater(t, up[1], up[0])
		require.Less(t, losses[1], losses[0])
	}
}

// numbers returns the numbers of the lines that match, the first group of each.
func numbers(t *testing.T, pattern string) (all []float64) {
	t.Helper()
	for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(lesson(), -1) {
		for _, s := range m[1:] {
			v, err := strconv.ParseFloat(s, 64)
			require.NoError(t, err)
			all = append(all, v)
		}
	}
	return all
}

func TestLessonClaims(t *testing.T) {
	text := lesson()
	for _, claim := range []string{
		`gradient took 50 runs`,
		`mul 11 11 +0\.446475 +1\.000000\n`,
		`By hand, .* This is 0\.592583, `,
		`0 +w +0\.500000 +0\.592583\n`,
		`dL/dw would be 0\.296292\.`,
		` 20   1048576                 1048575            20\n`,
		`other bits, by numbers +0 of 25\n`,
		`At the end 0 of 25 weights have other bits\.`,
	} {
		require.Regexp(t, claim, text)
	}
	require.LessOrEqual(t, numbers(t, `tape differs from it by (\S+)\. `)[0], 1e-15)
	errors := numbers(t, `h = 1e-\d+   error (\S+) of`)
	require.Len(t, errors, 7)
	best := numbers(t, `The best is (\S+), and`)[0]
	require.Less(t, best, 1e-9)
	require.Less(t, 1e5*best, errors[0])
	require.Less(t, 1e5*best, errors[6])
	require.Less(t, numbers(t, `by matrices +\d+ of 25, at most (\S+) of the largest`)[0], 1e-14)

	rows := numbers(t, `(?m)^ +(\d+) +(\d+\.\d{6}) +(\d+\.\d{6}) +(\d+\.\d{6})$`)
	require.Len(t, rows, 4*5)
	last := rows[16:]
	require.Equal(t, last[1], last[2])
	require.Less(t, last[1], 0.5*rows[1])
	require.Greater(t, last[3], 1.5*last[1])
	up := numbers(t, `takes the loss from (\S+) to (\S+): one`)
	require.Greater(t, up[1], up[0])

	costs := numbers(t, `(?m)^    (?:differences|our tape|autograd, .*?) +(\d+\.\d{3}) +(\d+)$`)
	require.Len(t, costs, 8)
	require.Greater(t, costs[0], 10*costs[2], "the time of 50 runs and of one")
	require.Greater(t, costs[2], 2*costs[6], "the time of our tape and of matrices")
	require.Greater(t, costs[3], 10*costs[5], "allocations of our tape and of autograd")
	require.Greater(t, costs[3], 100*costs[7])
}

func TestEveryPathFindsTheSameDerivative(t *testing.T) {
	var byPaths, byList *Value
	for _, to := range []**Value{&byPaths, &byList} {
		w, l := example(new(Tape).Var)
		*to = w
		if to == &byPaths {
			require.Equal(t, 8+7, everyPath(l, 1), "the rules below “mul 11 11” are asked twice")
		} else {
			l.Backward()
		}
	}
	require.InEpsilon(t, byList.Grad, byPaths.Grad, 1e-15)
}

func TestDiffer(t *testing.T) {
	count, part := differ([]float64{1, -4, 0}, []float64{1.5, -4, math.Copysign(0, -1)})
	require.Equal(t, 1, count)
	require.Equal(t, 0.125, part)
}

func TestEngineHasAboutAHundredLines(t *testing.T) {
	source, err := os.ReadFile("main.go")
	require.NoError(t, err)
	_, engine, found := strings.Cut(string(source), "// THE ENGINE.")
	require.True(t, found)
	engine, _, found = strings.Cut(engine, "// THE END OF THE ENGINE.")
	require.True(t, found)
	require.Less(t, strings.Count(engine, "\n"), 100)
	require.Len(t, regexp.MustCompile(`record\("\w+"`).FindAllString(strings.ReplaceAll(engine, `record("relu", 0,`, ""), -1), 10)
}

func TestLessonReadsWell(t *testing.T) {
	text := lesson()
	coursetest.ReadsWell(t, text, folder(), 91)
}

func TestPicture(t *testing.T) {
	path := filepath.Join(folder(), "engine.png")
	require.Contains(t, lesson(), path)
	m := coursetest.Picture(t, path)
	blue := 0
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			if r, g, b, _ := m.At(x, y).RGBA(); r>>8 == 0 && g>>8 == 0x72 && b>>8 == 0xb2 {
				blue++
			}
		}
	}
	require.Greater(t, blue, 500)
}

func TestMissingFolderIsAnError(t *testing.T) {
	require.ErrorIs(t, run(new(bytes.Buffer), filepath.Join(t.TempDir(), "missing")), os.ErrNotExist)
}
