// Package allocs measures how much memory a function takes. Only tests import
// it.
package allocs
