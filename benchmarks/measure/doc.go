// Package measure times workloads, and makes a program that does so by the
// protocol of benchmarks/compare. It is apart from the workloads of descent so
// that the programs that measure other libraries measure the same in the same
// way.
package measure
