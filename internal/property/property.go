// Package property runs tests whose cases are drawn. Only tests import it.
package property

import (
	"flag"
	"testing"

	"pgregory.net/rapid"
)

// fixedSeed is where the cases begin that are the same in every run.
const fixedSeed = "1"

// Check tests a property on cases that are the same in every run, so that what
// fails once fails always, and then on cases that are new in each. The flag
// -rapid.seed leaves only those that it names.
func Check(t *testing.T, f func(*rapid.T)) {
	t.Helper()
	seed := flag.Lookup("rapid.seed").Value
	if given := seed.String(); given == "0" {
		defer func() { _ = seed.Set(given) }()
		_ = seed.Set(fixedSeed)
		rapid.Check(t, f)
		_ = seed.Set(given)
	}
	rapid.Check(t, f)
}
