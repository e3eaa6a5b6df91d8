package kernel

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/kernel/asm"
)

// The assembly has a tile for the height of every band of a product. The bands are
// as few as possible; if the number of rows is odd, there may be one more.
func TestBands(t *testing.T) {
	for _, l := range asm.Available() {
		func() {
			defer asm.Force(l)()
			tiles := asm.Tiles()
			for m := 1; m < 300; m++ {
				bands := 0
				for left := m; left > 0; bands++ {
					rows := nextBand(left)
					require.Positive(t, rows)
					require.LessOrEqual(t, rows, min(left, tiles.BandRows))
					require.True(t, rows%2 == 0 || rows <= tiles.OddRows, "%d rows in a band of %d", rows, m)
					left -= rows
				}
				require.LessOrEqual(t, bands, (m+tiles.BandRows-1)/tiles.BandRows+m%2, m)
			}
		}()
	}
}
