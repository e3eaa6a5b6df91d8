// Package rules holds the rules of the repository as tests: which room may
// import which, what a file, a package and an exported name owe their reader,
// and that the documents tell the truth about the code. It has nothing to
// import.
//
// A rule that a good change breaks is to be changed with it, in the table or
// the list at the head of its test.
package rules
