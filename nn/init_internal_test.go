package nn

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// Columns that are nearly parallel, those of a Hilbert matrix, become
// orthonormal to the last bits too.
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
