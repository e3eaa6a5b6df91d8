package benchmarks

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// fresh are the operations on tensors that allocate their result, because their
// numbers go into a slice or are as many as the data says.
var fresh = map[string]bool{
	"op_argmax": true, "op_argmax_axis0": true, "op_argmax_all": true, "op_argsort": true, "op_argsort_axis0": true,
	"op_sort_long": true, "op_unique": true, "op_nonzero": true, "op_bincount": true, "op_searchsorted": true,
}

// Every operation works, and on a tape it allocates nothing in steady state.
func TestOperationsDoNotAllocate(t *testing.T) {
	for _, w := range operations(64) {
		t.Run(w.Name, func(t *testing.T) {
			run := w.Setup()
			run()
			run()
			if allocs := testing.AllocsPerRun(3, run); !fresh[w.Name] {
				require.Zero(t, allocs)
			}
		})
	}
}

// The peer in Python has the same operations. Those of its table ALONG exist along
// two axes.
func TestOperationsOfPyTorch(t *testing.T) {
	script, err := os.ReadFile("peers/operations.py")
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(script), "\nALONG = {\n")
	require.True(t, found)
	along, after, found := strings.Cut(rest, "\n}\n")
	require.True(t, found)
	var theirs, ours []string
	for _, part := range []string{before, along, after} {
		for _, m := range regexp.MustCompile(`(?m)^ {4}"(op_\w+)": `).FindAllStringSubmatch(part, -1) {
			theirs = append(theirs, m[1])
			if part == along {
				theirs = append(theirs, m[1]+"_axis0")
			}
		}
	}
	for _, w := range Operations() {
		ours = append(ours, w.Name)
	}
	require.ElementsMatch(t, ours, theirs)
}

func TestOperationsByName(t *testing.T) {
	list, err := Named("op_erfinv", "lenet_b32")
	require.NoError(t, err)
	require.Len(t, list, 2)
	require.Equal(t, "op_erfinv", list[0].Name)
	for _, w := range All() {
		require.NotContains(t, w.Name, "op_")
	}
}
