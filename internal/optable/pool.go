package optable

import (
	"fmt"
	"math"
	"slices"

	"github.com/descent-ml/descent/tensor"
)

// pooled applies f to the pixels of the image under a window, and to the number of
// pixels under it with those of the padding.
func pooled(x array, s tensor.PoolShape, f func(v []float64, whole int) float64) array {
	if s.Stride == [2]int{} {
		s.Stride = s.Kernel
	}
	rank := len(x.shape)
	if s.Out != [2]int{} {
		return parted(x, s.Out, f)
	}
	rows, cols := x.shape[rank-2], x.shape[rank-1]
	type window struct {
		pixels [][2]int
		whole  int
	}
	at := map[[2]int]window{}
	visit := func(i, j int, pixels [][2]int, inside []bool) {
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
	}
	h, w := windows(rows, cols, s.Kernel, s.Stride, s.Padding, s.Dilation, visit)
	if s.Ceil { // windows of a larger image, as long as they begin before the padding on the right
		more := func(n, k, out int) int {
			for out*s.Stride[k] < n+s.Padding[k] && out*s.Stride[k]+s.Dilation[k]*(s.Kernel[k]-1)-2*s.Padding[k] < n-1+s.Stride[k] {
				out++
			}
			return out
		}
		s.Dilation = [2]int{max(1, s.Dilation[0]), max(1, s.Dilation[1])}
		h, w = more(rows, 0, h), more(cols, 1, w)
		ceiled(rows, cols, h, w, s, visit)
	}
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

// ceiled is [windows] for a given number of places.
func ceiled(rows, cols, h, w int, s tensor.PoolShape, f func(i, j int, pixels [][2]int, inside []bool)) {
	places([]int{h, w}, func(at []int) {
		var pixels [][2]int
		var inside []bool
		places(s.Kernel[:], func(tap []int) {
			p := [2]int{at[0]*s.Stride[0] - s.Padding[0] + tap[0]*s.Dilation[0], at[1]*s.Stride[1] - s.Padding[1] + tap[1]*s.Dilation[1]}
			pixels = append(pixels, p)
			inside = append(inside, p[0] >= 0 && p[0] < rows && p[1] >= 0 && p[1] < cols)
		})
		f(at[0], at[1], pixels, inside)
	})
}

// parted applies f to the parts of images that are divided into out parts.
func parted(x array, out [2]int, f func(v []float64, whole int) float64) array {
	rank := len(x.shape)
	shape := append(append([]int{}, x.shape[:rank-2]...), out[:]...)
	return fill(shape, func(idx []int) float64 {
		var v []float64
		places(x.shape[rank-2:], func(p []int) {
			for k, n := range x.shape[rank-2:] { // pixel p, from p to p+1, has something of part i, from i n/out to (i+1) n/out
				if i := idx[rank-2+k]; (p[k]+1)*out[k] <= i*n || p[k]*out[k] >= (i+1)*n {
					return
				}
			}
			v = append(v, x.at(append(append([]int{}, idx[:rank-2]...), p...)...))
		})
		return f(v, len(v))
	})
}

// poolShape reads kernel, stride and padding; one pair alone with a number 1 is the
// size of the result of adaptive pooling.
func (a attrs) poolShape() tensor.PoolShape {
	if len(a.ints) == 3 {
		return tensor.PoolShape{Out: a.pair(0)}
	}
	return tensor.PoolShape{Kernel: a.pair(0), Stride: a.pair(2), Padding: a.pair(4)}
}

func (a attrs) maxPoolShape() tensor.PoolShape {
	s := a.poolShape()
	s.Dilation = a.pair(6)
	s.Ceil = len(a.ints) > 8 && a.ints[8] == 1
	return s
}

// lpPoolShape reads kernel, stride and the ceil mode.
func (a attrs) lpPoolShape() tensor.PoolShape {
	return tensor.PoolShape{Kernel: a.pair(0), Stride: a.pair(2), Ceil: len(a.ints) > 4 && a.ints[4] == 1}
}

func (a attrs) avgPoolShape() tensor.PoolShape {
	s := a.poolShape()
	s.ExcludePadding = len(a.ints) > 6 && a.ints[6] == 0
	s.Ceil = len(a.ints) > 7 && a.ints[7] == 1
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
				ints(2, 2, 1, 1, 1, 1).on(step(2, 3, 3)), ints(2, 2).on(of(0, 1, 2, 2)),
				ints(2, 2, 2, 2, 0, 0, 1, 1, 1).on(of(1, 2, 5, 3)), ints(3, 2, 2, 3, 1, 1, 1, 1, 1).on(of(2, 4, 5)), ints(2, 2, 2, 2, 0, 0, 2, 1, 1).on(of(1, 6, 4)),
				ints(2, 2, 2, 2, 1, 1, 1, 1, 1).on(of(1, 2, 2)), ints(2, 2, 2, 2, 0, 0, 1, 1, 1).on(of(1, 1, 3)),
				ints(2, 3, 1).on(of(1, 2, 5, 4)), ints(1, 1, 1).on(of(2, 3, 3)), ints(4, 2, 1).on(of(1, 3, 4)), ints(2, 2, 1).on(turn(2, 3, 3))},
			errors: []misuse{
				{"pool [3 3]: want images [… height width]", ints(2, 2).on(of(3, 3))},
				{"pool [1 3 3]: a pad of 2 is more than half the window of 2", ints(2, 2, 1, 1, 2, 2).on(of(1, 3, 3))},
				{"pool [1 3 3]: a window of 4, dilated by 1, does not fit into 3 pixels padded by 0", ints(4, 4).on(of(1, 3, 3))},
			},
		},
		{
			name: "MaxPool2dIndices",
			run:  func(a attrs, x []Var) Var { y, _ := x[0].MaxPool2dIndices(a.maxPoolShape()); return y },
			want: func(a attrs, x []array) array {
				return pooled(x[0], a.maxPoolShape(), func(v []float64, _ int) float64 { return slices.Max(v) })
			},
			also: func(a attrs, x []Var) error {
				y, index := x[0].MaxPool2dIndices(a.maxPoolShape())
				z, same := tensor.MaxPool2dIndices(x[0].Value(), a.maxPoolShape())
				if !slices.Equal(index, same) {
					return fmt.Errorf("the index with a tape is %v, without one %v", index, same)
				}
				if err := near(z, arrayOf(y.Value()), 0); err != nil {
					return err
				}
				n, k := y.Dim(-2)*y.Dim(-1), x[0].Dim(-2)*x[0].Dim(-1)
				from, v := arrayOf(x[0].Value()), arrayOf(y.Value())
				for i, at := range index {
					if v.v[i] != from.v[i/n*k+at] {
						return fmt.Errorf("pixel %d of the result is %g, but pixel %d of its image is %g", i, v.v[i], at, from.v[i/n*k+at])
					}
				}
				return nil
			},
			samples: []sample{ints(2, 2).on(of(2, 2, 4, 5)), ints(3, 2, 1, 2, 1, 0).on(of(3, 5, 6)), ints(2, 2, 1, 1, 1, 1).on(step(2, 3, 3)), ints(2, 2).on(turn(1, 2, 4, 4)),
				ints(2, 3, 1).on(of(2, 5, 4)), ints(2, 2).on(of(0, 1, 2, 2))},
			errors: []misuse{{"pool [3 3]: want images [… height width]", ints(2, 2).on(of(3, 3))}},
		},
		{
			name: "MaxUnpool2d",
			run:  func(a attrs, x []Var) Var { return x[0].MaxUnpool2d(a.index, a.pair(0)) },
			want: func(a attrs, x []array) array {
				rank, size := len(x[0].shape), a.pair(0)
				y := fill(append(slices.Clone(x[0].shape[:rank-2]), size[:]...), func([]int) float64 { return 0 })
				n := x[0].shape[rank-2] * x[0].shape[rank-1]
				for i, at := range a.index {
					y.v[i/n*size[0]*size[1]+at] = x[0].v[i]
				}
				return y
			},
			also: func(a attrs, x []Var) error {
				return near(tensor.MaxUnpool2d(x[0].Value(), a.index, a.pair(0)), arrayOf(x[0].MaxUnpool2d(a.index, a.pair(0)).Value()), 0)
			},
			samples: []sample{
				ints(2, 4).at(nil, 1, 6, 4, 3).on(of(2, 1, 2)), ints(3, 3).at(nil, 8, 0, 2, 4, 1, 3, 5, 7).on(of(1, 2, 2, 2)), ints(2, 2).at(nil, 3, 3, 0, 3).on(of(1, 2, 2)), // several for one place
				ints(2, 3).at(nil, 0, 1, 2, 5).on(turn(1, 2, 2)), ints(2, 3).at(nil, 0, 1, 2, 5).on(step(1, 2, 2)), ints(1, 1).at(nil, 0).on(of(1, 1, 1)), ints(2, 2).at(nil).on(of(0, 1, 1)),
			},
			errors: []misuse{
				{"max-unpool2d [2 2]: want images [… height width]", ints(4, 4).at(nil, 0, 1, 2, 3).on(of(2, 2))},
				{"max-unpool2d [1 1 2]: the index has 1 elements, want 2", ints(2, 2).at(nil, 0).on(of(1, 1, 2))},
				{"max-unpool2d [1 1 2]: an image of 2 × 2 pixels has no pixel 4", ints(2, 2).at(nil, 0, 4).on(of(1, 1, 2))},
				{"max-unpool2d [1 1 1]: images cannot have 0 × 2 pixels", ints(0, 2).at(nil, 0).on(of(1, 1, 1))},
			},
		},
		{
			name: "LPPool2d", lo: 0.5, hi: 2,
			run: func(a attrs, x []Var) Var { return x[0].LPPool2d(a.floats[0], a.lpPoolShape()) },
			want: func(a attrs, x []array) array {
				s, p := a.lpPoolShape(), a.floats[0]
				return pooled(x[0], s, func(v []float64, whole int) float64 {
					switch sum := 0.0; {
					case math.IsInf(p, 0):
						for i := range v {
							v[i] = math.Abs(v[i])
						}
						if p > 0 {
							return slices.Max(v)
						}
						return slices.Min(v)
					default:
						for _, u := range v {
							sum += math.Pow(u, p)
						}
						return math.Pow(sum*float64(s.Kernel[0]*s.Kernel[1])/float64(whole), 1/p)
					}
				})
			},
			also: func(a attrs, x []Var) error {
				s := a.lpPoolShape()
				return near(tensor.LPPool2d(x[0].Value(), a.floats[0], s), arrayOf(x[0].LPPool2d(a.floats[0], s).Value()), 1e-15)
			},
			samples: []sample{ints(2, 2).and(2).on(of(1, 2, 4, 5)), ints(3, 2, 1, 2).and(1.2).on(of(2, 5, 4)), ints(2, 2, 2, 2, 1).and(3).on(of(1, 5, 3)),
				ints(2, 2).and(-1).on(of(1, 2, 4)), ints(2, 2).and(2).on(turn(1, 2, 4, 4)), ints(2, 2).and(2).on(step(2, 3, 3)), ints(2, 2).and(2).on(of(0, 1, 2, 2)),
				ints(2, 2).and(math.Inf(1)).on(of(2, 3, 4)), ints(2, 2, 2, 1, 1).and(math.Inf(-1)).on(of(1, 3, 4))},
			errors: []misuse{
				{"lppool2d: the exponent is 0", ints(2, 2).and(0).on(of(1, 3, 3))},
				{"pool [3 3]: want images [… height width]", ints(2, 2).and(2).on(of(3, 3))},
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
				ints(2, 2, 1, 1, 1, 1, 0).on(step(2, 3, 3)), ints(2, 2).on(of(0, 1, 2, 2)),
				ints(2, 2, 2, 2, 0, 0, 1, 1).on(of(1, 2, 5, 3)), ints(3, 2, 2, 3, 1, 1, 1, 1).on(of(2, 4, 5)), ints(3, 3, 2, 2, 1, 1, 0, 1).on(of(1, 4, 6)),
				ints(2, 2, 2, 2, 1, 1, 1, 1).on(of(1, 2, 2)), ints(2, 2, 2, 2, 0, 0, 1, 1).on(of(1, 1, 3)),
				ints(2, 3, 1).on(of(1, 2, 5, 4)), ints(1, 1, 1).on(of(2, 3, 3)), ints(4, 2, 1).on(of(1, 3, 4)), ints(2, 2, 1).on(turn(2, 3, 3))},
			errors: []misuse{
				{"pool [3 3]: want images [… height width]", ints(2, 2).on(of(3, 3))},
				{"pool [1 3 3]: cannot divide images into 2 × 0 parts", ints(2, 0, 1).on(of(1, 3, 3))},
				{"pool [1 0 3]: cannot divide images into 2 × 2 parts", ints(2, 2, 1).on(of(1, 0, 3))},
			},
		},
	}
}
