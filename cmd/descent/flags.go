package main

import (
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"strconv"

	"github.com/alecthomas/kong"

	"github.com/descent-ml/descent/internal/quote"
)

// decimalNumbers makes the parser read whole numbers in decimal digits. By
// itself it takes 010 for eight and 0x10 for sixteen.
var decimalNumbers = kong.OptionFunc(func(k *kong.Kong) error {
	for kind := reflect.Int; kind <= reflect.Uint64; kind++ {
		if err := kong.KindMapper(kind, kong.MapperFunc(decimal)).Apply(k); err != nil {
			return err
		}
	}
	return nil
})

// decimal reads the value of a flag into target, which is of an integer type.
func decimal(ctx *kong.DecodeContext, target reflect.Value) error {
	var text string
	if err := ctx.Scan.PopValueInto("whole number", &text); err != nil {
		return err
	}
	bits := target.Type().Bits()
	var err error
	if target.CanInt() {
		var n int64
		n, err = strconv.ParseInt(text, 10, bits)
		target.SetInt(n)
	} else {
		var n uint64
		n, err = strconv.ParseUint(text, 10, bits)
		target.SetUint(n)
	}
	switch {
	case errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("%s is too large", quote.Short(text))
	case err != nil:
		return fmt.Errorf("want a whole number in decimal digits, not %s", quote.Short(text))
	}
	return nil
}

// maxThreads is the largest number of processors that may be asked for. Go runs
// a thread for each, and a system that has no more of them ends the process.
const maxThreads = 1024

// A threadsFlag is the flag --threads, the same in every subcommand that
// computes.
type threadsFlag struct {
	Threads int `json:"-" placeholder:"N" help:"Processors to use instead of all; the result is the same."`
}

// check says what is wrong with the flag.
func (f *threadsFlag) check() error {
	if f.Threads < 0 || f.Threads > maxThreads {
		return fmt.Errorf("--threads must be from 1 to %d, or 0 for all, not %d", maxThreads, f.Threads)
	}
	return nil
}

// use sets the number of processors, and returns what sets it back.
func (f *threadsFlag) use() (restore func()) {
	if f.Threads == 0 {
		return func() {}
	}
	before := runtime.GOMAXPROCS(f.Threads)
	return func() { runtime.GOMAXPROCS(before) }
}
