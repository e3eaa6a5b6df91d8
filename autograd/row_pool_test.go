package autograd_test

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// pooled applies f to the pixels of the image under a window, and to the number of
// pixels under it with those of the padding.
func pooled(x array, s tensor.PoolShape, f func(v []float64, whole int) float64) array {
	if s.Stride == [2]int{} {
		s.Stride = s.Kernel
	}
	rank := len(x.shape)
	rows, cols := x.shape[rank-2], x.shape[rank-1]
	type window struct {
		pixels [][2]int
		whole  int
	}
	at := map[[2]int]window{}
	h, w := windows(rows, cols, s.Kernel, s.Stride, s.Padding, s.Dilation, func(i, j int, pixels [][2]int, inside []bool) {
		var win window
		for k, p := range pixels {
			if inside[k] {
				win.pixels = append(win.pixels, p)
			}
			if p[0] < rows+s.Padding[0] && p[1] < cols+s.Padding[1] {
				win.whole++
			}
		}
		at[[2]int{i, j}] = win
	})
	shape := append(append([]int{}, x.shape[:rank-2]...), h, w)
	return fill(shape, func(idx []int) float64 {
		win := at[[2]int{idx[rank-2], idx[rank-1]}]
		var v []float64
		for _, p := range win.pixels {
			v = append(v, x.at(append(append([]int{}, idx[:rank-2]...), p[0], p[1])...))
		}
		return f(v, win.whole)
	})
}

// poolShape reads kernel, stride and padding.
func (a attrs) poolShape() tensor.PoolShape {
	return tensor.PoolShape{Kernel: a.pair(0), Stride: a.pair(2), Padding: a.pair(4)}
}

func (a attrs) maxPoolShape() tensor.PoolShape {
	s := a.poolShape()
	s.Dilation = a.pair(6)
	return s
}

func (a attrs) avgPoolShape() tensor.PoolShape {
	s := a.poolShape()
	s.ExcludePadding = len(a.ints) > 6 && a.ints[6] == 0
	return s
}

func poolRows() []row {
	return []row{
		{
			name: "MaxPool2d",
			run:  func(a attrs, x []Var) Var { return x[0].MaxPool2d(a.maxPoolShape()) },
			want: func(a attrs, x []array) array {
				return pooled(x[0], a.maxPoolShape(), func(v []float64, _ int) float64 {
					m := math.Inf(-1)
					for _, u := range v {
						m = math.Max(m, u)
					}
					return m
				})
			},
			samples: []sample{ints(2, 2).on(of(1, 2, 4, 5)), ints(3, 3, 2, 2, 1, 1).on(of(2, 1, 5, 5)), ints(3, 2, 1, 2, 1, 0).on(of(1, 1, 5, 6)),
				ints(2, 2, 1, 1, 0, 0, 2, 2).on(of(1, 1, 4, 4)), ints(2, 2).on(of(2, 4, 4)), ints(1, 1).on(of(1, 1, 1, 1)), ints(2, 2).on(turn(1, 2, 4, 4)),
				ints(2, 2, 1, 1, 1, 1).on(step(2, 3, 3)), ints(2, 2).on(of(0, 1, 2, 2))},
			errors: []misuse{
				{"pool [3 3]: want images [… height width]", ints(2, 2).on(of(3, 3))},
				{"pool [1 3 3]: a pad of 2 is more than half the window of 2", ints(2, 2, 1, 1, 2, 2).on(of(1, 3, 3))},
				{"pool [1 3 3]: a window of 4, dilated by 1, does not fit into 3 pixels padded by 0", ints(4, 4).on(of(1, 3, 3))},
			},
		},
		{
			name: "AvgPool2d",
			run:  func(a attrs, x []Var) Var { return x[0].AvgPool2d(a.avgPoolShape()) },
			want: func(a attrs, x []array) array {
				s := a.avgPoolShape()
				return pooled(x[0], s, func(v []float64, whole int) float64 {
					if s.ExcludePadding {
						whole = len(v)
					}
					return total(v) / float64(whole)
				})
			},
			samples: []sample{ints(2, 2).on(of(1, 2, 4, 5)), ints(3, 3, 2, 1, 1, 1, 1).on(of(1, 2, 5, 4)), ints(3, 3, 2, 1, 1, 1, 0).on(of(1, 2, 5, 4)),
				ints(2, 3, 2, 2, 1, 0, 1).on(of(2, 1, 3, 5)), ints(2, 2).on(of(2, 4, 4)), ints(1, 1).on(of(1, 1, 1, 1)), ints(2, 2).on(turn(1, 2, 4, 4)),
				ints(2, 2, 1, 1, 1, 1, 0).on(step(2, 3, 3)), ints(2, 2).on(of(0, 1, 2, 2))},
			errors: []misuse{{"pool [3 3]: want images [… height width]", ints(2, 2).on(of(3, 3))}},
		},
	}
}
