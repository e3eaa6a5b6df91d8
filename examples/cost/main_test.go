package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/examples/internal/course/coursetest"
)

// Multiply-adds, counted by hand.
func TestForetellCounts(t *testing.T) {
	m := machine{flops: 1e9, bytes: 1e9, operation: 1e-6}
	want := map[string]int{
		"wide":         64 * (196*256 + 256*256 + 256*10),
		"small":        4 * (8*8 + 8*8 + 8*2),
		"convolutions": 8 * (14*14*9*16 + 14*14*9*16*16 + 16*14*14*10),
		"recurrent":    20 * 16 * 3 * (16*32 + 32*32),
	}
	for _, n := range nets() {
		f := m.foretell(n)
		require.Equal(t, want[n.name], f.macs, n.name)
		require.Positive(t, f.operations)
		require.InEpsilon(t, 6e-9*float64(f.macs), f.arithmetic, 1e-9)
		require.InEpsilon(t, 1e-6*float64(f.operations), f.fixed, 1e-9)
		require.InEpsilon(t, f.arithmetic+f.memory+f.fixed, f.all(), 1e-9)
	}
	small := nets()[1]
	f := m.foretell(small)
	require.Equal(t, 5, f.operations, "three layers and two rectifiers")
	require.InEpsilon(t, 6*4e-9*float64(8*8+8+8*8+8+8*2+2+4*(8*4+2)), f.memory, 1e-9)
}

func TestTrainingLearns(t *testing.T) {
	steps, byStep, all, accuracy := training(500, 6)
	require.Equal(t, 60, steps)
	require.Positive(t, byStep)
	require.Greater(t, all, byStep*10)
	require.Greater(t, accuracy, 0.5)
}

// The machine may be busy while it is measured: the bounds are wide, and a lesson that
// misses them is read again.
func TestLesson(t *testing.T) {
	folder := t.TempDir()
	require.EventuallyWithT(t, func(c *assert.CollectT) { measured(c, folder) }, 2*time.Minute, 10*time.Millisecond)

	m := coursetest.Picture(t, filepath.Join(folder, "cost.png"))
	seen := map[[3]uint32]int{}
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			r, g, b, _ := m.At(x, y).RGBA()
			seen[[3]uint32{r >> 8, g >> 8, b >> 8}]++
		}
	}
	for _, colour := range [][3]uint32{{0x00, 0x72, 0xb2}, {0xd5, 0x5e, 0x00}, {0x00, 0x9e, 0x73}} {
		require.Greater(t, seen[colour], 20, "%x", colour)
	}
}

// measured runs the lesson and checks its measurements.
func measured(t require.TestingT, folder string) {
	procs := runtime.GOMAXPROCS(0)
	var out bytes.Buffer
	require.NoError(t, run(&out, folder))
	require.Equal(t, procs, runtime.GOMAXPROCS(0))
	text := out.String()
	coursetest.ReadsWell(t, text, folder, 91)
	numbers := func(pattern string) (all []float64) {
		for _, m := range regexp.MustCompile(pattern).FindAllStringSubmatch(text, -1) {
			for _, s := range m[1:] {
				v, err := strconv.ParseFloat(s, 64)
				require.NoError(t, err)
				all = append(all, v)
			}
		}
		return all
	}
	rows := numbers(`(?m)^    (?:wide|small|convolutions|recurrent) +(\d+) +(\S+) +(\S+) +(\S+) +(\S+) +(\S+)$`)
	require.Len(t, rows, 24)
	for k := range 4 {
		r := rows[6*k : 6*k+6]
		require.Greater(t, r[2], r[1])
		require.Greater(t, r[4], 0.4, "not below the least, but for the noise of a busy machine")
		require.Greater(t, r[5], 0.25)
		require.Less(t, r[5], 12.0)
	}
	require.Less(t, rows[4], 6.0, "arithmetic foretells the wide net")
	// Without assembly the arithmetic is slower, and the tape weighs less.
	require.Greater(t, rows[6+4], 1.3*rows[4], "and not the small one")
	v := numbers(`(?s)has (\d+) times fewer MACs and is (\d+) times faster: by the second forecast, (\d+) % of its`)
	require.Equal(t, 13141.0, v[0])
	require.Greater(t, v[1], 5.0)
	require.Less(t, v[1], 0.8*v[0])
	require.Greater(t, v[2], 10.0)
	v = numbers(`right +(\S+) % of 1000 others`)
	require.Greater(t, v[0], 85.0)
	v = numbers(`(?m)^    (?:foretold|measured) +(\S+) s$`)
	require.Len(t, v, 2)
	require.Greater(t, v[1], 0.2*v[0])
	require.Less(t, v[1], 60.0, "not hours")
}

func TestMissingFolderIsAnError(t *testing.T) {
	require.ErrorIs(t, run(new(bytes.Buffer), filepath.Join(t.TempDir(), "missing")), os.ErrNotExist)
}
