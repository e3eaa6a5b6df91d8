package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWholeTicks(t *testing.T) {
	for hi, want := range map[float64][]string{
		1:    {"0", "1"},
		4:    {"0", "1", "2", "3", "4"},
		939:  {"0", "100", "200", "300", "400", "500", "600", "700", "800", "900"},
		1500: {"0", "200", "400", "600", "800", "1000", "1200", "1400"},
		2580: {"0", "500", "1000", "1500", "2000", "2500"},
	} {
		var labels []string
		for _, tick := range wholeTicks(0, hi) {
			labels = append(labels, tick.Label)
		}
		require.Equal(t, want, labels)
	}
}
