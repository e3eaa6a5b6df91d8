package kernel

// truth is 1 for true and 0 for false.
func truth[T Float](b bool) T {
	if b {
		return 1
	}
	return 0
}

// Less is
//
//	for i := range dst {
//		dst[i] = a[i] < b[i] // 1 for true, 0 for false
//	}
func Less[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if fastLess(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = truth[T](a[i] < b[i])
	}
}

// LessEqual is
//
//	for i := range dst {
//		dst[i] = a[i] <= b[i] // 1 for true, 0 for false
//	}
func LessEqual[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if fastLessEqual(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = truth[T](a[i] <= b[i])
	}
}

// Equal is
//
//	for i := range dst {
//		dst[i] = a[i] == b[i] // 1 for true, 0 for false
//	}
func Equal[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if fastEqual(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = truth[T](a[i] == b[i])
	}
}

// NotEqual is
//
//	for i := range dst {
//		dst[i] = a[i] != b[i] // 1 for true, 0 for false
//	}
func NotEqual[T Float](dst, a, b []T) {
	a, b = a[:len(dst)], b[:len(dst)]
	if fastNotEqual(dst, a, b) {
		return
	}
	for i := range dst {
		dst[i] = truth[T](a[i] != b[i])
	}
}

// Between is
//
//	for i := range dst {
//		dst[i] = lo < a[i] && a[i] < hi // 1 for true, 0 for false
//	}
func Between[T Float](dst, a []T, lo, hi T) {
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = truth[T](lo < a[i] && a[i] < hi)
	}
}

// Where is
//
//	for i := range dst {
//		dst[i] = a[i] if cond[i] != 0, else b[i]
//	}
func Where[T Float](dst, cond, a, b []T) {
	cond, a, b = cond[:len(dst)], a[:len(dst)], b[:len(dst)]
	if fastWhere(dst, cond, a, b) {
		return
	}
	for i := range dst {
		if cond[i] != 0 {
			dst[i] = a[i]
		} else {
			dst[i] = b[i]
		}
	}
}

// Finite reports whether every element is neither NaN nor infinite.
func Finite[T Float](a []T) bool {
	for _, v := range a {
		if v-v != 0 {
			return false
		}
	}
	return true
}
