// Package coursetest holds what the tests of lessons share.
package coursetest
