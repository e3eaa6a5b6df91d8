// Package measure times workloads, and has the main function of programs that answer
// benchmarks/compare. It is a package of its own because the programs for other
// libraries use it, too: all measure in the same way.
package measure
