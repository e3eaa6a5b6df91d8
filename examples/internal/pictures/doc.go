// Pictures runs every lesson and keeps its picture, at half the size, for
// examples/README.md:
//
//	go run ./examples/internal/pictures [NAME …]
//
// Names choose lessons; without any, all are run.
package main
