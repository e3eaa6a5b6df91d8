package benchmarks

import (
	"math"
	"runtime"
	"time"

	"github.com/descent-ml/descent/internal/kernel"
	"github.com/descent-ml/descent/internal/kernel/work"
)

// Limits are the highest speeds of this machine with the instruction set that
// descent uses. Loops that do nothing else measure them.
type Limits struct {
	Threads int
	GFlops  float64 // 10⁹ float32 operations a second: multiply-adds without memory on one thread, times the number of threads
	ReadGB  float64 // 10⁹ bytes a second: a sum over as many numbers as the workloads have
	MoveGB  float64 // 10⁹ bytes a second: a loop that reads two such lists and writes a third
}

// MeasureLimits measures the limits for GOMAXPROCS threads in a fraction of a
// second.
func MeasureLimits() Limits {
	threads := runtime.GOMAXPROCS(0)
	const turns = 10_000
	flops := 2 * turns * float64(kernel.MultiplyAdds(1))
	m := &mover{dst: make([]float32, million), a: make([]float32, million), b: make([]float32, million)}
	parts := million / moverBlock
	return Limits{
		Threads: threads,
		GFlops:  float64(min(threads, runtime.NumCPU())) * flops / best(func() { kernel.MultiplyAdds(turns) }) / 1e9,
		ReadGB:  4 * million / best(func() { m.read = true; work.Run(parts, m) }) / 1e9,
		MoveGB:  12 * million / best(func() { m.read = false; work.Run(parts, m) }) / 1e9,
	}
}

// Floor returns the shortest time, in seconds, that a run can take.
func (l Limits) Floor(w Workload) float64 {
	bandwidth := l.MoveGB
	if w.ReadOnly {
		bandwidth = l.ReadGB
	}
	return max(w.Flops/l.GFlops, w.Bytes/bandwidth) / 1e9
}

// best returns the seconds of the fastest of many runs.
func best(run func()) float64 {
	least := math.Inf(1)
	for start := time.Now(); time.Since(start) < 50*time.Millisecond; {
		t := time.Now()
		run()
		least = min(least, time.Since(t).Seconds())
	}
	return least
}

// A mover is a task that reads or adds numbers. Each part is one block.
type mover struct {
	dst, a, b []float32
	read      bool
}

const moverBlock = 1 << 16

// Do reads or adds one block.
func (m *mover) Do(part int) {
	i, j := part*moverBlock, (part+1)*moverBlock
	if m.read {
		m.dst[i] = kernel.Sum(m.a[i:j])
		return
	}
	kernel.Add(m.dst[i:j], m.a[i:j], m.b[i:j])
}
