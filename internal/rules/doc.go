// Package rules holds the rules of the repository as tests: which room may
// import which, which comments a package and an exported name must have, and
// that the documents tell the truth about the code. The package itself has no
// code that could be imported.
//
// When a good change breaks a rule, change the rule as well: it is in the table
// or the list at the head of its test.
package rules
