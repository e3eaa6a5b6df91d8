package text

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/fixture"
	"github.com/descent-ml/descent/tensor"
)

func TestPickerMatchesPyTorch(t *testing.T) {
	var f struct {
		Torch string
		Cases []struct {
			Seed        uint64
			Temperature float64
			TopK        int `json:"top_k"`
			Logits      []float32
			Tokens      []int
			After       float32
		}
	}
	fixture.Read(t, "testdata/pick.json", &f)
	require.Len(t, f.Cases, 80)
	for _, c := range f.Cases {
		r := tensor.NewRand(c.Seed)
		p := &Picker{Temperature: c.Temperature, TopK: c.TopK}
		logits := tensor.New(c.Logits, len(c.Logits))
		var got []int
		for range c.Tokens {
			token, err := p.Next(logits, r)
			require.NoError(t, err)
			got = append(got, token)
		}
		require.Equal(t, c.Tokens, got, "seed %d", c.Seed)
		require.Equal(t, c.After, r.Float32(), "the generators are in step")
		require.Equal(t, c.Logits, tensor.Data[float32](logits), "the logits stay")
	}
}

func TestPickerGreedy(t *testing.T) {
	inf := float32(math.Inf(1))
	for _, c := range []struct {
		logits []float32
		want   int
	}{
		{[]float32{3}, 0}, {[]float32{1, 5, 5, 2}, 1}, {[]float32{-inf, -3, -inf}, 1}, {[]float32{-2, -1, -3}, 1}, {[]float32{-1, 0}, 1},
	} {
		for _, p := range []Picker{{}, {TopK: 2}, {Temperature: 1e-300}, {Temperature: 1e-44}, {Temperature: 1, TopK: 1}} {
			if p.Temperature == 1 && len(c.logits) == 4 {
				continue // both of the largest are kept
			}
			got, err := p.Next(tensor.New(c.logits, len(c.logits)), tensor.NewRand(3))
			require.NoError(t, err)
			require.Equal(t, c.want, got, p)
		}
		got, err := new(Picker).Next(tensor.New(c.logits, len(c.logits)), nil)
		require.NoError(t, err)
		require.Equal(t, c.want, got)
	}
}

// The shares of many draws are the probabilities.
func TestPickerShares(t *testing.T) {
	logits := tensor.New([]float32{0, 1, 2, float32(math.Inf(-1)), 3}, 5)
	r := tensor.NewRand(1)
	for _, c := range []struct {
		p    Picker
		keep []float64 // what remains of exp(logit/temperature)
	}{
		{Picker{Temperature: 1}, []float64{1, math.E, math.Exp(2), 0, math.Exp(3)}},
		{Picker{Temperature: 2}, []float64{1, math.Exp(0.5), math.E, 0, math.Exp(1.5)}},
		{Picker{Temperature: 1, TopK: 2}, []float64{0, 0, math.Exp(2), 0, math.Exp(3)}},
	} {
		sum := 0.0
		for _, v := range c.keep {
			sum += v
		}
		const n = 40_000
		var got [5]int
		for range n {
			token, err := c.p.Next(logits, r)
			require.NoError(t, err)
			got[token]++
		}
		for i, v := range c.keep {
			p := v / sum
			require.InDelta(t, p, float64(got[i])/n, 5*math.Sqrt(p*(1-p)/n), "token %d", i)
		}
	}
}

func TestPickerErrors(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, temperature := range []float64{0, 1} {
		p := &Picker{Temperature: temperature}
		for want, logits := range map[string][]float32{
			"logit 1 is NaN: the model has diverged":  {1, nan, 2},
			"logit 0 is NaN: the model has diverged":  {nan},
			"logit 2 is +Inf: the model has diverged": {1, 2, inf},
			"every logit is -Inf: no token is left":   {-inf, -inf},
		} {
			_, err := p.Next(tensor.New(logits, len(logits)), tensor.NewRand(1))
			require.EqualError(t, err, want)
		}
	}
	x := tensor.Zeros(3)
	for want, f := range map[string]func(){
		"text.next [1 3]: want the logits of one place, [n] with n ≥ 1":                         func() { _, _ = new(Picker).Next(tensor.Zeros(1, 3), nil) },
		"text.next [0]: want the logits of one place, [n] with n ≥ 1":                           func() { _, _ = new(Picker).Next(tensor.Zeros(0), nil) },
		"text.next: the logits is float64, want float32; convert it with To(tensor.Float32)":    func() { _, _ = new(Picker).Next(tensor.Zeros64(3), nil) },
		"text.next: want a temperature from 0 to 3.4e38 and a k of at least 0, got -1 and 0":    func() { _, _ = (&Picker{Temperature: -1}).Next(x, nil) },
		"text.next: want a temperature from 0 to 3.4e38 and a k of at least 0, got 1e+39 and 0": func() { _, _ = (&Picker{Temperature: 1e39}).Next(x, nil) },
		"text.next: want a temperature from 0 to 3.4e38 and a k of at least 0, got NaN and 0":   func() { _, _ = (&Picker{Temperature: math.NaN()}).Next(x, nil) },
		"text.next: want a temperature from 0 to 3.4e38 and a k of at least 0, got 1 and -2":    func() { _, _ = (&Picker{Temperature: 1, TopK: -2}).Next(x, nil) },
	} {
		require.PanicsWithError(t, want, f)
	}
}

func TestPickerAllocatesNothing(t *testing.T) {
	logits := tensor.Randn(tensor.NewRand(1), 500)
	r := tensor.NewRand(2)
	p := &Picker{Temperature: 0.8, TopK: 40}
	_, err := p.Next(logits, r)
	require.NoError(t, err)
	require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = p.Next(logits, r) }))
}

// A strided row is what a model's output often is.
func TestPickerStrided(t *testing.T) {
	x := tensor.New([]float32{1, 9, 2, 3, 5, 1}, 3, 2)
	token, err := new(Picker).Next(x.Select(1, 0), nil)
	require.NoError(t, err)
	require.Equal(t, 2, token)
}
