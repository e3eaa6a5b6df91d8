package benchmarks

import (
	"slices"

	"github.com/descent-ml/descent/benchmarks/measure"
)

// Workload is something to measure.
type Workload = measure.Workload

// Find returns the workload with the given name, or nil.
func Find(name string) *Workload {
	for _, w := range All() {
		if w.Name == name {
			return &w
		}
	}
	return nil
}

// All returns every workload, in the order of the table in the README.
func All() []Workload {
	return slices.Concat(tensorWorkloads(), stepWorkloads())
}
