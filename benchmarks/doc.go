// Package benchmarks defines the workloads by which descent is measured, once,
// for three users: go test -bench, the command descent bench, and the
// comparison with other libraries. Their names are a contract; see the README
// in this folder.
//
// All are float32, on random data fixed by a seed. A step is forward pass,
// backward pass and optimizer, in steady state.
package benchmarks
