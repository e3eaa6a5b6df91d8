// Package benchmarks defines the workloads by which descent is measured. Three
// programs use them: go test -bench, the command descent bench, and the comparison
// with other libraries. The names of the workloads must not change; see the README
// in this folder.
//
// All workloads use float32, and random data from a fixed seed. A step is forward
// pass, backward pass and optimizer, in steady state.
package benchmarks
