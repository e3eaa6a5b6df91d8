package optable

import (
	"slices"

	"github.com/descent-ml/descent/tensor"
)

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
