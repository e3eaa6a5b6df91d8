package measure_test

import (
	"bytes"
	"encoding/json"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/benchmarks/measure"
)

func sleep(d time.Duration) func() func() {
	return func() func() { return func() { time.Sleep(d) } }
}

func TestMeasure(t *testing.T) {
	w := measure.Workload{Name: "nap", Flops: 3e6, Setup: sleep(time.Millisecond)}
	r := w.Measure()
	require.Equal(t, "nap", r.Workload)
	require.Equal(t, runtime.GOMAXPROCS(0), r.Threads)
	require.GreaterOrEqual(t, r.Min, 1e-3)
	require.LessOrEqual(t, r.Min, r.Sec)
	require.Less(t, r.Sec, 0.1)
	require.InDelta(t, 3e6/r.Sec/1e9, r.GFlops, 1e-12)
	require.Less(t, r.Allocs, 1.0)
}

func TestMeasureCountsAllocations(t *testing.T) {
	var kept []byte
	w := measure.Workload{Setup: func() func() {
		return func() {
			kept = make([]byte, 100<<10)
			time.Sleep(10 * time.Millisecond)
		}
	}}
	r := w.Measure()
	require.Len(t, kept, 100<<10)
	require.InDelta(t, 1, r.Allocs, 0.9)
	require.InEpsilon(t, 100<<10, r.Bytes, 0.2)
}

func TestServe(t *testing.T) {
	list := []measure.Workload{
		{Name: "nap", Setup: sleep(time.Microsecond)},
		{Name: "trap", Setup: func() func() { panic("shapes differ") }},
	}
	var out bytes.Buffer
	require.NoError(t, measure.Serve(strings.NewReader("nap\n\ntrap\n"), &out, "sleeper v1", list))
	var answers []measure.Answer
	for lines := json.NewDecoder(&out); lines.More(); {
		var a measure.Answer
		require.NoError(t, lines.Decode(&a))
		require.Equal(t, "sleeper v1", a.Library)
		answers = append(answers, a)
	}
	require.Len(t, answers, 3)
	require.Equal(t, "nap", answers[0].Workload)
	require.Positive(t, answers[0].Sec)
	require.Empty(t, answers[0].Error)
	require.Equal(t, "no such workload", answers[1].Error)
	require.Equal(t, "shapes differ", answers[2].Error)
	require.Equal(t, "trap", answers[2].Workload)
}

func TestLibrary(t *testing.T) {
	require.Equal(t, "none", measure.Library("none", "example.org/none"))
}
