package autograd_test

import "github.com/descent-ml/descent/tensor"

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
	}
}
