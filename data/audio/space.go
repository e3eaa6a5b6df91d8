package audio

import "sync"

// A space is the memory for one frame: its samples and its spectrum.
type space struct {
	frame    []float64
	spectrum []complex128
}

var spaces sync.Pool

// getSpace returns memory for a frame of n samples.
func getSpace(n int) *space {
	s, _ := spaces.Get().(*space)
	if s == nil {
		s = new(space)
	}
	if cap(s.frame) < n || cap(s.spectrum) < n/2+1 {
		s.frame, s.spectrum = make([]float64, n), make([]complex128, n/2+1)
	}
	s.frame, s.spectrum = s.frame[:n], s.spectrum[:n/2+1]
	return s
}

func putSpace(s *space) { spaces.Put(s) }
