package course

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/descent-ml/descent/tensor"
)

// Main runs a lesson. Its flag -out names the folder for pictures, by default the
// one for temporary files. Flags of the lesson's own are declared before.
func Main(name string, run func(out io.Writer, folder string) error) {
	folder := flag.String("out", os.TempDir(), "the folder for pictures")
	flag.Parse()
	if err := run(os.Stdout, *folder); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

// Printer returns a function that prints a line, or several, to out.
func Printer(out io.Writer) func(format string, args ...any) {
	return func(format string, args ...any) { fmt.Fprintf(out, format+"\n", args...) }
}

// Bar returns a bar for the terminal: share 1 fills width characters, and what is
// above 1 is cut off.
func Bar(share float64, width int) string {
	n := int(min(max(share, 0), 1)*float64(width) + 0.5)
	return strings.Repeat("█", n) + strings.Repeat("·", width-n)
}

// Measure returns the least time that f takes, of five, and how many pieces of
// memory it allocates. Other programs can only make it slower.
func Measure(f func()) (least time.Duration, allocations uint64) {
	var before, after runtime.MemStats
	for k := range 5 {
		runtime.ReadMemStats(&before)
		start := time.Now()
		f()
		if took := time.Since(start); k == 0 || took < least {
			least = took
		}
		runtime.ReadMemStats(&after)
	}
	return least, after.Mallocs - before.Mallocs
}

// Mean returns the mean of numbers.
func Mean(xs []float64) float64 { return tensor.Mean(tensor.New(xs, len(xs))).Item() }
