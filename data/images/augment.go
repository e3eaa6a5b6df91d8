package images

import (
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/tensor"
)

// An Augment changes pictures by chance, each time in another way, so that a model
// learns what does not matter. Its method Apply is a data.Loader's Transform. Only
// the fields that are set do something, in the order in which they stand here:
//
//	pictures as they are read, from 0 to 1
//	→ flip → rotate, scale, translate → crop
//	→ brightness → contrast → noise          cut off to 0 … 1 each time
//	→ normalise → cut out, erase             with 0, the mean
//	→ mix up or cut and mix                  with another picture of the batch
//
// The fields must not change while a loader uses them. A test set needs an Augment
// of its own that has Mean and Std alone.
type Augment struct {
	FlipHorizontal float64 // the probability to exchange left and right
	FlipVertical   float64 // the probability to exchange top and bottom

	// The picture is turned about its middle by an angle drawn evenly from
	// −Rotate to Rotate degrees, clockwise where it is positive; scaled by a factor
	// drawn from 1−Scale to 1+Scale; and moved by up to the fraction Translate of
	// its width and of its height, to either side. Its pixels are interpolated
	// once for all of that, bilinearly, and what comes from outside is 0.
	// It is torchvision.transforms.v2.functional.affine, with
	// grid_sample(align_corners=False) below it: the middle of the picture is the
	// middle between its outermost pixels.
	Rotate, Scale, Translate float64

	// Crop is the height and the width that are cut, at a place drawn evenly, from
	// the picture with Pad pixels of 0 around it (torchvision's RandomCrop).
	// {0, 0} is the size of the picture. Neither may be larger than that.
	Crop [2]int
	Pad  int

	Brightness float64 // the pixels are multiplied by a factor from 1−Brightness, or 0, to 1+Brightness
	Contrast   float64 // likewise, the differences of the pixels from the mean grey of the picture
	Noise      float64 // the standard deviation of normal noise that is added

	Mean, Std []float64 // of each channel: x becomes (x − mean)/std

	Cutout int     // the side of a square that becomes 0, about a pixel drawn evenly (DeVries and Taylor, 2017)
	Erase  float64 // the probability that a rectangle becomes 0, of 2 to 33 % of the area and 0.3 to 3.3 as high as wide (torchvision's RandomErasing)

	// Mixup and CutMix are the α of torchvision's transforms of these names, for
	// the whole batch λ ~ Beta(α, α). Mixup (Zhang and others, 2017) makes of each
	// picture λ of itself and 1−λ of the one before it in the batch, the last for
	// the first. CutMix (Yun and others, 2019) replaces a rectangle of 1−λ of its
	// area. With both, a coin decides for each batch.
	//
	// The class of a mixture is no longer one. Y becomes [n Classes], the
	// probabilities of the classes, and Labels becomes empty. train.Regress learns
	// from that, with the OfProbs of an nn.CrossEntropyLoss.
	Mixup, CutMix float64
	Classes       int

	lock sync.Mutex
	free []*scratch // of which each running Apply takes one
}

// A scratch is the memory of a running Apply.
type scratch struct{ picture []float32 }

// Apply changes the pictures of b, X [n channels height width] of float32, in
// place. All chance comes from r. Several goroutines may call it at the same time
// with different batches. When its memory has its final size it allocates nothing.
//
// Apply panics with a [*tensor.ArgError] when a field makes no sense, and with a
// [*tensor.ShapeError] or [*tensor.DTypeError] when the batch does not fit.
func (a *Augment) Apply(b *data.Batch, r *tensor.Rand) {
	p := a.check(b)
	if p.n == 0 || p.size() == 0 {
		return
	}
	s := a.borrow()
	defer a.giveBack(s)
	x := tensor.Data[float32](b.X)
	in, out := p.size(), p.c*p.outH*p.outW
	s.picture = slices.Grow(s.picture[:0], in)[:in]
	// A picture never grows, so that its place is never that of one to come.
	for i := range p.n {
		to := x[i*out : (i+1)*out]
		if w := a.drawWarp(p, r); w.moves {
			copy(s.picture, x[i*in:(i+1)*in])
			w.apply(to, s.picture, p)
		} else if i > 0 && in != out {
			copy(to, x[i*in:])
		}
		a.colour(to, p.c, r)
		a.blank(to, p, r)
	}
	if in != out {
		b.X.AsView().Wrap32(x[:p.n*out], p.n, p.c, p.outH, p.outW)
	}
	a.mix(b, s, r)
}

// A pictures says what shape pictures have and get.
type pictures struct{ n, c, h, w, outH, outW int }

func (p *pictures) size() int { return p.c * p.h * p.w }

// check returns the shape of the pictures of b, and panics unless a and b make
// sense.
func (a *Augment) check(b *data.Batch) pictures {
	a.checkFields()
	shape := b.X.Shape()
	if len(shape) != 4 || !b.X.IsContiguous() {
		a.misfit(b, "want contiguous pictures [n channels height width]")
	}
	p := pictures{n: shape[0], c: shape[1], h: shape[2], w: shape[3], outH: shape[2], outW: shape[3]}
	if a.Crop != [2]int{} {
		p.outH, p.outW = a.Crop[0], a.Crop[1]
	}
	switch {
	case p.outH > p.h || p.outW > p.w:
		a.misfit(b, fmt.Sprintf("a crop of %d × %d is larger than the pictures", p.outH, p.outW))
	case a.Mean != nil && len(a.Mean) != p.c:
		a.misfit(b, fmt.Sprintf("there are %d means and deviations for %d channels", len(a.Mean), p.c))
	case a.mixes() && len(b.Labels) != p.n:
		a.misfit(b, fmt.Sprintf("there are %d labels to mix for %d pictures", len(b.Labels), p.n))
	}
	return p
}

// checkFields panics unless the fields make sense.
func (a *Augment) checkFields() {
	within := func(name string, v, hi float64) {
		if !(v >= 0 && v <= hi) {
			a.misuse(fmt.Sprintf("%s is %v; want 0 to %v", name, v, hi))
		}
	}
	within("FlipHorizontal", a.FlipHorizontal, 1)
	within("FlipVertical", a.FlipVertical, 1)
	within("Rotate", a.Rotate, 360)
	within("Scale", a.Scale, 0.99)
	within("Translate", a.Translate, 1)
	within("Brightness", a.Brightness, math.MaxFloat32)
	within("Contrast", a.Contrast, math.MaxFloat32)
	within("Noise", a.Noise, math.MaxFloat32)
	within("Erase", a.Erase, 1)
	within("Mixup", a.Mixup, 1e6)
	within("CutMix", a.CutMix, 1e6)
	switch {
	case a.Crop != [2]int{} && (a.Crop[0] < 1 || a.Crop[1] < 1):
		a.misuse(fmt.Sprintf("Crop is %v; want a height and a width of at least 1", a.Crop))
	case a.Pad < 0 || a.Pad > MaxPixels:
		a.misuse(fmt.Sprintf("Pad is %d; want 0 to %d", a.Pad, MaxPixels))
	case a.Cutout < 0:
		a.misuse(fmt.Sprintf("Cutout is %d; want at least 0", a.Cutout))
	case len(a.Mean) != len(a.Std):
		a.misuse(fmt.Sprintf("there are %d means and %d deviations", len(a.Mean), len(a.Std)))
	case a.mixes() && a.Classes < 1:
		a.misuse(fmt.Sprintf("Classes is %d; Mixup and CutMix want to know how many there are", a.Classes))
	}
	for _, v := range a.Std {
		if !(v > 0) {
			a.misuse(fmt.Sprintf("a deviation is %v; want more than 0", v))
		}
	}
}

func (a *Augment) mixes() bool { return a.Mixup > 0 || a.CutMix > 0 }

func (a *Augment) misuse(reason string) {
	panic(&tensor.ArgError{Op: "augment", Reason: reason})
}

func (a *Augment) misfit(b *data.Batch, reason string) {
	panic(&tensor.ShapeError{Op: "augment", Shapes: [][]int{slices.Clone(b.X.Shape())}, Reason: reason})
}

func (a *Augment) borrow() *scratch {
	a.lock.Lock()
	defer a.lock.Unlock()
	n := len(a.free)
	if n == 0 {
		return &scratch{}
	}
	s := a.free[n-1]
	a.free = a.free[:n-1]
	return s
}

func (a *Augment) giveBack(s *scratch) {
	a.lock.Lock()
	defer a.lock.Unlock()
	a.free = append(a.free, s)
}

// between draws evenly from lo to hi.
func between(r *tensor.Rand, lo, hi float64) float64 { return lo + float64((hi-lo)*r.Float64()) }

// below draws evenly from 0 to n−1.
func below(r *tensor.Rand, n int) int { return min(int(r.Float64()*float64(n)), n-1) }
