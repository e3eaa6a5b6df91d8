package main

func (t *neon) plus(a, b vec) vec  { return t.emitOp(&opAdd, a, b) }
func (t *neon) minus(a, b vec) vec { return t.emitOp(&opSub, a, b) }
func (t *neon) times(a, b vec) vec { return t.emitOp(&opMul, a, b) }
func (t *neon) over(a, b vec) vec  { return t.emitOp(&opDiv, a, b) }
func (t *neon) max(a, b vec) vec   { return t.emitOp(&opMax, a, b) }
func (t *neon) min(a, b vec) vec   { return t.emitOp(&opMin, a, b) }
func (t *neon) sqrt(a vec) vec     { return t.emitOp(&opSqrt, a) }

func (t *neon) larger(a, b vec) vec  { return t.pick(t.less(b, a), a, b) }
func (t *neon) smaller(a, b vec) vec { return t.pick(t.less(a, b), a, b) }

func (t *neon) mulAdd(a, b, c vec) vec {
	v := t.clone(c)
	t.fma(v, a, b)
	return v
}

func (t *neon) negMulAdd(a, b, c vec) vec {
	v := t.clone(c)
	t.emitChange(&opFMS, v, a, b)
	return v
}

func (t *neon) fma(acc, a, b vec)     { t.emitChange(&opFMA, acc, a, b) }
func (t *neon) accumulate(acc, v vec) { t.emitChange(&opAdd, acc, acc, v) }

func (t *neon) round(a vec, how rounding) vec {
	return t.emitOp([]*op{nearest: &opRoundNearest, floor: &opRoundDown, ceiling: &opRoundUp, towardZero: &opRoundZero}[how], a)
}

// A mask is a vec. All bits of a lane are set, or none.

func (t *neon) less(a, b vec) mask      { return mask(t.emitOp(&opGreater, b, a)) }
func (t *neon) lessEqual(a, b vec) mask { return mask(t.emitOp(&opGreaterEqual, b, a)) }
func (t *neon) equal(a, b vec) mask     { return mask(t.emitOp(&opEqual, a, b)) }
func (t *neon) unordered(a vec) mask    { return mask(t.emitOp(&opNot, vec(t.equal(a, a)))) }

func (t *neon) pick(m mask, a, b vec) vec {
	v := t.clone(vec(m))
	t.emitChange(&opSelect, v, a, b)
	return v
}

func (t *neon) and(a, b vec) vec    { return t.emitOp(&opAnd, a, b) }
func (t *neon) or(a, b vec) vec     { return t.emitOp(&opOr, a, b) }
func (t *neon) xor(a, b vec) vec    { return t.emitOp(&opXor, a, b) }
func (t *neon) andNot(a, b vec) vec { return t.emitOp(&opAndNot, a, b) }

func (t *neon) plusInt(a, b vec) vec        { return t.emitOp(&opAddInt, a, b) }
func (t *neon) minusInt(a, b vec) vec       { return t.emitOp(&opSubInt, a, b) }
func (t *neon) shiftLeft(a vec, n int) vec  { return t.emitOp(&opShiftLeft, a, n) }
func (t *neon) shiftRight(a vec, n int) vec { return t.emitOp(&opShiftRight, a, n) }
func (t *neon) toInt(a vec) vec             { return t.emitOp(&opToInt, a) }
func (t *neon) fromInt(a vec) vec           { return t.emitOp(&opFromInt, a) }

func (t *neon) ldexp(a, n vec) vec     { return ldexp(t, a, n) }
func (t *neon) frexp(a vec) (m, e vec) { return frexp(t, a) }

func (t *neon) sum(v vec) vec     { return t.fold(&opAddPairs, v) }
func (t *neon) largest(v vec) vec { return t.fold(&opMaxPairs, v) }

// transpose interleaves the first half of the rows with the second, log₂ of their
// number times. This exchanges rows and columns.
func (t *neon) transpose(rows []vec) []vec {
	half := len(rows) / 2
	for n := 1; n < len(rows); n *= 2 {
		var next []vec
		for i, a := range rows[:half] {
			b := rows[half+i]
			next = append(next, t.emitOp(&opZipFirst, a, b), t.emitOp(&opZipSecond, a, b))
		}
		rows = next
	}
	return rows
}

// fold combines the lanes of v, neighbours first.
func (t *neon) fold(pairs *op, v vec) vec {
	for n := t.lanes(); n > 1; n /= 2 {
		v = t.emitOp(pairs, v, v)
	}
	return v
}
