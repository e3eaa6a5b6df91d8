//go:build race

package train

// RaceEnabled reports whether the race detector watches, which drops pooled memory at
// random.
const RaceEnabled = true
