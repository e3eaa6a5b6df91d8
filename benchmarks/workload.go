package benchmarks

import (
	"fmt"
	"slices"
	"strings"

	"github.com/descent-ml/descent/benchmarks/measure"
)

// Workload is something to measure.
type Workload = measure.Workload

// All returns every workload, in the order of the table in the README.
func All() []Workload {
	return slices.Concat(tensorWorkloads(), stepWorkloads())
}

// Named returns the workloads and operations with the given names, in this order.
// Without names it returns all workloads.
func Named(names ...string) ([]Workload, error) {
	all := All()
	if len(names) == 0 {
		return all, nil
	}
	known := slices.Concat(all, Operations())
	list := make([]Workload, 0, len(names))
	for _, name := range names {
		i := slices.IndexFunc(known, func(w Workload) bool { return w.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no workload %q; there are %s, and operations", name, nameList(all))
		}
		list = append(list, known[i])
	}
	return list, nil
}

func nameList(list []Workload) string {
	names := make([]string, len(list))
	for i, w := range list {
		names[i] = w.Name
	}
	return strings.Join(names, ", ")
}
