package measure

import (
	"runtime"
	"slices"
	"time"
)

// A Workload is something to measure.
type Workload struct {
	Name     string
	Flops    float64       // floating-point operations of one run, a multiply-add counting two; 0 where memory is the limit
	Bytes    float64       // bytes that one run must move; 0 where arithmetic is the limit
	ReadOnly bool          // almost all of the bytes are only read
	Setup    func() func() // prepares everything and returns the function that is timed
}

// A Result is what was measured of a workload.
type Result struct {
	Workload string  `json:"workload"`
	Threads  int     `json:"threads"`        // GOMAXPROCS
	Sec      float64 `json:"sec"`            // median seconds of one run
	Min      float64 `json:"min"`            // seconds of the fastest
	GFlops   float64 `json:"gflops"`         // 10⁹ floating-point operations a second, at the median; 0 where memory is the limit
	Peak     float64 `json:"peak,omitempty"` // the floor divided by the median; 0 if it was not measured
	Allocs   float64 `json:"allocs"`         // heap allocations of one run
	Bytes    float64 `json:"bytes"`          // heap bytes of one run
}

// samples is the number of timings of which the median is taken. Each timing covers
// as many runs as take about sampleTime together.
const (
	samples    = 25
	sampleTime = 20 * time.Millisecond
)

// Measure runs a workload until it is in steady state and then times it.
func (w *Workload) Measure() Result {
	run := w.Setup()
	start, warm := time.Now(), 0
	for ; warm < 3 || time.Since(start) < 2*sampleTime; warm++ {
		run()
	}
	runs := max(1, int(sampleTime/(time.Since(start)/time.Duration(warm)+1)))
	var before, after runtime.MemStats
	var times [samples]float64
	runtime.ReadMemStats(&before)
	for i := range times {
		t := time.Now()
		for range runs {
			run()
		}
		times[i] = time.Since(t).Seconds() / float64(runs)
	}
	runtime.ReadMemStats(&after)
	slices.Sort(times[:])
	total := float64(samples * runs)
	r := Result{
		Workload: w.Name, Threads: runtime.GOMAXPROCS(0),
		Sec: times[samples/2], Min: times[0],
		Allocs: float64(after.Mallocs-before.Mallocs) / total,
		Bytes:  float64(after.TotalAlloc-before.TotalAlloc) / total,
	}
	r.GFlops = w.Flops / r.Sec / 1e9
	return r
}
