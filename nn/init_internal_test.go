package nn

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// The columns of a Hilbert matrix are nearly parallel. They, too, become
// orthonormal up to the last bits.
func TestOrthonormal(t *testing.T) {
	const n = 8
	h := tensor.Zeros64(n, n)
	for i := range n {
		for j := range n {
			h.Set(1/float64(i+j+1), i, j)
		}
	}
	q := orthonormal(h)
	product := tensor.MatMul(q.T(), q)
	for i := range n {
		for j := range n {
			want := 0.0
			if i == j {
				want = 1
			}
			require.InDelta(t, want, product.At(i, j), 1e-14)
		}
	}
}
