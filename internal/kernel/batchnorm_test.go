package kernel_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel"
)

// A matrix is normalized by columns, several at once, with the bits of each column
// by itself.
func TestBatchNormOfColumns(t *testing.T) {
	testBatchNormOfColumns[float32](t)
	testBatchNormOfColumns[float64](t)
}

func testBatchNormOfColumns[T kernel.Float](t *testing.T) {
	for _, rows := range []int{1, 2, 7, 8, 33} {
		for _, cols := range []int{1, 5, 16, 17, 40} {
			x, dy := make([]T, rows*cols), make([]T, rows*cols)
			for i := range x {
				x[i], dy[i] = T(i*i%17)/4-1, T(i*7%13)/8-1
			}
			weight, bias := slices.Repeat([]T{1.5, -0.5, 2, 0.25}, 10)[:cols], slices.Repeat([]T{1, 2, 3, 4}, 10)[:cols]
			run := func(x, dy, weight, bias []T, cols int) [][]T {
				made := make([][]T, 6)
				for i := range made {
					made[i] = make([]T, cols)
				}
				b := kernel.BatchNorm[T]{X: x, Batch: rows, Channels: cols, Size: 1, Mean: made[0], Variance: made[1], Weight: weight, Bias: bias, Eps: 1e-5}
				made[4], made[5] = make([]T, len(x)), make([]T, len(x))
				b.Value(made[4])
				b.Grad(made[5], made[2], made[3], dy)
				return made
			}
			all := run(x, dy, weight, bias, cols)
			for c := range cols {
				column := func(from []T) []T {
					var out []T
					for i := c; i < len(from); i += cols {
						out = append(out, from[i])
					}
					return out
				}
				one := run(column(x), column(dy), weight[c:c+1], bias[c:c+1], 1)
				for i := range all {
					require.Equal(t, one[i], column(all[i]), fmt.Sprintf("%d rows, column %d of %d, result %d", rows, c, cols, i))
				}
			}
		}
	}
}
