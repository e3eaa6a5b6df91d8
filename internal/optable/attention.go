package optable

// attended is scaled dot-product attention.
func attended(q, k, v array, causal bool) array {
	return weighed(weightsOf(q, k, array{}, masking{causal: causal}), v)
}

func attentionRows() []row {
	return append(maskedRows(), []row{
		{
			name: "Attention",
			run:  func(a attrs, x []Var) Var { return x[0].Attention(x[1], x[2], a.ints[0] == 1) },
			want: func(a attrs, x []array) array { return attended(x[0], x[1], x[2], a.ints[0] == 1) },
			samples: []sample{
				ints(0).on(of(2, 2, 3, 2), of(2, 2, 4, 2), of(2, 2, 4, 3)), ints(1).on(of(2, 1, 3, 2), of(2, 1, 3, 2), of(2, 1, 3, 2)),
				ints(1).on(of(1, 2, 2, 3), of(1, 2, 4, 3), of(1, 2, 4, 1)), ints(1).on(of(1, 1, 4, 1), of(1, 1, 2, 1), of(1, 1, 2, 1)),
				ints(0).on(of(1, 1, 1, 1), of(1, 1, 1, 1), of(1, 1, 1, 1)), ints(0).on(of(0, 2, 3, 2), of(0, 2, 3, 2), of(0, 2, 3, 2)),
				ints(0).on(turn(2, 1, 2, 3), step(2, 1, 3, 3), turn(2, 1, 3, 2)), ints(1).on(step(1, 2, 3, 2), turn(1, 2, 3, 2), step(1, 2, 3, 2)),
				ints(1).on(of(1, 1, 66, 1), of(1, 1, 66, 1), of(1, 1, 66, 1)),
			},
			errors: []misuse{
				{"attention [3 2] × [1 1 3 2] × [1 1 3 2]: want queries, keys and values [batch heads length width]", ints(0).on(of(3, 2), of(1, 1, 3, 2), of(1, 1, 3, 2))},
				{"attention [2 1 3 2] × [1 1 3 2] × [2 1 3 2]: queries, keys and values differ in batch or heads", ints(0).on(of(2, 1, 3, 2), of(1, 1, 3, 2), of(2, 1, 3, 2))},
				{"attention [1 1 3 2] × [1 1 3 4] × [1 1 3 2]: queries are 2 wide, keys 4", ints(0).on(of(1, 1, 3, 2), of(1, 1, 3, 4), of(1, 1, 3, 2))},
				{"attention [1 1 3 2] × [1 1 3 2] × [1 1 4 2]: there are 3 keys and 4 values", ints(0).on(of(1, 1, 3, 2), of(1, 1, 3, 2), of(1, 1, 4, 2))},
			},
		},
		{
			name: "SelfAttention",
			run:  func(a attrs, x []Var) Var { return x[0].SelfAttention(a.ints[1], a.ints[0] == 1) },
			want: func(a attrs, x []array) array {
				s, heads := x[0].shape, a.ints[1]
				width := s[2] / 3 / heads
				part := func(i int) array {
					return fill([]int{s[0], heads, s[1], width}, func(idx []int) float64 { return x[0].at(idx[0], idx[2], (i*heads+idx[1])*width+idx[3]) })
				}
				y := attended(part(0), part(1), part(2), a.ints[0] == 1)
				return fill([]int{s[0], s[1], s[2] / 3}, func(idx []int) float64 { return y.at(idx[0], idx[2]/width, idx[1], idx[2]%width) })
			},
			samples: []sample{ints(0, 2).on(of(2, 3, 12)), ints(1, 2).on(of(2, 3, 12)), ints(1, 1).on(of(1, 2, 3)), ints(1, 3).on(of(2, 2, 9)),
				ints(0, 1).on(turn(2, 3, 6)), ints(1, 2).on(step(2, 3, 6)), ints(1, 1).on(of(0, 3, 3))},
			errors: []misuse{
				{"self-attention [2 12]: want [batch length 3·width], with a width that 2 heads share", ints(0, 2).on(of(2, 12))},
				{"self-attention [1 2 9]: want [batch length 3·width], with a width that 2 heads share", ints(0, 2).on(of(1, 2, 9))},
			},
		},
	}...)
}
