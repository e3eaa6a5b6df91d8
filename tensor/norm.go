package tensor

import "github.com/descent-ml/descent/internal/kernel"

// An affineScratch holds contiguous copies of the operands of a normalisation.
type affineScratch struct{ x, w, b, dy scratch }

func (s *affineScratch) release() {
	s.x.release()
	s.w.release()
	s.b.release()
	s.dy.release()
}

// checkNormalized panics when the destination or dy does not fit to x.
func checkNormalized(op string, x, dst, dy *Tensor) {
	sameDType(op, "the destination", x, dst)
	sameDType(op, "dy", x, dy)
	destination(op, dst, x.Shape(), x)
	sameShape(op, dy, x.Shape(), x)
	contiguous(op, dst)
}

// fillZero sets the tensors that are there to zero.
func fillZero(ts ...*Tensor) {
	for _, t := range ts {
		if t != nil {
			t.Fill(0)
		}
	}
}

// elements returns the elements of a contiguous tensor, or nil for none.
func elements[T kernel.Float](t *Tensor) []T {
	if t == nil {
		return nil
	}
	s, _ := kernel.SliceOf[T](t.f32, t.f64)
	return s[:t.n]
}

// packedElements returns the elements of a tensor, or nil for none.
func packedElements[T kernel.Float](s *scratch, t *Tensor) []T {
	if t == nil {
		return nil
	}
	return elements[T](s.packed(t))
}
