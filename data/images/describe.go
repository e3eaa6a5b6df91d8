package images

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/tensor"
)

// A Report tells what is in a set of pictures.
type Report struct {
	Pictures  int
	Shape     []int     // of a picture, [channels height width]
	Mean, Std []float64 // of each channel over all pictures, what [Augment] wants to normalise; Std divides by the number of pixels
	Min, Max  float64   // of all pixels
	Classes   []int     // how many pictures each class has; empty without labels

	// Duplicates are the places in the set of pictures that are equal to the bit,
	// a list for each picture that occurs more than once, in the order of the
	// first of them. A picture that is in the training and in the test part makes
	// a test too good.
	Duplicates [][]int
	Conflicts  int // how many of these lists have pictures of different classes
}

// Describe looks at every picture of a set once, without keeping any. The error
// is one of the set. Describe panics with a [*tensor.ShapeError] when the batches
// are not [n channels height width].
func Describe(s data.Set[data.Batch]) (*Report, error) {
	const many = 64
	r := &Report{Pictures: s.Len(), Min: math.Inf(1), Max: math.Inf(-1)}
	var b data.Batch
	var squares []float64 // of the differences from the mean, summed, for each channel
	places := map[[sha256.Size]byte][]int{}
	labels := make([]int, 0, r.Pictures)
	index := make([]int, 0, many)
	var bytes []byte
	for first := 0; first < r.Pictures; first += many {
		index = index[:0]
		for i := first; i < min(first+many, r.Pictures); i++ {
			index = append(index, i)
		}
		if err := s.Fill(&b, index); err != nil {
			return nil, err
		}
		shape := b.X.Shape()
		if len(shape) != 4 || r.Shape != nil && !slices.Equal(shape[1:], r.Shape) {
			panic(&tensor.ShapeError{Op: "describe", Shapes: [][]int{slices.Clone(shape)}, Reason: "want pictures of one shape, [n channels height width]"})
		}
		if r.Shape == nil {
			r.Shape = slices.Clone(shape[1:])
			r.Mean, r.Std, squares = make([]float64, shape[1]), make([]float64, shape[1]), make([]float64, shape[1])
		}
		labels = append(labels, b.Labels...)
		x := tensor.Data[float32](b.X)
		size := len(x) / len(index)
		for k, i := range index {
			picture := x[k*size : (k+1)*size]
			r.add(picture, i, squares)
			bytes = bytes[:0]
			for _, v := range picture {
				bytes = binary.LittleEndian.AppendUint32(bytes, math.Float32bits(v))
			}
			sum := sha256.Sum256(bytes)
			places[sum] = append(places[sum], i)
		}
	}
	for c := range r.Std {
		r.Std[c] = math.Sqrt(squares[c] / float64(r.Pictures*r.Shape[1]*r.Shape[2]))
	}
	r.count(labels)
	r.compare(places, labels)
	return r, nil
}

// add takes picture number i into the means and the sums of squares (Chan, Golub
// and LeVeque, 1979).
func (r *Report) add(picture []float32, i int, squares []float64) {
	plane := r.Shape[1] * r.Shape[2]
	if plane == 0 {
		return
	}
	for c := range r.Mean {
		pixels := picture[c*plane : (c+1)*plane]
		sum := 0.0
		for _, v := range pixels {
			sum += float64(v)
			r.Min, r.Max = min(r.Min, float64(v)), max(r.Max, float64(v))
		}
		mean, square := sum/float64(plane), 0.0
		for _, v := range pixels {
			square += (float64(v) - mean) * (float64(v) - mean)
		}
		off := mean - r.Mean[c]
		squares[c] += square + off*off*float64(plane)*float64(i)/float64(i+1)
		r.Mean[c] += off / float64(i+1)
	}
}

// count counts the pictures of each class.
func (r *Report) count(labels []int) {
	for _, l := range labels {
		if l >= len(r.Classes) {
			r.Classes = append(r.Classes, make([]int, l+1-len(r.Classes))...)
		}
		if l >= 0 {
			r.Classes[l]++
		}
	}
}

// compare finds the duplicates.
func (r *Report) compare(places map[[sha256.Size]byte][]int, labels []int) {
	for _, same := range places {
		if len(same) > 1 {
			r.Duplicates = append(r.Duplicates, same)
		}
	}
	slices.SortFunc(r.Duplicates, func(a, b []int) int { return a[0] - b[0] })
	if len(labels) == 0 {
		return
	}
	for _, same := range r.Duplicates {
		if slices.ContainsFunc(same, func(i int) bool { return labels[i] != labels[same[0]] }) {
			r.Conflicts++
		}
	}
}

// String returns the report as lines of text.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d pictures %v", r.Pictures, r.Shape)
	if len(r.Mean) > 0 {
		fmt.Fprintf(&b, ", values from %.4g to %.4g\nmean %.4f, deviation %.4f", r.Min, r.Max, r.Mean, r.Std)
	}
	for class, n := range r.Classes {
		fmt.Fprintf(&b, "\nclass %d: %d pictures, %.1f %%", class, n, 100*float64(n)/float64(r.Pictures))
	}
	more := 0
	for _, same := range r.Duplicates {
		more += len(same) - 1
	}
	fmt.Fprintf(&b, "\n%d duplicates", more)
	if more > 0 {
		fmt.Fprintf(&b, ", such as %v; %d of %d duplicated pictures have several classes", r.Duplicates[0], r.Conflicts, len(r.Duplicates))
	}
	return b.String()
}
