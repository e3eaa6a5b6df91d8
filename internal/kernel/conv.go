package kernel

// A Conv is the geometry of a convolution of Batch images in Groups groups.
// Window.Channels counts the input channels of one group, Filters the output
// channels of one group.
type Conv struct {
	Window
	Batch, Groups, Filters int
}

func (c *Conv) taps() int   { return c.Channels * c.Kernel[0] * c.Kernel[1] }
func (c *Conv) inLen() int  { return c.Channels * c.In[0] * c.In[1] }
func (c *Conv) outLen() int { return c.Filters * c.Out[0] * c.Out[1] }

// convTask is a convolution in progress: one part for each image and group,
// or, for the gradient by the filters, for each chunk of images and group.
type convTask[T Float] struct {
	Conv
	kind    convKind
	dst     []T
	x, w    []T // the operands: x has images, w filters, or images of the output
	patches Patches
}

type convKind uint8

const (
	convValue convKind = iota
	convInput
	convFilter
)

var convTasks typed[convTask[float32], convTask[float64]]

// filterChunk is the number of images over which one part of the gradient by
// the filters adds up; the parts are added in order afterwards.
const filterChunk = 8

func (t *convTask[T]) Do(part int) {
	image, g := part/t.Groups, part%t.Groups
	cells := t.Out[0] * t.Out[1]
	in, out, taps := t.inLen(), t.outLen(), t.taps()
	switch t.kind {
	case convValue: // y = w · patches(x)
		w := Matrix[T]{Data: t.w[g*t.Filters*taps:], Row: taps, Col: 1}
		x := Matrix[T]{Data: t.x[part*in:], Patches: &t.patches}
		MatMul(t.dst[part*out:], cells, w, x, t.Filters, cells, taps, Epilogue[T]{})
	case convInput: // dx = wᵀ · patches back(dy)
		k := t.Filters * t.Kernel[0] * t.Kernel[1]
		w := Matrix[T]{Data: t.w[g*t.Channels*k:], Row: k, Col: 1}
		dy := Matrix[T]{Data: t.x[part*out:], Patches: &t.patches}
		pixels := t.In[0] * t.In[1]
		MatMul(t.dst[part*in:], pixels, w, dy, t.Channels, pixels, k, Epilogue[T]{})
	case convFilter: // dw = Σ dy · patches(x)ᵀ
		dst := t.dst[part*t.Filters*taps:]
		for i := image * filterChunk; i < min(t.Batch, (image+1)*filterChunk); i++ {
			at := i*t.Groups + g
			dy := Matrix[T]{Data: t.w[at*out:], Row: cells, Col: 1}
			x := Matrix[T]{Data: t.x[at*in:], Patches: &t.patches}
			MatMul(dst, taps, dy, x, t.Filters, taps, cells, Epilogue[T]{Accumulate: i > image*filterChunk})
		}
	}
}

func runConv[T Float](c *Conv, kind convKind, parts int, dst, x, w []T) {
	list := listOf[T, convTask[T]](&convTasks)
	t := list.get()
	t.Conv, t.kind, t.dst, t.x, t.w = *c, kind, dst, x, w
	t.patches = Patches{Window: c.Window, Back: kind == convInput, Transposed: kind == convFilter}
	if kind == convInput {
		t.patches.Channels = c.Filters
	}
	Run(parts, t)
	t.dst, t.x, t.w = nil, nil, nil
	list.put(t)
}

// Conv2d computes dst[n, o, y, x] = Σ x[n, c, …] w[o, c, …], the
// cross-correlation of each image with each filter of its group. Images are
// [Batch, Groups·Channels, In], filters [Groups·Filters, Channels, Kernel].
func Conv2d[T Float](dst, x, w []T, c Conv) {
	runConv(&c, convValue, c.Batch*c.Groups, dst, x, w)
}

// Conv2dInput computes the gradient of [Conv2d] by x, given that by its
// result.
func Conv2dInput[T Float](dx, dy, w []T, c Conv) {
	// The product wants filters as [Groups, Channels, Filters, Kernel].
	k := c.Kernel[0] * c.Kernel[1]
	turned, lent := Borrow[T](len(w))
	for g := range c.Groups {
		for o := range c.Filters {
			for ch := range c.Channels {
				from := ((g*c.Filters+o)*c.Channels + ch) * k
				to := ((g*c.Channels+ch)*c.Filters + o) * k
				copy(turned[to:to+k], w[from:from+k])
			}
		}
	}
	runConv(&c, convInput, c.Batch*c.Groups, dx, dy, turned)
	Return(lent)
}

// Conv2dFilter computes the gradient of [Conv2d] by w, given that by its
// result. The sum over the batch is taken eight images at a time, and then
// over these.
func Conv2dFilter[T Float](dw, x, dy []T, c Conv) {
	size := c.Groups * c.Filters * c.taps()
	chunks := (c.Batch + filterChunk - 1) / filterChunk
	if chunks == 0 {
		clear(dw)
		return
	}
	sums, lent := Borrow[T](chunks * size)
	runConv(&c, convFilter, chunks*c.Groups, sums, x, dy)
	copy(dw, sums[:size])
	for i := 1; i < chunks; i++ {
		Add(dw, dw, sums[i*size:])
	}
	Return(lent)
}
