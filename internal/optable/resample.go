package optable

import (
	"math"

	"github.com/descent-ml/descent/autograd"
)

// resized applies f to each plane of images: f gives the value of the pixel at a
// place between the pixels of x.
func resized(a attrs, x []array, place func(k, in, out int, scale float64) float64) array {
	rank := len(x[0].shape)
	shape := append(append([]int{}, x[0].shape[:rank-2]...), a.ints[0], a.ints[1])
	return fill(shape, func(idx []int) float64 {
		var lo [2]int
		var w [2]float64
		for i := range 2 {
			in := x[0].shape[rank-2+i]
			s := place(idx[rank-2+i], in, a.ints[i], a.scales()[i])
			lo[i] = min(int(s), in-1)
			w[i] = s - float64(lo[i])
		}
		sum := 0.0
		places([]int{2, 2}, func(d []int) {
			at := append([]int{}, idx[:rank-2]...)
			weight := 1.0
			for i := range 2 {
				at = append(at, min(lo[i]+d[i], x[0].shape[rank-2+i]-1))
				weight *= []float64{1 - w[i], w[i]}[d[i]]
			}
			sum += weight * x[0].at(at...)
		})
		return sum
	})
}

// scales are the numbers of an attribute, or zeros.
func (a attrs) scales() (s [2]float64) {
	copy(s[:], a.floats)
	return s
}

func resampleRows() []row {
	size := func(a attrs) [2]int { return a.pair(0) }
	ratio := func(in, out int, scale float64) float64 {
		if scale > 0 {
			return 1 / scale
		}
		return float64(in) / float64(out)
	}
	errors := func(op string) []misuse {
		return []misuse{
			{op + " [3]: cannot make images [… height width] of 2 × 2 pixels", ints(2, 2).on(of(3))},
			{op + " [2 3]: cannot make images [… height width] of 0 × 2 pixels", ints(0, 2).on(of(2, 3))},
			{op + " [2 0]: cannot make images [… height width] of 2 × 2 pixels", ints(2, 2).on(of(2, 0))},
		}
	}
	return []row{
		{
			name: "UpsampleNearest",
			run:  func(a attrs, x []Var) Var { return x[0].UpsampleNearest(size(a), a.scales()) },
			want: func(a attrs, x []array) array {
				return resized(a, x, func(k, in, out int, scale float64) float64 {
					return math.Min(math.Floor(float64(k)*ratio(in, out, scale)+1e-6), float64(in-1))
				})
			},
			samples: []sample{ints(4, 6).on(of(1, 2, 2, 3)), ints(5, 3).on(of(2, 3, 4)), ints(1, 1).on(of(3, 2)), ints(2, 3).on(of(2, 3)), ints(3, 4).on(turn(2, 2, 2)), ints(3, 4).on(step(2, 2, 3)),
				ints(4, 7).and(1.5, 2.5).on(of(1, 3, 3)), ints(2, 2).on(of(0, 3, 3))},
			errors: errors("upsample-nearest"),
		},
		{
			name: "UpsampleBilinear",
			run:  func(a attrs, x []Var) Var { return x[0].UpsampleBilinear(size(a), a.scales(), len(a.ints) > 2) },
			want: func(a attrs, x []array) array {
				return resized(a, x, func(k, in, out int, scale float64) float64 {
					switch {
					case len(a.ints) == 2:
						return math.Max(0, (float64(k)+0.5)*ratio(in, out, scale)-0.5)
					case out == 1:
						return 0
					}
					return float64(k) * float64(in-1) / float64(out-1)
				})
			},
			samples: []sample{ints(4, 6).on(of(1, 2, 2, 3)), ints(5, 3).on(of(2, 3, 4)), ints(1, 1).on(of(3, 2)), ints(3, 4).on(turn(2, 2, 2)), ints(3, 4).on(step(2, 2, 3)),
				ints(4, 7).and(1.5, 2.5).on(of(1, 3, 3)), ints(2, 2).on(of(0, 3, 3)), ints(4, 6, 1).on(of(1, 2, 2, 3)), ints(1, 3, 1).on(of(2, 3, 4)), ints(5, 2, 1).on(of(1, 1))},
			errors: errors("upsample-bilinear"),
		},
	}
}

// bagRows are operations of several rows or vectors. The integers of EmbeddingBag
// are the mode, the padding and the offsets, or −1 and the length of all bags.
func bagRows() []row {
	bagsOf := func(a attrs) autograd.Bags {
		b := autograd.Bags{Index: a.index, Mode: autograd.BagMode(a.ints[0]), Padding: a.ints[1] + 1, Offsets: a.ints[2:]}
		if a.ints[2] < 0 {
			b.Offsets, b.Length = nil, a.ints[3]
		}
		return b
	}
	at := func(a attrs, index ...int) attrs { return a.at([]int{len(index)}, index...) }
	return []row{
		{
			name: "EmbeddingBag",
			run:  func(a attrs, x []Var) Var { return x[0].EmbeddingBag(bagsOf(a), optional(x, 1)) },
			want: func(a attrs, x []array) array {
				b := bagsOf(a)
				for k := 0; b.Length > 0 && k < len(b.Index); k += b.Length {
					b.Offsets = append(b.Offsets, k)
				}
				return fill([]int{len(b.Offsets), x[0].shape[1]}, func(idx []int) float64 {
					to := len(b.Index)
					if idx[0]+1 < len(b.Offsets) {
						to = b.Offsets[idx[0]+1]
					}
					sum, n, most := 0.0, 0.0, math.Inf(-1)
					for k := b.Offsets[idx[0]]; k < to; k++ {
						if b.Index[k] == b.Padding-1 {
							continue
						}
						v := x[0].at(b.Index[k], idx[1])
						if len(x) > 1 {
							v *= x[1].at(k)
						}
						sum, n, most = sum+v, n+1, math.Max(most, v)
					}
					return [...]float64{sum / math.Max(1, n), sum, map[bool]float64{true: most}[n > 0]}[b.Mode]
				})
			},
			samples: []sample{
				at(ints(0, -1, 0, 2), 3, 0, 3, 1, 1).on(of(4, 3)), at(ints(1, -1, 0, 2), 3, 0, 3, 1, 1).on(of(4, 3)), at(ints(2, -1, 0, 2), 3, 0, 3, 1, 1).on(of(4, 3)),
				at(ints(0, 1, 0, 1, 1, 4), 1, 2, 1, 3).on(of(4, 2)), at(ints(1, 1, 0, 1, 1, 4), 1, 2, 1, 3).on(of(4, 2)), at(ints(2, 1, 0, 1, 1, 4), 1, 2, 1, 3).on(of(4, 2)),
				at(ints(1, -1, 0, 2), 3, 0, 3, 1, 1).on(of(4, 3), of(5)), at(ints(1, 3, 0, 2), 3, 0, 3, 1, 1).on(step(4, 3), of(5)), at(ints(2, -1, 0, 2), 3, 0, 3, 1, 1).on(turn(4, 3)),
				at(ints(0, -1, -1, 2), 3, 0, 3, 1).on(of(4, 3)), at(ints(2, -1, -1, 3), 0, 1, 2, 2, 1, 0).on(of(3, 2)), at(ints(2, 0, 0), 0, 0).on(of(3, 2)), at(ints(0, -1, 0)).on(of(3, 2)),
			},
			errors: []misuse{
				{"embedding-bag [3]: want a matrix with a row for each index", at(ints(0, -1, 0), 1).on(of(3))},
				{"embedding-bag [3 2]: index 3 is out of range for length 3", at(ints(0, -1, 0), 3).on(of(3, 2))},
				{"embedding-bag [2]: want BagSum and 1 weights", at(ints(1, -1, 0), 1).on(of(3, 2), of(2))},
				{"embedding-bag [1]: want BagSum and 1 weights", at(ints(0, -1, 0), 1).on(of(3, 2), of(1))},
				{"embedding-bag: the first bag must begin at 0", at(ints(0, -1, 1), 1, 1).on(of(3, 2))},
				{"embedding-bag: bag 1 goes from 2 to 1; there are 2 indices", at(ints(0, -1, 0, 2, 1), 1, 1).on(of(3, 2))},
				{"embedding-bag: bag 0 goes from 0 to 3; there are 2 indices", at(ints(0, -1, 0, 3), 1, 1).on(of(3, 2))},
				{"embedding-bag: 3 indices do not fill bags of length 2", at(ints(0, -1, -1, 2), 1, 1, 1).on(of(3, 2))},
			},
		},
		{
			name: "Bilinear",
			run:  func(_ attrs, x []Var) Var { return x[0].Bilinear(x[1], x[2], optional(x, 3)) },
			want: func(_ attrs, x []array) array {
				shape := append([]int{}, x[0].shape...)
				last := len(shape) - 1
				shape[last] = x[2].shape[0]
				return fill(shape, func(idx []int) float64 {
					sum := 0.0
					places(x[2].shape[1:], func(p []int) {
						one, two := append([]int{}, idx...), append([]int{}, idx...)
						one[last], two[last] = p[0], p[1]
						sum += x[0].at(one...) * x[2].at(idx[last], p[0], p[1]) * x[1].at(two...)
					})
					if len(x) > 3 {
						sum += x[3].at(idx[last])
					}
					return sum
				})
			},
			samples: []sample{on(of(2, 3), of(2, 4), of(2, 3, 4), of(2)), on(of(3), of(2), of(2, 3, 2)), on(of(2, 2, 1), of(2, 2, 3), of(1, 1, 3), of(1)),
				on(turn(3, 2), step(3, 3), turn(2, 2, 3), step(2)), on(of(0, 2), of(0, 3), of(2, 2, 3), of(2))},
			errors: []misuse{
				{"bilinear [2 3] × [2 4] × [2 4 3]: want x [… in1], b [… in2] and a weight [out in1 in2]", on(of(2, 3), of(2, 4), of(2, 4, 3))},
				{"bilinear [2 3] × [3 4] × [2 3 4]: want x [… in1], b [… in2] and a weight [out in1 in2]", on(of(2, 3), of(3, 4), of(2, 3, 4))},
			},
		},
	}
}
