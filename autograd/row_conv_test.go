package autograd_test

import (
	"math"

	"github.com/descent-ml/descent/tensor"
)

// pair returns ints i and i+1 of a, or zeros when they are not there.
func (a attrs) pair(i int) [2]int {
	if i+1 < len(a.ints) {
		return [2]int{a.ints[i], a.ints[i+1]}
	}
	return [2]int{}
}

// convShape reads stride, padding, dilation and groups.
func (a attrs) convShape() tensor.ConvShape {
	s := tensor.ConvShape{Stride: a.pair(0), Padding: a.pair(2), Dilation: a.pair(4)}
	if len(a.ints) > 6 {
		s.Groups = a.ints[6]
	}
	return s
}

// windows calls f, for each place of the output of a window that slides over
// x, with the pixels under it; inside tells whether they are of the image.
func windows(rows, cols int, kernel, stride, pad, dilation [2]int, f func(i, j int, pixels [][2]int, inside []bool)) (h, w int) {
	for i := range 2 {
		stride[i], dilation[i] = max(1, stride[i]), max(1, dilation[i])
	}
	out := func(n, k int) int { return (n+2*pad[k]-dilation[k]*(kernel[k]-1)-1)/stride[k] + 1 }
	h, w = out(rows, 0), out(cols, 1)
	for i := range h {
		for j := range w {
			var pixels [][2]int
			var inside []bool
			for a := range kernel[0] {
				for b := range kernel[1] {
					p := [2]int{i*stride[0] - pad[0] + a*dilation[0], j*stride[1] - pad[1] + b*dilation[1]}
					pixels = append(pixels, p)
					inside = append(inside, p[0] >= 0 && p[0] < rows && p[1] >= 0 && p[1] < cols)
				}
			}
			f(i, j, pixels, inside)
		}
	}
	return h, w
}

// crossCorrelation is Conv2d from its definition.
func crossCorrelation(a attrs, x []array) array {
	s, images, filters := a.convShape(), x[0], x[1]
	groups := max(1, s.Groups)
	kernel := [2]int{filters.shape[2], filters.shape[3]}
	taps := map[[2]int]func(n, o int) float64{}
	h, w := windows(images.shape[2], images.shape[3], kernel, s.Stride, s.Padding, s.Dilation, func(i, j int, pixels [][2]int, inside []bool) {
		taps[[2]int{i, j}] = func(n, o int) float64 {
			group := o / (filters.shape[0] / groups)
			sum := 0.0
			for c := range filters.shape[1] {
				for k, p := range pixels {
					if inside[k] {
						sum += images.at(n, group*filters.shape[1]+c, p[0], p[1]) * filters.at(o, c, k/kernel[1], k%kernel[1])
					}
				}
			}
			if len(x) == 3 {
				sum += x[2].at(o)
			}
			return sum
		}
	})
	return fill([]int{images.shape[0], filters.shape[0], h, w}, func(idx []int) float64 { return taps[[2]int{idx[2], idx[3]}](idx[0], idx[1]) })
}

// pooled applies f to the pixels under a window; those of the padding are left
// out, but counted in whole.
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

func convRows() []row {
	return []row{
		{
			name: "Conv2d",
			run:  func(a attrs, x []Var) Var { return x[0].Conv2d(x[1], optional(x, 2), a.convShape()) },
			want: crossCorrelation,
			samples: []sample{
				ints().on(of(1, 2, 4, 3), of(2, 2, 3, 3), of(2)), ints(1, 1, 1, 1).on(of(2, 1, 3, 4), of(2, 1, 3, 3)), ints(2, 2, 1, 1).on(of(1, 2, 4, 5), of(2, 2, 3, 3)),
				ints(1, 1, 1, 0, 2, 2).on(of(1, 1, 5, 5), of(2, 1, 3, 3), of(2)), ints(1, 1, 0, 0, 1, 1, 2).on(of(1, 4, 3, 3), of(4, 2, 2, 2), of(4)),
				ints(1, 1, 1, 1, 1, 1, 3).on(of(2, 3, 3, 2), of(3, 1, 3, 3), of(3)), ints(2, 1, 0, 1, 1, 2).on(of(1, 2, 4, 5), of(1, 2, 3, 2)),
				ints(2, 2).on(of(1, 1, 4, 4), of(1, 1, 1, 1)), ints(1, 2).on(turn(2, 2, 3, 3), turn(2, 2, 2, 2), step(2)), ints(1, 1).on(step(1, 2, 3, 3), step(1, 2, 2, 2), of(1)),
				ints().on(of(0, 1, 3, 3), of(2, 1, 2, 2), of(2)), ints().on(of(9, 1, 2, 2), of(1, 1, 2, 2), of(1)),
			},
			errors: []misuse{
				{"conv2d [2 3 3] × [2 1 2 2]: want images [batch channels height width] and filters [out in/groups height width]", ints().on(of(2, 3, 3), of(2, 1, 2, 2))},
				{"conv2d [1 3 3 3] × [2 2 2 2]: the images have 3 channels, the filters want 2 × 1 groups, and the groups must divide 2 filters", ints().on(of(1, 3, 3, 3), of(2, 2, 2, 2))},
				{"conv2d [1 4 3 3] × [3 2 2 2]: the images have 4 channels, the filters want 2 × 2 groups, and the groups must divide 3 filters", ints(1, 1, 0, 0, 1, 1, 2).on(of(1, 4, 3, 3), of(3, 2, 2, 2))},
				{"conv2d [1 1 3 3] × [1 1 4 4]: a window of 4, dilated by 1, does not fit into 3 pixels padded by 0", ints().on(of(1, 1, 3, 3), of(1, 1, 4, 4))},
				{"conv2d [1 1 3 3] × [1 1 2 2]: window sizes must be positive, strides, pads and dilations not negative", ints(1, 1, -1, 0).on(of(1, 1, 3, 3), of(1, 1, 2, 2))},
				{"conv2d [1 1 3 3] × [2 1 2 2] × [3]: want a bias as long as there are filters", ints().on(of(1, 1, 3, 3), of(2, 1, 2, 2), of(3))},
			},
		},
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

// target reads labels, smoothing, the label to ignore and class weights.
func (a attrs) target(dt tensor.DType) tensor.ClassTarget {
	c := tensor.ClassTarget{Labels: a.index, Smoothing: a.floats[0], Ignore: &a.ints[1]}
	if a.weights != nil {
		c.Weights = a.weights[dt]
	}
	return c
}

func weighted(a attrs, w ...float64) attrs {
	t := tensor.New(w, len(w))
	a.weights = []*tensor.Tensor{tensor.Float32: t.To(tensor.Float32), tensor.Float64: t}
	return a
}

func lossRows() []row {
	const none = 2 // the fixtures' number for no reduction
	return []row{{
		name: "CrossEntropyRows",
		run:  func(a attrs, x []Var) Var { return x[0].CrossEntropyRows(a.target(x[0].DType())) },
		want: func(a attrs, x []array) array {
			classes := x[0].shape[1]
			logp := along(x[0], 1, func(v []float64) []float64 { return logs(softmax(v)) })
			return fill([]int{len(a.index)}, func(idx []int) float64 {
				label, smoothing, loss := a.index[idx[0]], a.floats[0], 0.0
				if label == a.ints[1] {
					return 0
				}
				for c := range classes {
					t := smoothing / float64(classes)
					if c == label {
						t += 1 - smoothing
					}
					if a.weights != nil {
						t *= a.weights[tensor.Float64].At(c)
					}
					loss -= t * logp.at(idx[0], c)
				}
				return loss
			})
		},
		samples: []sample{
			ints(none, -100).and(0).at(nil, 2, 0, 1, 2).on(of(4, 3)),
			ints(none, -100).and(0.1).at(nil, 2, -100, 1, 2).on(of(4, 3)),
			weighted(ints(none, 2).and(0.1).at(nil, 2, 0, 1, 2), 0.5, 1.25, 2).on(of(4, 3)),
			weighted(ints(none, -100).and(0).at(nil, 1, 0), 0.5, 1.25).on(turn(2, 2)),
			ints(none, -100).and(0.2).at(nil, 1, 0).on(step(2, 3)),
			ints(none, -100).and(0).at(nil, 0).on(of(1, 1)),
			ints(none, -100).and(0).at(nil).on(of(0, 3)),
		},
		errors: []misuse{
			{"cross-entropy [2 3]: want logits [rows classes] and as many labels as rows, got 1 labels", ints(none, -100).and(0).at(nil, 0).on(of(2, 3))},
			{"cross-entropy [3]: want logits [rows classes] and as many labels as rows, got 3 labels", ints(none, -100).and(0).at(nil, 0, 1, 2).on(of(3))},
			{"cross-entropy [1 3]: label 3 of row 0 is not one of 3 classes", ints(none, -100).and(0).at(nil, 3).on(of(1, 3))},
			{"cross-entropy [1 3] × [2]: want 3 class weights", weighted(ints(none, -100).and(0).at(nil, 0), 1, 2).on(of(1, 3))},
		},
	}}
}
