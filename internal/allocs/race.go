//go:build race

package allocs

// Race reports whether the race detector watches, which allocates, and drops
// pooled memory at random.
const Race = true
