package text

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// A Picker chooses the next token from logits. The zero Picker takes the
// likeliest. A Picker keeps memory between calls and serves one goroutine.
//
// It is what nanoGPT's generate does, and with the same generator state it chooses
// the same tokens:
//
//	logits = logits / temperature
//	logits[logits < topk(logits, min(k, n))[-1]] = -inf
//	token = multinomial(softmax(logits), 1)
type Picker struct {
	// Temperature divides the logits. Above 1 all tokens become more alike, below
	// 1 the likely ones more likely. At 0 the token with the largest logit is
	// taken, the first of equal ones, and nothing is drawn; so it is where the
	// division leaves the range of float32.
	Temperature float64
	// TopK keeps the k largest logits, and those that are equal to the least of
	// them. 0 keeps all.
	TopK int

	p      *tensor.Tensor
	sorted []float32
	drawn  [1]int
}

// Next returns the token for logits, of shape [n] and float32. It draws by
// [tensor.Rand.Multinomial], which takes one float64 from r for each of the n
// tokens. The choice is PyTorch's, unless two tokens differ by less than the
// last bits of the softmax. r may be nil when Temperature is 0. A logit that is NaN or
// +∞, or logits that are all -∞, are an error: a model that has diverged gives these.
//
// Next allocates nothing from the second call on. It panics with the typed
// errors of package tensor when the logits have another shape or element type,
// and when Temperature or TopK is negative.
func (s *Picker) Next(logits *tensor.Tensor, r *tensor.Rand) (int, error) {
	if logits.Rank() != 1 || logits.Len() == 0 {
		panic(&tensor.ShapeError{Op: "text.next", Shapes: [][]int{slices.Clone(logits.Shape())}, Reason: "want the logits of one place, [n] with n ≥ 1"})
	}
	if logits.DType() != tensor.Float32 {
		panic(&tensor.DTypeError{Op: "text.next", Operand: "the logits", Want: tensor.Float32, Got: logits.DType()})
	}
	if !(0 <= s.Temperature && s.Temperature <= math.MaxFloat32) || s.TopK < 0 {
		tensor.BadArg("text.next", "want a temperature from 0 to 3.4e38 and a k of at least 0, got %v and %d", s.Temperature, s.TopK)
	}
	if !logits.IsContiguous() {
		logits = logits.Contiguous()
	}
	x := tensor.Data[float32](logits)
	best, err := largest(x)
	if err != nil || s.Temperature == 0 {
		return best, err
	}
	if !s.probabilities(x, x[best]) {
		return best, nil
	}
	r.Multinomial(s.drawn[:], s.p, false)
	return s.drawn[0], nil
}

// largest returns the place of the largest logit.
func largest(x []float32) (int, error) {
	best := 0
	for i, v := range x {
		if v != v || v > math.MaxFloat32 {
			return 0, fmt.Errorf("logit %d is %v: the model has diverged", i, v)
		}
		if v > x[best] {
			best = i
		}
	}
	if x[best] < -math.MaxFloat32 {
		return 0, errors.New("every logit is -Inf: no token is left")
	}
	return best, nil
}

// probabilities computes s.p, for logits whose largest is given, in float32 as
// PyTorch does. It reports false when the temperature is so near 0 that the
// division leaves the range of float32.
func (s *Picker) probabilities(x []float32, largest float32) bool {
	temperature := float32(s.Temperature)
	shift, sum := largest/temperature, float64(0)
	if temperature == 0 || math.IsInf(float64(shift), 0) {
		return false
	}
	if s.p == nil || s.p.Len() != len(x) {
		s.p = tensor.Zeros(len(x))
	}
	p := tensor.Data[float32](s.p)
	for i, v := range x {
		p[i] = v / temperature
	}
	least := float32(math.Inf(-1))
	if k := min(s.TopK, len(x)); k > 0 {
		s.sorted = append(s.sorted[:0], p...)
		slices.Sort(s.sorted)
		least = s.sorted[len(x)-k]
	}
	for i, v := range p {
		if v < least {
			p[i] = 0
			continue
		}
		p[i] = float32(math.Exp(float64(v - shift)))
		sum += float64(p[i])
	}
	for i := range p {
		p[i] /= float32(sum)
	}
	return true
}
