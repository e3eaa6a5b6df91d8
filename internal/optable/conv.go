package optable

import (
	"slices"

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

// transposed is ConvTranspose2d from its definition: each pixel adds the filters
// of its channel to the result.
func transposed(a attrs, x []array) array {
	s, more, images, filters := a.convShape(), a.pair(7), x[0], x[1]
	groups := max(1, s.Groups)
	size := [2]int{}
	for i := range 2 {
		s.Stride[i], s.Dilation[i] = max(1, s.Stride[i]), max(1, s.Dilation[i])
		size[i] = (images.shape[2+i]-1)*s.Stride[i] - 2*s.Padding[i] + s.Dilation[i]*(filters.shape[2+i]-1) + more[i] + 1
	}
	y := fill([]int{images.shape[0], filters.shape[1] * groups, size[0], size[1]}, func(idx []int) float64 {
		if len(x) == 3 {
			return x[2].at(idx[1])
		}
		return 0
	})
	places(images.shape, func(p []int) {
		places(filters.shape[1:], func(q []int) {
			o := p[1]/(images.shape[1]/groups)*filters.shape[1] + q[0]
			h, w := p[2]*s.Stride[0]-s.Padding[0]+q[1]*s.Dilation[0], p[3]*s.Stride[1]-s.Padding[1]+q[2]*s.Dilation[1]
			if h >= 0 && h < size[0] && w >= 0 && w < size[1] {
				y.v[((p[0]*y.shape[1]+o)*size[0]+h)*size[1]+w] += images.at(p...) * filters.at(p[1], q[0], q[1], q[2])
			}
		})
	})
	return y
}

func convRows() []row {
	return []row{
		{
			name: "ConvTranspose2d",
			run: func(a attrs, x []Var) Var {
				return x[0].ConvTranspose2d(x[1], optional(x, 2), a.convShape(), a.pair(7))
			},
			want: transposed,
			samples: []sample{
				ints().on(of(1, 2, 3, 2), of(2, 2, 3, 3), of(2)), ints(2, 2).on(of(2, 1, 2, 3), of(1, 3, 2, 2), of(3)), ints(2, 3, 1, 1).on(of(1, 2, 3, 2), of(2, 1, 3, 3)),
				ints(2, 2, 1, 1, 1, 1, 1, 1, 1).on(of(1, 1, 3, 3), of(1, 2, 3, 3), of(2)), ints(1, 2, 0, 1, 2, 1, 2, 1, 0).on(of(1, 4, 2, 3), of(4, 1, 2, 3), of(2)),
				ints(1, 1, 0, 0, 3, 3, 1, 2, 1).on(of(1, 1, 2, 2), of(1, 1, 2, 2)), ints(3, 3).on(of(1, 1, 2, 2), of(1, 1, 1, 1), of(1)), ints(1, 1, 1, 1).on(of(1, 1, 4, 4), of(1, 1, 1, 1)),
				ints(2, 2, 1, 0).on(turn(2, 2, 2, 3), turn(2, 2, 2, 2), step(2)), ints(2, 1).on(step(1, 2, 2, 3), step(2, 1, 2, 2), of(1)), ints(2, 2).on(of(0, 1, 2, 2), of(1, 2, 2, 2), of(2)),
				ints(1, 1, 0, 0, 1, 1, 3).on(of(2, 3, 2, 2), of(3, 1, 2, 2), of(3)),
			},
			errors: []misuse{
				{"conv-transpose2d [2 3 3] × [2 1 2 2]: want images [batch channels height width] and filters [in out/groups height width]", ints().on(of(2, 3, 3), of(2, 1, 2, 2))},
				{"conv-transpose2d [1 3 3 3] × [2 2 2 2]: the images have 3 channels, the filters want 2, and 1 groups must divide them", ints().on(of(1, 3, 3, 3), of(2, 2, 2, 2))},
				{"conv-transpose2d [1 3 3 3] × [3 2 2 2]: the images have 3 channels, the filters want 3, and 2 groups must divide them", ints(1, 1, 0, 0, 1, 1, 2).on(of(1, 3, 3, 3), of(3, 2, 2, 2))},
				{"conv-transpose2d [1 1 3 3] × [1 2 2 2] × [3]: want a bias of 2 elements", ints().on(of(1, 1, 3, 3), of(1, 2, 2, 2), of(3))},
				{"conv-transpose2d [1 1 3 3] × [1 1 2 2]: strides, pads and dilations must not be negative", ints(1, -1).on(of(1, 1, 3, 3), of(1, 1, 2, 2))},
				{"conv-transpose2d [1 1 3 3] × [1 1 2 2]: the output padding is 2; it must not be negative, and smaller than the stride 2 or the dilation 1", ints(2, 2, 0, 0, 1, 1, 1, 0, 2).on(of(1, 1, 3, 3), of(1, 1, 2, 2))},
				{"conv-transpose2d [1 1 1 3] × [1 1 2 2]: 1 pixels padded by 1 leave no image", ints(1, 1, 1, 1).on(of(1, 1, 1, 3), of(1, 1, 2, 2))},
			},
		},
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

// patchShape reads a geometry from ints: kernel, stride, padding, dilation.
func patchShape(n []int) tensor.UnfoldShape {
	return tensor.UnfoldShape{Kernel: [2]int(n[:2]), Stride: [2]int(n[2:4]), Padding: [2]int(n[4:6]), Dilation: [2]int(n[6:8])}
}

// eachPatch calls f with the place of each element of the columns of images of a
// shape, and that of its pixel, or nil for one in the padding. It returns the shape
// of the columns.
func eachPatch(image []int, s tensor.UnfoldShape, f func(column, pixel []int)) []int {
	lead := len(image) - 3
	h, w := image[lead+1], image[lead+2]
	var out [2]int
	for i, d := range []int{h, w} {
		out[i] = (d+2*s.Padding[i]-s.Dilation[i]*(s.Kernel[i]-1)-1)/s.Stride[i] + 1
	}
	places(slices.Concat(image[:lead+1], s.Kernel[:], out[:]), func(idx []int) {
		c, k, at := idx[lead], idx[lead+1:lead+3], idx[lead+3:]
		column := slices.Concat(idx[:lead], []int{(c*s.Kernel[0]+k[0])*s.Kernel[1] + k[1], at[0]*out[1] + at[1]})
		y, x := at[0]*s.Stride[0]+k[0]*s.Dilation[0]-s.Padding[0], at[1]*s.Stride[1]+k[1]*s.Dilation[1]-s.Padding[1]
		if y < 0 || y >= h || x < 0 || x >= w {
			f(column, nil)
			return
		}
		f(column, slices.Concat(idx[:lead+1], []int{y, x}))
	})
	return slices.Concat(image[:lead], []int{image[lead] * s.Kernel[0] * s.Kernel[1], out[0] * out[1]})
}

// put adds v to an element.
func (a array) put(v float64, idx ...int) {
	at := 0
	for k, d := range a.shape {
		at = at*d + idx[k]
	}
	a.v[at] += v
}

func unfoldRows() []row {
	return []row{
		{
			name: "Unfold",
			run:  func(a attrs, x []Var) Var { return x[0].Unfold(patchShape(a.ints)) },
			want: func(a attrs, x []array) array {
				shape := eachPatch(x[0].shape, patchShape(a.ints), func([]int, []int) {})
				y := array{shape: shape, v: make([]float64, size(shape))}
				eachPatch(x[0].shape, patchShape(a.ints), func(column, pixel []int) {
					if pixel != nil {
						y.put(x[0].at(pixel...), column...)
					}
				})
				return y
			},
			samples: []sample{ints(2, 2, 1, 1, 0, 0, 1, 1).on(of(2, 2, 3, 4)), ints(2, 3, 2, 1, 1, 2, 1, 1).on(of(1, 2, 4, 3)), ints(2, 1, 1, 2, 2, 0, 2, 1).on(of(2, 3, 4)),
				ints(1, 2, 1, 1, 0, 3, 1, 1).on(turn(2, 3, 2)), ints(2, 2, 3, 3, 1, 1, 1, 1).on(step(1, 4, 4)), ints(2, 2, 1, 1, 0, 0, 1, 1).on(of(0, 1, 2, 2))},
			errors: []misuse{
				{"unfold [2 3]: want images [… channels height width]", ints(2, 2, 1, 1, 0, 0, 1, 1).on(of(2, 3))},
				{"unfold [1 2 3]: no patch of 3 pixels fits into 2", ints(2, 1, 1, 1, 0, 0, 2, 1).on(of(1, 2, 3))},
				{"unfold [1 2 3]: want a patch of at least one pixel and no negative padding, got 0 and 0", ints(0, 1, 1, 1, 0, 0, 1, 1).on(of(1, 2, 3))},
				{"unfold [1 2 3]: want a patch of at least one pixel and no negative padding, got 1 and -1", ints(1, 1, 1, 1, -1, 0, 1, 1).on(of(1, 2, 3))},
			},
		},
		{
			name: "Fold",
			run:  func(a attrs, x []Var) Var { return x[0].Fold([2]int(a.ints[8:10]), patchShape(a.ints)) },
			want: func(a attrs, x []array) array {
				s, in := patchShape(a.ints), x[0].shape
				lead := len(in) - 2
				image := slices.Concat(in[:lead], []int{in[lead] / (s.Kernel[0] * s.Kernel[1])}, a.ints[8:10])
				y := array{shape: image, v: make([]float64, size(image))}
				eachPatch(image, s, func(column, pixel []int) {
					if pixel != nil {
						y.put(x[0].at(column...), pixel...)
					}
				})
				return y
			},
			samples: []sample{ints(2, 2, 1, 1, 0, 0, 1, 1, 3, 4).on(of(2, 8, 6)), ints(2, 3, 2, 1, 1, 2, 1, 1, 4, 3).on(of(1, 6, 15)), ints(2, 1, 1, 2, 2, 0, 2, 1, 3, 4).on(of(4, 10)),
				ints(2, 1, 1, 1, 0, 0, 1, 1, 3, 2).on(turn(4, 4)), ints(1, 2, 1, 1, 0, 1, 1, 1, 2, 2).on(step(2, 6)), ints(2, 2, 1, 1, 0, 0, 1, 1, 2, 2).on(of(0, 4, 1))},
			errors: []misuse{
				{"fold [4]: want columns [… channels·kernel places]", ints(2, 2, 1, 1, 0, 0, 1, 1, 3, 3).on(of(4))},
				{"fold [4 3]: want columns [… channels·4 4] for these images", ints(2, 2, 1, 1, 0, 0, 1, 1, 3, 3).on(of(4, 3))},
				{"fold [5 4]: want columns [… channels·4 4] for these images", ints(2, 2, 1, 1, 0, 0, 1, 1, 3, 3).on(of(5, 4))},
				{"fold [4 1]: no patch of 2 pixels fits into 1", ints(2, 2, 1, 1, 0, 0, 1, 1, 1, 3).on(of(4, 1))},
			},
		},
	}
}
